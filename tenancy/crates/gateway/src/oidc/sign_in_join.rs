//! A sign-in that makes the user a member first, by a rule.

use super::{JoinRule, SignIn};
use crate::rejection::Rejection;
use crate::session::cookie::SetSession;
use crate::sessions::Sessions;
use crate::sessions::session::Session;
use crate::statements::{self, text};
#[cfg(doc)]
use crate::{Directory, RejectionReason};
use tenancy_service::__private::sql::Statement;

impl Sessions {
    /// As [`sign_in`](Self::sign_in), for a sign-in that [`OidcClient::finish`](crate::oidc::OidcClient::finish)
    /// verified, after the rule was asked where its user becomes a member.
    ///
    /// It makes no user a member of an organization that is suspended or closed, or that
    /// [`Directory::remove_member`] ever took them out of, and never makes the platform's staff members. It changes no
    /// membership that is there. Each new member is a line in the audit log: `member joined by rule`, with the role.
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in): [`RejectionReason::SignInFacts`], [`RejectionReason::SignInRefused`], [`RejectionReason::Unavailable`]. Then
    /// no user became a member.
    pub async fn sign_in_joining(
        &self,
        sign_in: &SignIn,
        rule: &JoinRule,
        replaced: Option<&Session>,
        agent: Option<&str>,
    ) -> Result<(Session, SetSession), Rejection> {
        self.begin(&sign_in.signed_in, self.joins(sign_in, rule), replaced, agent).await
    }

    fn joins(&self, sign_in: &SignIn, rule: &JoinRule) -> Vec<Statement> {
        let now = || self.inner.db.now();
        let issuer = || text(&sign_in.signed_in.issuer);
        let subject = || text(&sign_in.signed_in.subject);
        let mut steps = Vec::new();
        for join in rule.joins(sign_in) {
            let provider_id = || text(join.organization.as_str());
            let line = statements::AuditJoin {
                now: now(),
                role: text(join.role),
                issuer: issuer(),
                subject: subject(),
                provider_id: provider_id(),
            };
            let member = statements::JoinByRule {
                tier: text(join.tier),
                now: now(),
                issuer: issuer(),
                subject: subject(),
                provider_id: provider_id(),
            };
            steps.extend([line.statement(), member.statement()]);
        }
        if !steps.is_empty() {
            steps.insert(0, statements::HoldUser { issuer: issuer(), subject: subject() }.statement());
        }
        steps
    }
}
