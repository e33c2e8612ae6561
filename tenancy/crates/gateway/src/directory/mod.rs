//! Organizations and their members: what decides for whom a session may act.

mod job_directory;

use crate::audit_log;
use crate::session::invalidation::Changed;
use crate::session::session_row::{Cells, tier, tier_name};
use crate::sessions::session::Session;
use crate::slug::is_slug;
use crate::state::Inner;
use crate::statements::{self, issuer, subject as id_of, text};
use std::fmt;
use std::sync::Arc;
use tenancy::db::Error;
use tenancy::scope::{OrgId, Subject, Tier};
use tenancy_service::__private::sql::{Kind, Statement, StoreError, Value};
use uuid::Uuid;

/// Why the directory did not do as asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// A slug is 1 to 63 lower-case letters, digits and inner dashes, and does not look like an id.
    #[error("a slug is 1 to 63 lower-case letters, digits and inner dashes, and does not look like an id")]
    Slug,
    /// An organization has the id or the slug, or had the slug before it was closed.
    #[error("the id or slug is taken")]
    Taken,
    /// There is no such organization, user or membership, or it is as asked already.
    #[error("there is nothing to change")]
    NothingToChange,
    /// An active organization would be left without a member.
    #[error("the organization would be left without a member: add another member first, or suspend or close it")]
    LastMember,
    /// Staff of the platform are members of no organization.
    #[error("staff of the platform are members of no organization")]
    Tier,
    /// The database did not do as asked. Nothing was changed.
    #[error("the directory's database failed")]
    Database(#[source] Error),
}

impl From<StoreError> for DirectoryError {
    fn from(failure: StoreError) -> Self {
        match failure {
            StoreError::Nothing => Self::NothingToChange,
            StoreError::Taken => Self::Taken,
            StoreError::Database(error) => Self::Database(error),
        }
    }
}

/// What an organization may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrganizationState {
    /// Its members may act for it.
    Active,
    /// No user acts for it until it is active again.
    Suspended,
    /// No user acts for it any more. Its slug stays taken. There is no way back.
    Closed,
}

/// An organization that a user may act for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Membership {
    /// The organization.
    pub org: OrgId,
    /// Its name in paths.
    pub slug: String,
    /// The user's tier in it.
    pub tier: Tier,
}

/// Changes organizations and memberships, each change with its line in the audit log or not at all.
///
/// Every change takes effect at the next request, and raises the epochs that grants carry, so that a grant which is still
/// about can be told from a new one. From [`Gateway::directory`](crate::Gateway::directory).
#[derive(Clone)]
pub struct Directory {
    pub(crate) inner: Arc<Inner>,
    pub(crate) actor: String,
}

impl Directory {
    pub(crate) fn new(inner: Arc<Inner>, actor: String) -> Self {
        Self { inner, actor }
    }

    /// Adds an active organization under a slug, its name in paths.
    ///
    /// # Errors
    /// [`DirectoryError::Slug`], [`DirectoryError::Taken`], [`DirectoryError::Database`].
    pub async fn create_organization(&self, org: OrgId, slug: &str) -> Result<(), DirectoryError> {
        if !is_slug(slug) {
            return Err(DirectoryError::Slug);
        }
        let create =
            statements::CreateOrganization { org: statements::org(org), slug: text(slug), now: self.inner.db.now() }
                .statement();
        let steps = vec![create, self.line("organization created", org)];
        self.run(steps, &[]).await
    }

    /// Suspends, resumes or closes an organization. Of a closed one no provider's organization is linked to it any more.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when it is unknown, closed, or in that state; [`DirectoryError::Database`].
    pub async fn set_state(&self, org: OrgId, state: OrganizationState) -> Result<(), DirectoryError> {
        let (name, event) = match state {
            OrganizationState::Active => ("active", "organization resumed"),
            OrganizationState::Suspended => ("suspended", "organization suspended"),
            OrganizationState::Closed => ("closed", "organization closed"),
        };
        let mut steps = vec![
            statements::SetOrganizationState { state: text(name), org: statements::org(org) }.required(),
            self.line(event, org),
        ];
        if state == OrganizationState::Closed {
            steps.push(statements::UnlinkAll { org: statements::org(org) }.statement());
        }
        self.run(steps, &[Changed::Organization(org)]).await
    }

