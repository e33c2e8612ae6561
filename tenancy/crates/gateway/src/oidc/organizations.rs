//! Organizations as the provider names them: claims, from which our own directory may choose.

use std::collections::{BTreeMap, BTreeSet};

/// An organization's id at the provider. It is a claim: it becomes no [`OrgId`](tenancy::OrgId) and reaches no organization table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderOrganization(String);

/// The text is no organization's id: not 1 to 64 letters, digits, `-` and `_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an organization's id at the provider is 1 to 64 letters, digits, `-` and `_`")]
pub struct ProviderOrganizationError;

impl ProviderOrganization {
    /// Takes an id, as it is in the directory or in a link.
    ///
    /// # Errors
    /// [`ProviderOrganizationError`]: of another form.
    pub fn parse(id: &str) -> Result<Self, ProviderOrganizationError> {
        let taken = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if (1..=64).contains(&id.len()) && taken { Ok(Self(id.to_owned())) } else { Err(ProviderOrganizationError) }
    }

    /// The id as the provider writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The provider's organizations that a sign-in named.
///
/// They are *candidates*. The directory, which is ours, links an issuer's organization to one of ours and is asked for a
/// membership; a sign-in can narrow what the directory allows, and never adds to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ProviderOrganizations {
    /// The organization that owns the account: whose employee this is.
    pub owner: Option<ProviderOrganization>,
    /// The organizations that gave the account roles in the configured project: where an administrator let it in. A
    /// role's keys come from the organization that granted them; a role key alone is no authority.
    pub roles: BTreeMap<ProviderOrganization, BTreeSet<String>>,
}

/// What the directory is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Candidate {
    /// The issuer: one organization id at two issuers is two organizations.
    pub issuer: String,
    /// The organization's id there.
    pub organization: ProviderOrganization,
}

impl Candidate {
    /// The organization of this id at this issuer, spelled as the provider spells it.
    pub fn new(issuer: impl Into<String>, organization: ProviderOrganization) -> Self {
        Self { issuer: issuer.into(), organization }
    }
}

impl ProviderOrganizations {
    /// The candidates of `issuer`, each once, in the order of their ids.
    pub fn candidates(&self, issuer: &str) -> Vec<Candidate> {
        let named: BTreeSet<&ProviderOrganization> = self.owner.iter().chain(self.roles.keys()).collect();
        named.into_iter().map(|organization| Candidate::new(issuer, organization.clone())).collect()
    }

    pub(super) fn names(&self, organization: &ProviderOrganization) -> bool {
        self.owner.as_ref() == Some(organization)
    }
}
