//! The relationships that count for a question, relation by relation, for what follows them one by one.

use super::compile::implied_relation;
use super::database::{Session, Value};
use super::engine::SqlEngine;
use super::error::EngineError;
use super::question::{Context, seconds};
use super::read::stored;
use crate::{ObjectRef, Relationship, SubjectRef};
use tenancy_permission_model::Relation;
use uuid::Uuid;

/// How many relationships one relation of an object may have.
const MOST_ROWS: usize = 10_000;

/// Reads what counts for questions about one resource.
pub(super) struct InForce<'a> {
    pub(super) engine: &'a SqlEngine,
    pub(super) session: Box<dyn Session>,
    resource: &'a ObjectRef,
    organization: Option<Uuid>,
    now: i64,
    /// The relation of the resource that the question implies.
    implied: Option<&'a Relation>,
}

impl<'a> InForce<'a> {
    /// # Errors
    /// When the context is not valid, or no connection is available.
    pub(super) async fn new(
        engine: &'a SqlEngine,
        resource: &'a ObjectRef,
        context: &Context,
    ) -> Result<Self, EngineError> {
        let organization = context.checked_organization()?;
        let implied = match (&engine.inner.levels.organization, context.implied_organization) {
            (Some(kind), true) => implied_relation(&engine.inner.model, resource.kind(), kind),
            _ => None,
        };
        let now = seconds(context.now)?;
        Ok(Self { engine, session: engine.session().await?, resource, organization, now, implied })
    }

    /// # Errors
    /// When there are more than 10,000, or the database does not answer.
    pub(super) async fn rows(
        &mut self,
        object: &ObjectRef,
        relation: &Relation,
    ) -> Result<Vec<Relationship>, EngineError> {
        let implied = self.implied.is_some_and(|implied| std::ptr::eq(implied, relation));
        if implied && object == self.resource {
            return self.given(object, relation);
        }
        let values = vec![
            Value::Text(object.kind().to_owned()),
            Value::Text(object.id().to_owned()),
            Value::Text(relation.name.clone()),
            Value::Int(self.now),
            Value::Org(self.organization),
            Value::Int(i64::try_from(MOST_ROWS).unwrap_or(i64::MAX).saturating_add(1)),
        ];
        let rows = self.session.rows(self.engine.inner.fixed.in_force.with(values)).await?;
        if rows.len() > MOST_ROWS {
            return Err(EngineError::TooMany { limit: MOST_ROWS });
        }
        let above = self.engine.inner.levels.above.contains(object.kind());
        let mut counted = Vec::new();
        for row in rows {
            let stored = stored(row)?;
            if !above || stored.organization.is_none() {
                counted.push(stored.relationship);
            }
        }
        Ok(counted)
    }

    /// The relationship to the organization that the question implies.
    fn given(&self, object: &ObjectRef, relation: &Relation) -> Result<Vec<Relationship>, EngineError> {
        let (Some(kind), Some(id)) = (&self.engine.inner.levels.organization, self.organization) else {
            return Err(EngineError::NoOrganization);
        };
        let organization = ObjectRef::new(kind, id.to_string()).map_err(|_| EngineError::NoOrganization)?;
        let (resource, subject) = (object.clone(), SubjectRef::Object(organization));
        Ok(vec![Relationship { resource, relation: relation.name.clone(), subject, expires_at: None }])
    }
}