    /// Makes a user a member of an organization, also before they ever signed in.
    ///
    /// # Errors
    /// [`DirectoryError::Taken`] when they are one; [`DirectoryError::NothingToChange`] when the organization is unknown or
    /// closed; [`DirectoryError::Tier`], also when they are of the platform's staff; [`DirectoryError::Database`].
    pub async fn add_member(&self, subject: &Subject, org: OrgId, tier: Tier) -> Result<(), DirectoryError> {
        let now = || self.inner.db.now();
        let tier = text(tier_name(tier).ok_or(DirectoryError::Tier)?);
        let (issuer, name) = (|| issuer(subject), || id_of(subject));
        let steps = vec![
            self.add_user(subject),
            statements::HoldUser { issuer: issuer(), subject: name() }.statement(),
            statements::AddMember { tier, now: now(), issuer: issuer(), subject: name(), org: statements::org(org) }
                .required(),
            self.line_of("member added", subject, Some(org)),
        ];
        match self.run(steps, &[Changed::Subject(subject)]).await {
            Err(DirectoryError::NothingToChange) if self.is_staff(subject).await? => Err(DirectoryError::Tier),
            done => done,
        }
    }

    /// Changes a member's tier. Sessions of theirs that act for the organization end: no user's privileges change under
    /// an old id.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when they are no member, or of that tier; [`DirectoryError::Tier`];
    /// [`DirectoryError::Database`].
    pub async fn set_tier(&self, subject: &Subject, org: OrgId, tier: Tier) -> Result<(), DirectoryError> {
        let tier = text(tier_name(tier).ok_or(DirectoryError::Tier)?);
        let (issuer, name) = (issuer(subject), id_of(subject));
        let change = statements::SetTier { tier, org: statements::org(org), issuer, subject: name }.required();
        self.lessened(vec![change], "tier changed", subject, org).await
    }

    /// Ends a user's membership, their sessions that act for the organization, and what was granted to them. No rule
    /// lets them in again at a sign-in: only [`add_member`](Self::add_member) does.
    ///
    /// For a page on which members remove each other, or leave, [`remove_member_of_several`](Self::remove_member_of_several)
    /// does not empty the organization.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when they are no member; [`DirectoryError::Database`].
    pub async fn remove_member(&self, subject: &Subject, org: OrgId) -> Result<(), DirectoryError> {
        self.lessened(self.removal(subject, org), "member removed", subject, org).await
    }

    /// The same, unless it is the last member of an active organization, of two who leave at once too: an organization without
    /// members is one that only an operator can give back.
    ///
    /// # Errors
    /// [`DirectoryError::LastMember`]; as [`remove_member`](Self::remove_member).
    pub async fn remove_member_of_several(&self, subject: &Subject, org: OrgId) -> Result<(), DirectoryError> {
        // The organization's row is held, so that of two the second sees what the first did.
        let others =
            statements::OthersRemain { org: statements::org(org), issuer: issuer(subject), subject: id_of(subject) };
        let mut steps = vec![statements::HoldOrganization { org: statements::org(org) }.statement(), others.required()];
        steps.extend(self.removal(subject, org));
        match self.lessened(steps, "member removed", subject, org).await {
            Err(DirectoryError::NothingToChange) => Err(self.why_not_removed(subject, org).await?),
            done => done,
        }
    }

    fn removal(&self, subject: &Subject, org: OrgId) -> Vec<Statement> {
        let (issuer, name, now) = (|| issuer(subject), || id_of(subject), self.inner.db.now());
        vec![
            statements::RemoveMember { org: statements::org(org), issuer: issuer(), subject: name() }.required(),
            statements::RememberRemoval { org: statements::org(org), now, issuer: issuer(), subject: name() }
                .statement(),
        ]
    }

