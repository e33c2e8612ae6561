//! Organizations and their members: what decides for whom a session may act.

use super::changes::Changed;
use super::facts::{Cells, tier, tier_name};
use super::inner::Inner;
use super::session::Session;
use super::sessions::{audit, end};
use crate::db::Error;
use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::scope::{OrgId, Subject, Tier};
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// The longest slug, in characters.
const SLUG: usize = 63;

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
    /// Nobody would be left in an active organization.
    #[error("nobody would be left in the organization: add somebody first, or suspend or close it")]
    LastMember,
    /// Staff of the platform are members of no organization.
    #[error("staff of the platform are members of no organization")]
    Tier,
    /// The database did not do as asked. Nothing was changed.
    #[error("the directory's database failed")]
    Database(#[source] Error),
}

impl From<Failure> for DirectoryError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Nothing => Self::NothingToChange,
            Failure::Taken => Self::Taken,
            Failure::Database(error) => Self::Database(error),
        }
    }
}

/// What an organization may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrganizationState {
    /// Its members may act for it.
    Active,
    /// Nobody acts for it until it is active again.
    Suspended,
    /// Nobody acts for it any more. Its slug stays taken. There is no way back.
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
/// about can be told from a new one. From [`Gateway::directory`](super::Gateway::directory).
#[derive(Clone)]
pub struct Directory {
    pub(super) inner: Arc<Inner>,
    pub(super) actor: String,
}

const CREATE: &str = "INSERT INTO gateway_organizations (id, slug, created_at) VALUES (?, ?, ?)";
const STATE: &str = "UPDATE gateway_organizations SET state = ?, epoch = epoch + 1 \
                     WHERE id = ? AND state <> ? AND state <> 'closed'";
pub(super) const USER: &str = "INSERT INTO gateway_users (id, issuer, subject, created_at) VALUES (?, ?, ?, ?) \
                    ON CONFLICT (issuer, subject) DO NOTHING";
/// Whoever changes somebody's memberships holds their row first, so that such changes come one after the other.
pub(super) const HOLD: &str = "UPDATE gateway_users SET disabled = disabled WHERE issuer = ? AND subject = ?";
const ADD: &str = "INSERT INTO gateway_memberships (user_id, org_id, tier, created_at) \
                   SELECT u.id, o.id, ?, ? FROM gateway_users u, gateway_organizations o \
                   WHERE u.issuer = ? AND u.subject = ? AND o.id = ? AND o.state <> 'closed' \
                   AND NOT EXISTS (SELECT 1 FROM gateway_staff t WHERE t.user_id = u.id)";
const REMOVE: &str = "DELETE FROM gateway_memberships WHERE org_id = ? AND user_id = \
                      (SELECT id FROM gateway_users WHERE issuer = ? AND subject = ?)";
const HOLD_ORGANIZATION: &str = "UPDATE gateway_organizations SET state = state WHERE id = ?";
/// Somebody else who can sign in; for an organization that is not active nobody is asked for.
const OTHERS: &str = "SELECT o.id FROM gateway_organizations o WHERE o.id = ? AND (o.state <> 'active' OR EXISTS \
                      (SELECT 1 FROM gateway_memberships m JOIN gateway_users u ON u.id = m.user_id AND u.disabled = 0 \
                      WHERE m.org_id = o.id AND NOT (u.issuer = ? AND u.subject = ?)))";
const IS_MEMBER: &str = "SELECT m.org_id FROM gateway_memberships m JOIN gateway_users u ON u.id = m.user_id \
                         WHERE m.org_id = ? AND u.issuer = ? AND u.subject = ?";
const REMEMBER: &str = "INSERT INTO gateway_removed_members (user_id, org_id, removed_at) \
                        SELECT id, ?, ? FROM gateway_users WHERE issuer = ? AND subject = ? \
                        ON CONFLICT (user_id, org_id) DO NOTHING";
const UNLINK_ALL: &str = "DELETE FROM gateway_provider_organizations WHERE org_id = ?";
const TIER: &str = "UPDATE gateway_memberships SET tier = ? WHERE org_id = ? AND tier <> ? AND user_id = \
                    (SELECT id FROM gateway_users WHERE issuer = ? AND subject = ?)";
