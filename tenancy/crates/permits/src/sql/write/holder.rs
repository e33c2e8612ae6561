//! Relations that always have a direct subject.

use super::change::{Change, Operation};
use super::error::WriteError;
use crate::sql::database::{Cell, Session, Value};
use crate::sql::error::EngineError;
use crate::sql::fixed::Fixed;
use std::fmt;
use tenancy_permission_model::Model;

/// The type of subjects that count.
const USER: &str = "user";

/// A relation of which each object always has a direct `user` without an expiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct LastHolder {
    pub(in crate::sql) kind: String,
    pub(in crate::sql) relation: String,
}

impl fmt::Display for LastHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.kind, self.relation)
    }
}

impl LastHolder {
    /// # Errors
    /// When the model has no such relation, or one that takes no `user` without an expiry.
    pub(in crate::sql) fn fits(&self, model: &Model) -> Result<(), &'static str> {
        let Some(relation) = model.definition(&self.kind).and_then(|found| found.relation(&self.relation)) else {
            return Err("the model has no such relation");
        };
        let counts = |subject: &tenancy_permission_model::SubjectType| {
            subject.definition == USER && subject.relation.is_none() && !subject.wildcard && !subject.expires
        };
        if relation.subjects.iter().any(counts) {
            Ok(())
        } else {
            Err("the relation takes no `user` without an expiry")
        }
    }

    /// Looks whether a change that may have taken the last subject away left one. Under the lock of the write.
    ///
    /// # Errors
    /// [`WriteError::LastHolder`] if it left none.
    pub(super) async fn check(
        &self,
        session: &mut dyn Session,
        fixed: &Fixed,
        change: &Change,
    ) -> Result<(), WriteError> {
        let relationship = &change.relationship;
        let takes = change.operation == Operation::Delete || relationship.expires_at.is_some();
        if !takes || relationship.resource.kind() != self.kind || relationship.relation != self.relation {
            return Ok(());
        }
        let values = vec![
            Value::Text(self.kind.clone()),
            Value::Text(relationship.resource.id().to_owned()),
            Value::Text(self.relation.clone()),
            Value::Text(USER.to_owned()),
            Value::Org(change.organization),
        ];
        let rows = session.rows(fixed.holders.with(values)).await?;
        match rows.first().map(Vec::as_slice) {
            Some([Cell::Int(1..)]) => Ok(()),
            Some([Cell::Int(_)]) => Err(WriteError::LastHolder {
                resource: relationship.resource.to_string(),
                relation: self.relation.clone(),
            }),
            _ => Err(EngineError::Answer("the number of subjects is missing").into()),
        }
    }
}
