//! A permission as a condition of another statement: the rows of your own table that a subject has it on.

use super::compile::{CompileError, condition_on};
use super::database::Value;
use super::engine::SqlEngine;
use super::error::EngineError;
use super::question::Context;
use crate::SubjectRef;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// A permission as an SQL condition. Its text depends on the model and on the column alone.
#[derive(Debug, Clone)]
pub struct Condition {
    parts: Vec<Part>,
}

/// A part of the text.
#[derive(Debug, Clone)]
enum Part {
    Sql(String),
    /// A parameter of compiled texts, from 0 on.
    Parameter(usize),
}

/// A condition with its values, which renders as part of a diesel statement.
#[must_use = "a condition that is not part of a statement filters nothing"]
#[derive(Debug)]
pub struct BoundCondition<'c> {
    condition: &'c Condition,
    values: Vec<Value>,
}

impl SqlEngine {
    /// Compiles a permission to a condition on `id`, the SQL of a text that is the id of a resource: `invoices.id`, or
    /// `CAST(invoices.id AS text)` for a UUID. Compile it once and keep it.
    ///
    /// The statement that contains it must run in the database of the relationships, and may name no table
    /// `permission_relationships`. On PostgreSQL set `jit = off` for the role or the connections that run it
    /// (`?options=-c%20jit%3Doff`): PostgreSQL overestimates the condition, and would spend seconds on compiling it.
    /// The engine's own connections have that setting.
    ///
    /// # Errors
    /// When the model has no such permission, `id` contains a `$`, or the condition is too large.
    pub fn condition(&self, kind: &str, permission: &str, id: &'static str) -> Result<Condition, CompileError> {
        if id.contains('$') {
            return Err(CompileError::Name { name: id.to_owned() });
        }
        let inner = &self.inner;
        let sql = condition_on(&inner.model, inner.dialect, &inner.levels, (kind, permission), id)?;
        Ok(Condition { parts: parts(&sql) })
    }

    /// Gives a condition its values. The deadline of `context` has no effect.
    ///
    /// # Errors
    /// When the model lacks the subject's type, or `context` is not valid.
    pub fn bind<'c>(
        &self,
        condition: &'c Condition,
        subject: &SubjectRef,
        context: &Context,
    ) -> Result<BoundCondition<'c>, EngineError> {
        // No condition has the parameter of the resource.
        let values = self.values(subject, Value::Int(0), context)?;
        Ok(BoundCondition { condition, values })
    }
}

/// Splits a text at its parameters, which have one digit each.
fn parts(sql: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for (at, piece) in sql.split('$').enumerate() {
        let number = if at == 0 { None } else { piece.chars().next().and_then(|digit| digit.to_digit(10)) };
        let rest = match number {
            Some(number) => {
                parts.push(Part::Parameter((number as usize).saturating_sub(1)));
                &piece[1..]
            }
            None => piece,
        };
        parts.push(Part::Sql(rest.to_owned()));
    }
    parts
}

impl QueryId for BoundCondition<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Renders for one backend.
macro_rules! backend {
    ($backend:ty, $uuid:ty, $none:ty, |$id:ident| $bound:expr) => {
        impl QueryFragment<$backend> for BoundCondition<'_> {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                use diesel::result::Error::QueryBuilderError;
                use diesel::sql_types::{BigInt, Nullable, Text};
                for part in &self.condition.parts {
                    let number = match part {
                        Part::Sql(sql) => {
                            out.push_sql(sql);
                            continue;
                        }
                        Part::Parameter(number) => *number,
                    };
                    match self.values.get(number).ok_or_else(|| QueryBuilderError("a value is missing".into()))? {
                        Value::Int(value) => out.push_bind_param::<BigInt, _>(value)?,
                        Value::MaybeInt(value) => out.push_bind_param::<Nullable<BigInt>, _>(value)?,
                        Value::Text(value) => out.push_bind_param::<Text, _>(value)?,
                        Value::Org(Some($id)) => out.push_bind_param::<$uuid, _>($bound)?,
                        Value::Org(None) => out.push_bind_param::<Nullable<$uuid>, _>(&None::<$none>)?,
                    }
                }
                Ok(())
            }
        }
    };
}

#[cfg(feature = "postgres")]
backend!(diesel::pg::Pg, diesel::sql_types::Uuid, uuid::Uuid, |id| id);

#[cfg(feature = "sqlite")]
backend!(diesel::sqlite::Sqlite, diesel::sql_types::Binary, Vec<u8>, |id| id.as_bytes().as_slice());