pub(super) const EPOCH: &str = "UPDATE gateway_users SET epoch = epoch + 1 WHERE issuer = ? AND subject = ?";
const DISABLE: &str = "UPDATE gateway_users SET disabled = ?, epoch = epoch + 1, session_epoch = session_epoch + 1 \
                       WHERE issuer = ? AND subject = ? AND disabled <> ?";
/// A changed privilege never goes on under the old id.
const END_IN: &str = end!("org_id = ? AND user_id = (SELECT id FROM gateway_users WHERE issuer = ? AND subject = ?)");
pub(super) const END_ALL: &str = end!("user_id = (SELECT id FROM gateway_users WHERE issuer = ? AND subject = ?)");
const AUDIT: &str = "INSERT INTO gateway_audit (at, event, actor, user_id, org_id) \
                     SELECT ?, ?, ?, id, ? FROM gateway_users WHERE issuer = ? AND subject = ?";
const MEMBERSHIPS: &str = "SELECT o.id, o.slug, m.tier FROM gateway_memberships m \
                           JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' \
                           WHERE m.user_id = ? ORDER BY o.slug";

impl Directory {
    pub(super) fn new(inner: Arc<Inner>, actor: String) -> Self {
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
        let values = vec![id(org), Value::Text(slug.to_owned()), self.inner.db.now()];
        let steps = vec![Statement::new(CREATE, values), self.line("organization created", org)];
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
        let name = || Value::Text(name.to_owned());
        let mut steps = vec![Statement::new(STATE, vec![name(), id(org), name()]).required(), self.line(event, org)];
        if state == OrganizationState::Closed {
            steps.push(Statement::new(UNLINK_ALL, vec![id(org)]));
        }
        self.run(steps, &[Changed::Organization(org)]).await
    }

    /// Makes somebody a member of an organization, also before they ever signed in.
    ///
    /// # Errors
    /// [`DirectoryError::Taken`] when they are one; [`DirectoryError::NothingToChange`] when the organization is unknown or
    /// closed; [`DirectoryError::Tier`], also when they are of the platform's staff; [`DirectoryError::Database`].
    pub async fn add_member(&self, subject: &Subject, org: OrgId, tier: Tier) -> Result<(), DirectoryError> {
        let now = || self.inner.db.now();
        let tier = Value::Text(tier_name(tier).ok_or(DirectoryError::Tier)?.to_owned());
        let user = [vec![Value::Id(Uuid::new_v4())], name(subject), vec![now()]].concat();
        let add = [vec![tier, now()], name(subject), vec![id(org)]].concat();
        let steps = vec![
            Statement::new(USER, user),
            Statement::new(HOLD, name(subject)),
            Statement::new(ADD, add).required(),
            self.line_of("member added", subject, Some(org)),
        ];
        match self.run(steps, &[Changed::Subject(subject)]).await {
            Err(DirectoryError::NothingToChange) if self.is_staff(subject).await? => Err(DirectoryError::Tier),
            done => done,
        }
    }

    /// Changes a member's tier. Sessions of theirs that act for the organization end: nobody's privileges change under an
    /// old id.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when they are no member, or of that tier; [`DirectoryError::Tier`];
    /// [`DirectoryError::Database`].
    pub async fn set_tier(&self, subject: &Subject, org: OrgId, tier: Tier) -> Result<(), DirectoryError> {
        let tier = Value::Text(tier_name(tier).ok_or(DirectoryError::Tier)?.to_owned());
        let change = [vec![tier.clone(), id(org), tier], name(subject)].concat();
        self.lessened(vec![Statement::new(TIER, change).required()], "tier changed", subject, org).await
    }