    /// Why a user was not removed: they are the last member, or not a member.
    async fn why_not_removed(&self, subject: &Subject, org: OrgId) -> Result<DirectoryError, DirectoryError> {
        let find = statements::IsMember { org: statements::org(org), issuer: issuer(subject), subject: id_of(subject) };
        let member = !self.inner.db.read(find.statement()).await?.rows.is_empty();
        Ok(if member { DirectoryError::LastMember } else { DirectoryError::NothingToChange })
    }

    /// A membership changes: the user's epoch rises, which holds their row, and the sessions in the organization end.
    async fn lessened(
        &self,
        changes: Vec<Statement>,
        event: &'static str,
        subject: &Subject,
        org: OrgId,
    ) -> Result<(), DirectoryError> {
        let (issuer, name, now) = (|| issuer(subject), || id_of(subject), self.inner.db.now());
        let end = statements::EndSessionsIn {
            now,
            why: text(event),
            org: statements::org(org),
            issuer: issuer(),
            subject: name(),
        };
        let mut steps = vec![statements::RaiseEpoch { issuer: issuer(), subject: name() }.required()];
        steps.extend(changes);
        steps.extend([end.statement(), self.line_of(event, subject, Some(org))]);
        self.run(steps, &[Changed::Subject(subject)]).await
    }

    /// Disables a user, and ends their sessions and what was granted to them; or lets them sign in again.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when they are unknown, or it is so already; [`DirectoryError::Database`].
    pub async fn set_disabled(&self, subject: &Subject, disabled: bool) -> Result<(), DirectoryError> {
        let event = if disabled { "user disabled" } else { "user enabled" };
        let disable = statements::SetDisabled {
            disabled: Value::Int(disabled.into()),
            issuer: issuer(subject),
            subject: id_of(subject),
        };
        let steps = vec![disable.required(), self.sign_out(event, subject), self.line_of(event, subject, None)];
        self.run(steps, &[Changed::Subject(subject)]).await
    }

    /// The active organizations that the session's user may act for, by slug.
    ///
    /// # Errors
    /// [`DirectoryError::Database`].
    pub async fn memberships(&self, session: &Session) -> Result<Vec<Membership>, DirectoryError> {
        let list = statements::ListMemberships { user: Value::Id(session.facts().user) };
        let answer = self.inner.db.read(list.statement()).await?;
        let read = |row| {
            let mut row = Cells::new(row);
            Ok(Membership { org: OrgId::new(row.id()?), slug: row.text()?, tier: tier(&row.text()?)? })
        };
        Ok(answer.rows.into_iter().map(read).collect::<Result<_, StoreError>>()?)
    }

    pub(crate) async fn run(&self, steps: Vec<Statement>, changed: &[Changed<'_>]) -> Result<(), DirectoryError> {
        self.inner.db.write(steps, changed).await?;
        Ok(())
    }

    fn line(&self, event: &'static str, org: OrgId) -> Statement {
        audit_log::of_directory(self.inner.db.now(), event, &self.actor, None, Some(*org.as_uuid()))
    }

    pub(crate) fn line_of(&self, event: &'static str, subject: &Subject, org: Option<OrgId>) -> Statement {
        let line = statements::AuditSubject {
            now: self.inner.db.now(),
            event: text(event),
            actor: text(&self.actor),
            org: org.map_or(Value::Null(Kind::Id), statements::org),
            issuer: issuer(subject),
            subject: id_of(subject),
        };
        line.required()
    }

    pub(crate) fn add_user(&self, subject: &Subject) -> Statement {
        let (id, now) = (Value::Id(Uuid::new_v4()), self.inner.db.now());
        statements::AddUser { id, issuer: issuer(subject), subject: id_of(subject), now }.statement()
    }

    pub(crate) fn sign_out(&self, why: &str, subject: &Subject) -> Statement {
        let (now, why, name) = (self.inner.db.now(), text(why), id_of(subject));
        statements::EndSessionsOfSubject { now, why, issuer: issuer(subject), subject: name }.statement()
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("actor", &self.actor).finish_non_exhaustive()
    }
}
