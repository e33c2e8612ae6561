//! What the linter needs to know of a model.

use std::collections::BTreeSet;

/// What the linter needs to know of a model: which types and names have which part.
///
/// A set of names holds `name`, which counts on every type, or `type#name`.
///
/// ```
/// let mut config = tenancy_permission_model::LintConfig::default();
/// config.money_permissions.insert("invoice#refund".to_owned());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LintConfig {
    /// The type of the platform. Default: `platform`.
    pub platform: String,
    /// The type of tenants. Default: `tenant`.
    pub tenant: String,
    /// The type of organizations. Default: `organization`.
    pub organization: String,
    /// The types of users. Default: `user`.
    pub users: BTreeSet<String>,
    /// The permissions that may reach the platform. Default: `suspend`, `support_read`.
    pub platform_permissions: BTreeSet<String>,
    /// The permissions over money. Default: `change_payout`.
    pub money_permissions: BTreeSet<String>,
    /// The permissions that only read. All others count as writes. Default: `view`, `read`, `list`, `support_read`.
    pub read_permissions: BTreeSet<String>,
    /// The relations that hold grants of support access. Default: `support`.
    pub support_relations: BTreeSet<String>,
    /// The relations whose subjects lose every permission of the type. Default: `banned`.
    pub ban_relations: BTreeSet<String>,
    /// The most hops from a permission to a user. Default: 5.
    pub most_hops: usize,
}

impl Default for LintConfig {
    fn default() -> Self {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            platform: "platform".to_owned(),
            tenant: "tenant".to_owned(),
            organization: "organization".to_owned(),
            users: set(&["user"]),
            platform_permissions: set(&["suspend", "support_read"]),
            money_permissions: set(&["change_payout"]),
            read_permissions: set(&["view", "read", "list", "support_read"]),
            support_relations: set(&["support"]),
            ban_relations: set(&["banned"]),
            most_hops: 5,
        }
    }
}

impl LintConfig {
    /// Returns whether the type is above organizations.
    pub(super) fn is_above(&self, definition: &str) -> bool {
        definition == self.platform || definition == self.tenant
    }
}

/// Returns whether the set holds `name`, or `type#name`.
pub(super) fn holds(set: &BTreeSet<String>, definition: &str, name: &str) -> bool {
    set.contains(name) || set.contains(&format!("{definition}#{name}"))
}
