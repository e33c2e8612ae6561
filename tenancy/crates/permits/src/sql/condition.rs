//! A permission as a condition of another statement: the rows of your own table that a subject has it on.

use super::compile::{CompileError, conditions_on, is_person};
use super::database::Value;
use super::engine::SqlEngine;
use super::error::EngineError;
use super::question::Context;
use crate::SubjectRef;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// A permission as an SQL condition. It has one text for questions about a person that imply the organization, one for
/// those that do not, and one for all others. A text depends on the model and on the column alone.
#[derive(Debug, Clone)]
pub struct Condition {
    any: Vec<Part>,
    person: Option<[Vec<Part>; 2]>,
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
    parts: &'c [Part],
    values: Vec<Value>,
}

impl SqlEngine {
    /// Compiles a permission to a condition on `id`, the SQL of a text that is the id of a resource: `invoices.id`, or
    /// `CAST(invoices.id AS text)` for a UUID. Compile it once and keep it.
    ///
    /// It is for statements that read all permitted rows, or count them: PostgreSQL may compute the answers for all objects
    /// of a relation before it reads the first row. For a page of a list take [`page_condition`](Self::page_condition).
    ///
    /// The statement that contains it must run in the database of the relationships, and may name no table
    /// `permission_relationships`. On PostgreSQL set `jit = off` for the role or the connections that run it
    /// (`?options=-c%20jit%3Doff`): PostgreSQL overestimates the condition, and would spend seconds on compiling it.
    /// The engine's own connections have that setting, and `plan_cache_mode = force_generic_plan`: a prepared statement is
    /// then planned once, where planning takes some milliseconds.
    ///
    /// # Errors
    /// When the model has no such permission, `id` contains a `$`, or the condition is too large.
    pub fn condition(&self, kind: &str, permission: &str, id: &'static str) -> Result<Condition, CompileError> {
        self.compiled_condition((kind, permission), id, false)
    }

    /// Compiles a permission to a condition for a statement that stops after some rows: a page of a list, in the order of
    /// an index. PostgreSQL looks each row up by itself, one after the other, until the page is full. How long a page takes
    /// depends on how many rows lie between two permitted ones. On SQLite it is the same as [`condition`](Self::condition).
    ///
    /// # Errors
    /// As [`condition`](Self::condition).
    pub fn page_condition(&self, kind: &str, permission: &str, id: &'static str) -> Result<Condition, CompileError> {
        self.compiled_condition((kind, permission), id, true)
    }

    fn compiled_condition(
        &self,
        asked: (&str, &str),
        id: &'static str,
        by_index: bool,
    ) -> Result<Condition, CompileError> {
        if id.contains('$') {
            return Err(CompileError::Name { name: id.to_owned() });
        }
        let inner = &self.inner;
        let conditions = conditions_on((&inner.model, inner.dialect, &inner.levels), asked, id, by_index)?;
        let person = conditions.person.map(|texts| texts.map(|text| parts(&text)));
        Ok(Condition { any: parts(&conditions.any), person })
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
        let parts = match &condition.person {
            Some(texts) if is_person(subject) => &texts[usize::from(context.implied_organization)],
            _ => &condition.any,
        };
        Ok(BoundCondition { parts, values })
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
                for part in self.parts {
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
