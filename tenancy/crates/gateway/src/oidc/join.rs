//! Which users become members by signing in: none, unless a rule says so.

use super::claims::word;
use super::{ProviderOrganization, SignIn};
use crate::session::session_row::tier_name;
use std::collections::BTreeSet;
use tenancy::scope::Tier;

/// Beyond this many organizations at once a rule lets no user in.
const MOST: usize = 100;

/// Which roles at one provider make a member, and of which tier. Without roles the rule makes no members.
///
/// For [`Sessions::sign_in_joining`](crate::Sessions::sign_in_joining). A role counts in the organization that
/// gave it, and there only when the directory links that organization to one of ours
/// ([`Directory::link_organization`](crate::Directory::link_organization)). An administrator of a linked
/// organization at the provider gives its roles, and so decides who becomes a member of ours.
///
/// A rule adds members. It neither changes nor ends a membership: a role that is gone at the next sign-in takes nothing away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRule {
    issuer: String,
    roles: Vec<(String, &'static str)>,
}

/// A role that no rule can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoinRuleError {
    /// The role's key is not 1 to 255 visible ASCII characters.
    #[error("a role's key is 1 to 255 visible ASCII characters")]
    Role,
    /// Staff of the platform are members of no organization.
    #[error("staff of the platform are members of no organization")]
    Tier,
}

/// An organization at the provider in which the user has a role of the rule's.
pub(crate) struct Join<'r> {
    pub(crate) organization: &'r ProviderOrganization,
    pub(crate) role: &'r str,
    pub(crate) tier: &'static str,
}

impl JoinRule {
    /// For sign-ins at this issuer, spelled as the provider spells it. At others the rule says nothing: a role's key means
    /// something else there.
    pub fn at(issuer: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), roles: Vec::new() }
    }

    /// This role makes a member of this tier. Of several that a user has, the one that was said first counts.
    ///
    /// # Errors
    /// [`JoinRuleError`]: it is no role's key, or the tier is no member's.
    pub fn role(mut self, key: &str, tier: Tier) -> Result<Self, JoinRuleError> {
        if !word(key) {
            return Err(JoinRuleError::Role);
        }
        self.roles.push((key.to_owned(), tier_name(tier).ok_or(JoinRuleError::Tier)?));
        Ok(self)
    }

    /// Each organization once, those of the role that was said first first.
    pub(crate) fn joins<'r>(&'r self, sign_in: &'r SignIn) -> Vec<Join<'r>> {
        if sign_in.signed_in.issuer != self.issuer {
            return Vec::new();
        }
        let (mut joins, mut named) = (Vec::new(), BTreeSet::new());
        for (role, tier) in &self.roles {
            let given = sign_in.organizations.roles.iter().filter(|(_, given)| given.contains(role));
            let first = given.map(|(organization, _)| organization).filter(|organization| named.insert(*organization));
            joins.extend(first.map(|organization| Join { organization, role, tier }));
        }
        if joins.len() > MOST {
            let count = joins.len();
            tracing::warn!(target: "tenancy::gateway", count, "roles in too many organizations: the rule lets no user in");
            return Vec::new();
        }
        joins
    }
}
