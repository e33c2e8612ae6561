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
    /// Those that have all parts that are named here. Without an object and a subject, every relationship of the
    /// organization is looked at.
    Matching {
        /// The object that they are about.
        object: Option<ObjectRef>,
        /// Their relation.
        relation: Option<String>,
        /// The subject that they name.
        subject: Option<SubjectRef>,
    },
    /// All.
    All,
}

/// The first part of a list.
#[must_use = "there may be more than this page"]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, at most as many as were asked for.
    pub items: Vec<T>,
    /// Whether there are more.
    pub more: bool,
}

impl<T> Page<T> {
    /// Reads rows of which one more than `limit` was asked for.
    pub(super) fn of(
        mut rows: Vec<Vec<Cell>>,
        limit: usize,
        item: impl Fn(Vec<Cell>) -> Result<T, EngineError>,
    ) -> Result<Self, EngineError> {
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(Self { items: rows.into_iter().map(item).collect::<Result<_, _>>()?, more })
    }
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
        let page = self.read_page(organization, filter, limit).await?;
        if page.more { Err(EngineError::TooMany { limit }) } else { Ok(page.items) }
    }

    /// Reads the first relationships of such a list, and says whether there are more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read_page(
        &self,
        organization: Option<Uuid>,
        filter: &Filter,
        limit: usize,
    ) -> Result<Page<StoredRelationship>, EngineError> {
        let (object, relation, subject) = match filter {
            Filter::Object(object) => (Some(object), None, None),
            Filter::Subject(subject) => (None, None, Some(subject)),
            Filter::Matching { object, relation, subject } => (object.as_ref(), relation.as_ref(), subject.as_ref()),
            Filter::All => (None, None, None),
        };
        let text = self.inner.fixed.listed(object.is_some(), relation.is_some(), subject.is_some());
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let mut values = vec![Value::Org(organization), Value::Int(most)];
        let mut names = Vec::new();
        if let Some(object) = object {
            names.extend([object.kind(), object.id()]);
        }
        names.extend(relation.map(String::as_str));
        if let Some(subject) = subject {
            names.extend(<[&str; 3]>::from(parts(subject)));
        }
        values.extend(names.into_iter().map(|name| Value::Text(name.to_owned())));
        let mut session = self.session().await?;
        let rows = session.rows(text.with(values)).await?;
        session.keep();
        Page::of(rows, limit, stored)
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
