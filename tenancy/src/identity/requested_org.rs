//! What a client says about its organization: data, never proof.

use super::OrgId;
use std::fmt;

/// An organization as a client named it: in a path, a header, a form or JSON.
///
/// It can be shown, stored and compared, for instance as a precondition ("the page believes that it is in this
/// organization") that can only refuse a request. No function turns one into an [`OrgScope`](crate::OrgScope):
/// `ui-tests/tests/fail/g_forging/a_wish_where_a_scope_is_due.rs`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RequestedOrg(String);

impl RequestedOrg {
    /// Keeps what the client said, unread.
    pub fn new(said: impl Into<String>) -> Self {
        Self(said.into())
    }

    /// What the client said.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the client means this organization. Text that is no UUID means none.
    pub fn names(&self, org: OrgId) -> bool {
        self.0.parse::<OrgId>().is_ok_and(|said| said == org)
    }
}

impl fmt::Display for RequestedOrg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for RequestedOrg {
    fn from(said: String) -> Self {
        Self(said)
    }
}

impl From<&str> for RequestedOrg {
    fn from(said: &str) -> Self {
        Self(said.to_owned())
    }
}

impl PartialEq<OrgId> for RequestedOrg {
    fn eq(&self, org: &OrgId) -> bool {
        self.names(*org)
    }
}
