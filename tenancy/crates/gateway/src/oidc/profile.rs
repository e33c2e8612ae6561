//! What is particular to a provider: the scopes to ask for, the claims that name its organizations, its habits.

use super::claims::{Claims, word};
use super::{Deviation, ProviderOrganization, ProviderOrganizations, TokenError};
use serde_json::{Map, Value};

/// The provider's organization that owns the account.
const RESOURCE_OWNER: &str = "urn:zitadel:iam:user:resourceowner:id";
/// More roles, or more organizations, are refused.
const MAX_ROLES: usize = 1000;

/// What is particular to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// The standard, and nothing else. It knows no organizations at the provider: a member gets in by our own directory.
    Generic,
    /// Zitadel: organizations of the account and of the roles in one project.
    ///
    /// **Modelled from Zitadel's documentation and source, not run against a Zitadel.** Only claims whose names Zitadel
    /// reserves are read; those that its actions may write are not.
    Zitadel {
        /// The id of the project whose roles count. It is an allowed audience as well.
        project: String,
    },
    /// Keycloak: the standard, with the logout tokens of its older versions, which are typed `JWT` and may have no `exp`
    /// ([`Deviation::LogoutTokensTypedJwt`], [`Deviation::LogoutTokensWithoutExp`]). It gives refresh tokens without asking for consent.
    /// Its organizations, groups and roles are not read.
    ///
    /// **Modelled from Keycloak's documentation, not run against a Keycloak.**
    Keycloak,
}

impl Profile {
    pub(super) fn scopes(&self) -> Vec<String> {
        let mut scopes = vec!["openid".to_owned()];
        if let Self::Zitadel { project } = self {
            scopes.extend([
                "urn:zitadel:iam:user:resourceowner".to_owned(),
                "urn:zitadel:iam:org:projects:roles".to_owned(),
                format!("urn:zitadel:iam:org:project:id:{project}:aud"),
            ]);
        }
        scopes
    }

    /// The scope that keeps a sign-in to one organization at the provider.
    pub(super) fn scope_of(&self, organization: &ProviderOrganization) -> Option<String> {
        match self {
            Self::Generic | Self::Keycloak => None,
            Self::Zitadel { .. } => Some(format!("urn:zitadel:iam:org:id:{}", organization.as_str())),
        }
    }

    /// Zitadel lists the project beside the clients.
    pub(super) fn audience(&self) -> Option<&str> {
        match self {
            Self::Generic | Self::Keycloak => None,
            Self::Zitadel { project } => Some(project),
        }
    }

    /// What it does otherwise. Zitadel signs its logout tokens as `JWT`, like its id tokens; what tells them apart there is the
    /// event and the nonce.
    pub(super) fn tolerates(&self, deviation: Deviation) -> bool {
        match self {
            Self::Generic => false,
            Self::Zitadel { .. } => deviation == Deviation::LogoutTokensTypedJwt,
            Self::Keycloak => {
                matches!(deviation, Deviation::LogoutTokensTypedJwt | Deviation::LogoutTokensWithoutExp)
            }
        }
    }

    /// Whether a refresh token is given without asking the person: Zitadel and Keycloak do, the standard does not promise it.
    pub(super) fn consents_to_offline_access(&self) -> bool {
        !matches!(self, Self::Generic)
    }

    pub(super) fn is_possible(&self) -> bool {
        match self {
            Self::Generic | Self::Keycloak => true,
            Self::Zitadel { project } => ProviderOrganization::parse(project).is_ok(),
        }
    }

    /// The provider's organizations that a verified id token names.
    pub(super) fn organizations(&self, claims: &Claims<'_>) -> Result<ProviderOrganizations, TokenError> {
        let Self::Zitadel { project } = self else { return Ok(ProviderOrganizations::default()) };
        let mut found = ProviderOrganizations::default();
        if let Some(owner) = claims.optional_text(RESOURCE_OWNER)? {
            let owner = ProviderOrganization::parse(owner).map_err(|_| TokenError::Claim(RESOURCE_OWNER))?;
            found.owner = Some(owner);
        }
        // With the project's id in its name. The short `…:project:roles` may be of another project.
        if let Some(roles) = claims.0.get(&format!("urn:zitadel:iam:org:project:{project}:roles")) {
            collect(roles, &mut found).ok_or(TokenError::Claim("urn:zitadel:iam:org:project:{project}:roles"))?;
        }
        Ok(found)
    }
}

/// `{ role: { organization id: primary domain } }`. The domain is not read: its owner may change it.
fn collect(roles: &Value, found: &mut ProviderOrganizations) -> Option<()> {
    let mut count = 0;
    for (role, organizations) in roles.as_object()? {
        let organizations: &Map<String, Value> = organizations.as_object()?;
        for organization in organizations.keys() {
            count += 1;
            if count > MAX_ROLES || !word(role) {
                return None;
            }
            let organization = ProviderOrganization::parse(organization).ok()?;
            found.roles.entry(organization).or_default().insert(role.clone());
        }
    }
    Some(())
}
