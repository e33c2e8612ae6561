//! Deletes an organization.

use super::error::WriteError;
use super::{Line, Log, attributed, finished};
use crate::sql::database::{Cell, Session, Value};
use crate::sql::engine::SqlEngine;
use crate::sql::error::EngineError;
use crate::sql::question::until;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the log calls the deletion of an organization. The tables' trigger knows the name.
const OWN: &str = "delete organization";

/// What the log of others calls it, that lost relationships.
const ELSEWHERE: &str = "delete references";

/// What the deletion of an organization did, and what it left.
#[must_use = "it says what is left of the organization"]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DeletedOrganization {
    /// How many relationships of the organization were deleted.
    pub own: usize,
    /// How many relationships of other organizations and of the levels above were deleted: they named the organization
    /// as their subject, or were about it.
    pub elsewhere: usize,
    /// How many earlier lines of the log lost their texts.
    pub log_lines: usize,
    /// How many relationships are left that name the organization's id as that of an object of another type. Read them
    /// with [`Filter`](crate::sql::Filter), and decide what they are.
    pub left: usize,
}

impl SqlEngine {
    /// Deletes all relationships that belong to an organization, its owners among them, and those elsewhere that name
    /// the organization as their subject. It needs the type of organizations, which is the model's `organization` or
    /// another one that is set; without it, those elsewhere are counted as left.
    ///
    /// In the log the organization's earlier lines keep their number, organization, time, operation and expiry. They
    /// lose the texts that name people: the account, the reason and the relationship become `erased`. In lines of
    /// others, a relationship that names the organization becomes `erased`. One line is added for the organization, and
    /// one for each other organization or level that lost relationships, with the number of relationships, and with
    /// `by` and `reason`: write nothing into these that has to be erased.
    ///
    /// The organization's row of `permission_epochs` stays, with its id and a number. Without it, an organization that
    /// gets the same id would begin at an epoch that old permits know.
    ///
    /// No other write runs meanwhile.
    ///
    /// # Errors
    /// When `by` or `reason` is empty, or the database does not do as asked.
    pub async fn delete_organization(
        &self,
        organization: Uuid,
        by: &str,
        reason: &str,
    ) -> Result<DeletedOrganization, WriteError> {
        attributed(by, reason)?;
        if organization.is_nil() {
            return Err(EngineError::NilOrganization.into());
        }
        let log = Log { by, reason };
        // Of the levels above too, so that no organization has another writer.
        let organizations = [None, Some(organization)].into();
        let done = until(self.patience(), async {
            let mut session = self.locked(&organizations).await?;
            let deleted = self.erase(&mut *session, organization, &log).await;
            finished(session, deleted).await
        });
        done.await?
    }

    async fn erase(
        &self,
        session: &mut dyn Session,
        organization: Uuid,
        log: &Log<'_>,
    ) -> Result<DeletedOrganization, WriteError> {
        let fixed = &self.inner.fixed;
        let own = session.execute(fixed.delete_own.with(vec![Value::Org(Some(organization))])).await?;
        self.raise(session, Some(organization), 1).await?;
        let elsewhere = self.delete_elsewhere(session, organization).await?;
        // This organization's line comes first: what the trigger lets go is older than it.
        self.log_deletion(session, log, (Some(organization), OWN), own).await?;
        for (level, count) in &elsewhere {
            self.log_deletion(session, log, (*level, ELSEWHERE), *count).await?;
        }
        let log_lines = self.erase_lines(session, organization).await?;
        let rows = session.rows(fixed.named.with(vec![Value::Text(organization.to_string())])).await?;
        let Some([Cell::Int(left)]) = rows.first().map(Vec::as_slice) else {
            return Err(EngineError::Answer("the number of relationships is missing").into());
        };
        let left = usize::try_from(*left).unwrap_or(usize::MAX);
        Ok(DeletedOrganization { own, elsewhere: elsewhere.values().sum(), log_lines, left })
    }

    /// Deletes what others store of the organization; returns how many relationships each lost.
    async fn delete_elsewhere(
        &self,
        session: &mut dyn Session,
        organization: Uuid,
    ) -> Result<BTreeMap<Option<Uuid>, usize>, WriteError> {
        let mut levels = BTreeMap::new();
        let Some(kind) = &self.inner.levels.organization else { return Ok(levels) };
        let names = || vec![Value::Text(kind.clone()), Value::Text(organization.to_string())];
        for text in [&self.inner.fixed.delete_subject, &self.inner.fixed.delete_object] {
            for row in session.rows(text.with(names())).await? {
                let level = match row[..] {
                    [Cell::Org(of)] => Some(of),
                    [Cell::Null] => None,
                    _ => return Err(EngineError::Answer("a deleted relationship is not readable").into()),
                };
                *levels.entry(level).or_insert(0) += 1;
            }
        }
        self.raise_each(session, &levels.keys().copied().collect()).await?;
        Ok(levels)
    }

    async fn log_deletion(
        &self,
        session: &mut dyn Session,
        log: &Log<'_>,
        (organization, operation): (Option<Uuid>, &str),
        count: usize,
    ) -> Result<(), EngineError> {
        let what = format!("{count} relationships");
        self.log(session, log, Line { organization, operation, what, expires: None }).await
    }

    /// Takes the texts out of the log's earlier lines; returns how many lines there were.
    async fn erase_lines(&self, session: &mut dyn Session, organization: Uuid) -> Result<usize, WriteError> {
        let fixed = &self.inner.fixed;
        let own = session.execute(fixed.erase_own_lines.with(vec![Value::Org(Some(organization))])).await?;
        let named = format!("%{organization}%");
        let elsewhere = session.execute(fixed.erase_naming_lines.with(vec![Value::Text(named)])).await?;
        Ok(own + elsewhere)
    }
}