    /// Ends somebody's membership, their sessions that act for the organization, and what was granted to them. No rule
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
        let hold = Statement::new(HOLD_ORGANIZATION, vec![id(org)]);
        let others = Statement::new(OTHERS, [vec![id(org)], name(subject)].concat());
        let mut steps = vec![hold, others.returning(&[Kind::Id]).required()];
        steps.extend(self.removal(subject, org));
        match self.lessened(steps, "member removed", subject, org).await {
            Err(DirectoryError::NothingToChange) => Err(self.why_not_removed(subject, org).await?),
            done => done,
        }
    }

    fn removal(&self, subject: &Subject, org: OrgId) -> Vec<Statement> {
        let remove = [vec![id(org)], name(subject)].concat();
        let remember = [vec![id(org), self.inner.db.now()], name(subject)].concat();
        vec![Statement::new(REMOVE, remove).required(), Statement::new(REMEMBER, remember)]
    }

    /// Whether somebody who was not removed is the last member, or none.
    async fn why_not_removed(&self, subject: &Subject, org: OrgId) -> Result<DirectoryError, DirectoryError> {
        let find = Statement::new(IS_MEMBER, [vec![id(org)], name(subject)].concat()).returning(&[Kind::Id]);
        let member = !self.inner.db.read(find).await?.rows.is_empty();
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
        let why = Value::Text(event.to_owned());
        let end = [vec![self.inner.db.now(), why, id(org)], name(subject)].concat();
        let mut steps = vec![Statement::new(EPOCH, name(subject)).required()];
        steps.extend(changes);
        steps.extend([Statement::new(END_IN, end), self.line_of(event, subject, Some(org))]);
        self.run(steps, &[Changed::Subject(subject)]).await
    }

    /// Disables a user, and ends their sessions and what was granted to them; or lets them sign in again.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when they are unknown, or it is so already; [`DirectoryError::Database`].
    pub async fn set_disabled(&self, subject: &Subject, disabled: bool) -> Result<(), DirectoryError> {
        let event = if disabled { "user disabled" } else { "user enabled" };
        let flag = || vec![Value::Int(disabled.into())];
        let end = [vec![self.inner.db.now(), Value::Text(event.to_owned())], name(subject)].concat();
        let steps = vec![
            Statement::new(DISABLE, [flag(), name(subject), flag()].concat()).required(),
            Statement::new(END_ALL, end),
            self.line_of(event, subject, None),
        ];
        self.run(steps, &[Changed::Subject(subject)]).await
    }

    /// The active organizations that the session's user may act for, by slug.
    ///
    /// # Errors
    /// [`DirectoryError::Database`].
    pub async fn memberships(&self, session: &Session) -> Result<Vec<Membership>, DirectoryError> {
        let list = Statement::new(MEMBERSHIPS, vec![Value::Id(session.facts().user)]);
        let answer = self.inner.db.read(list.returning(&[Kind::Id, Kind::Text, Kind::Text])).await?;
        let read = |row| {
            let mut row = Cells::new(row);
            Ok(Membership { org: OrgId::new(row.id()?), slug: row.text()?, tier: tier(&row.text()?)? })
        };
        Ok(answer.rows.into_iter().map(read).collect::<Result<_, Failure>>()?)
    }

    pub(super) async fn run(&self, steps: Vec<Statement>, changed: &[Changed<'_>]) -> Result<(), DirectoryError> {
        self.inner.db.write(steps, changed).await?;
        Ok(())
    }

    fn line(&self, event: &'static str, org: OrgId) -> Statement {
        audit::of_directory(self.inner.db.now(), event, &self.actor, None, Some(*org.as_uuid()))
    }

    pub(super) fn line_of(&self, event: &'static str, subject: &Subject, org: Option<OrgId>) -> Statement {
        let org = org.map_or(Value::Null(Kind::Id), id);
        let text = |text: &str| Value::Text(text.to_owned());
        let values = [vec![self.inner.db.now(), text(event), text(&self.actor), org], name(subject)].concat();
        Statement::new(AUDIT, values).required()
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("actor", &self.actor).finish_non_exhaustive()
    }
}

pub(super) fn id(org: OrgId) -> Value {
    Value::Id(*org.as_uuid())
}

pub(super) fn name(subject: &Subject) -> Vec<Value> {
    vec![Value::Text(subject.op.clone()), Value::Text(subject.id.clone())]
}

/// Whether a text may be a slug. None looks like an id, so a claim means one organization at most.
pub(super) fn is_slug(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=SLUG).contains(&text.len())
        && text.bytes().all(letter)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.parse::<OrgId>().is_err()
}
