//! Stored relationships, for administration.

use super::database::{Cell, Value};
use super::engine::SqlEngine;
use super::error::EngineError;
use super::question::{parts, time};
use crate::{ObjectRef, Relationship, SubjectRef};
use std::time::SystemTime;
use uuid::Uuid;

/// Which relationships are read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filter {
    /// Those about an object.
    Object(ObjectRef),
    /// Those that name a subject.
    Subject(SubjectRef),
    /// All.
    All,
}

/// A relationship as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredRelationship {
    /// The organization that the object belongs to. `None`: a level above organizations.
    pub organization: Option<Uuid>,
    /// The relationship. It may have expired.
    pub relationship: Relationship,
    /// When it was last written.
    pub written_at: SystemTime,
    /// The account that wrote it.
    pub written_by: String,
}

impl SqlEngine {
    /// Reads relationships that belong to an organization, or to the levels above organizations for `None`, sorted by
    /// object.
    ///
    /// # Errors
    /// When there are more than `limit`: nothing is returned in part. When the database does not answer.
    pub async fn read(
        &self,
        organization: Option<Uuid>,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<StoredRelationship>, EngineError> {
        let fixed = &self.inner.fixed;
        let mut values = vec![Value::Org(organization)];
        let text = match filter {
            Filter::Object(object) => {
                values.extend([object.kind(), object.id()].map(|name| Value::Text(name.to_owned())));
                &fixed.of_object
            }
            Filter::Subject(subject) => {
                let (kind, id, relation) = parts(subject);
                values.extend([kind, id, relation].map(|name| Value::Text(name.to_owned())));
                &fixed.of_subject
            }
            Filter::All => &fixed.of_organization,
        };
        values.push(Value::Int(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)));
        let mut session = self.session().await?;
        let rows = session.rows(text.with(values)).await?;
        session.keep();
        if rows.len() > limit {
            return Err(EngineError::TooMany { limit });
        }
        rows.into_iter().map(stored).collect()
    }
}

/// Reads a row of the columns that `fixed.rs` lists.
pub(super) fn stored(row: Vec<Cell>) -> Result<StoredRelationship, EngineError> {
    const UNREADABLE: EngineError = EngineError::Answer("a stored relationship is not readable");
    let row: [Cell; 10] = row.try_into().map_err(|_| UNREADABLE)?;
    let [
        organization,
        Cell::Text(kind),
        Cell::Text(id),
        Cell::Text(relation),
        Cell::Text(subject_kind),
        Cell::Text(subject_id),
        Cell::Text(subject_relation),
        expires,
        Cell::Int(written_at),
        Cell::Text(written_by),
    ] = row
    else {
        return Err(UNREADABLE);
    };
    let object = |kind: String, id: String| ObjectRef::new(kind, id).map_err(|_| UNREADABLE);
    let subject = match (subject_id.as_str(), subject_relation.is_empty()) {
        ("*", true) => SubjectRef::Wildcard(subject_kind),
        (_, true) => SubjectRef::Object(object(subject_kind, subject_id)?),
        (_, false) => SubjectRef::Userset(object(subject_kind, subject_id)?, subject_relation),
    };
    let expires_at = match expires {
        Cell::Null => None,
        Cell::Int(expires) => Some(time(expires).ok_or(UNREADABLE)?),
        _ => return Err(UNREADABLE),
    };
    let organization = match organization {
        Cell::Null => None,
        Cell::Org(organization) => Some(organization),
        _ => return Err(UNREADABLE),
    };
    Ok(StoredRelationship {
        organization,
        relationship: Relationship { resource: object(kind, id)?, relation, subject, expires_at },
        written_at: time(written_at).ok_or(UNREADABLE)?,
        written_by,
    })
}
