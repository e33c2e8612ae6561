//! A sign-in that makes somebody a member first, by a rule.

use super::Sessions;
use crate::db::platform::{Statement, Value};
use crate::gateway::cookie::SetSession;
use crate::gateway::directory::HOLD;
use crate::gateway::oidc::{JoinRule, SignIn};
use crate::gateway::refusal::Refused;
use crate::gateway::session::Session;
#[cfg(doc)]
use crate::gateway::{Directory, Reason};

/// What a rule needs besides the role: a link at the same issuer, an active organization, a user who is neither disabled,
/// nor a member already, nor was ever removed, nor is of the platform's staff.
macro_rules! joining {
    ($what:literal) => {
        concat!(
            $what,
            " FROM gateway_users u JOIN gateway_provider_organizations p ON p.issuer = u.issuer \
             JOIN gateway_organizations o ON o.id = p.org_id AND o.state = 'active' \
             WHERE u.issuer = ? AND u.subject = ? AND u.disabled = 0 AND p.provider_id = ? \
             AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = u.id AND m.org_id = o.id) \
             AND NOT EXISTS (SELECT 1 FROM gateway_removed_members r WHERE r.user_id = u.id AND r.org_id = o.id) \
             AND NOT EXISTS (SELECT 1 FROM gateway_staff t WHERE t.user_id = u.id)"
        )
    };
}

/// Before [`JOIN`], which it would find done.
const AUDIT: &str = joining!(
    "INSERT INTO gateway_audit (at, event, reason, actor, user_id, org_id) \
     SELECT ?, 'member joined by rule', ?, 'join rule', u.id, o.id"
);
const JOIN: &str =
    joining!("INSERT INTO gateway_memberships (user_id, org_id, tier, created_at) SELECT u.id, o.id, ?, ?");

impl Sessions {
    /// As [`sign_in`](Self::sign_in), for a sign-in that [`OidcClient::finish`](crate::gateway::oidc::OidcClient::finish)
    /// verified, after the rule was asked where its user becomes a member.
    ///
    /// It makes nobody a member of an organization that is suspended or closed, or that
    /// [`Directory::remove_member`] ever took them out of, and none of the platform's staff; and it changes no membership that is there. Each new member is a
    /// line in the audit log: `member joined by rule`, with the role.
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in): [`Reason::SignInFacts`], [`Reason::SignInRefused`], [`Reason::Unavailable`]. Then
    /// nobody became a member.
    pub async fn sign_in_joining(
        &self,
        sign_in: &SignIn,
        rule: &JoinRule,
        replaced: Option<&Session>,
        agent: Option<&str>,
    ) -> Result<(Session, SetSession), Refused> {
        self.begin(&sign_in.signed_in, self.joins(sign_in, rule), replaced, agent).await
    }

    fn joins(&self, sign_in: &SignIn, rule: &JoinRule) -> Vec<Statement> {
        let (now, text) = (|| self.inner.db.now(), |text: &str| Value::Text(text.to_owned()));
        let (issuer, subject) = (text(&sign_in.signed_in.issuer), text(&sign_in.signed_in.subject));
        let mut steps = Vec::new();
        for join in rule.joins(sign_in) {
            let whom = [issuer.clone(), subject.clone(), text(join.organization.as_str())];
            let line = [&[now(), text(join.role)], &whom[..]].concat();
            let member = [&[text(join.tier), now()], &whom[..]].concat();
            steps.extend([Statement::new(AUDIT, line), Statement::new(JOIN, member)]);
        }
        if !steps.is_empty() {
            steps.insert(0, Statement::new(HOLD, vec![issuer, subject]));
        }
        steps
    }
}
