//! Who acts, and in what role: data of a verified grant.

use uuid::Uuid;

/// Who acts: the identity provider and its stable name for the subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The issuer of the identity provider.
    pub issuer: String,
    /// The provider's stable name of the subject.
    pub subject: String,
}

/// Counters that the directory raises to end what was granted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epochs {
    /// The organization's.
    pub org: u64,
    /// The subject's.
    pub sub: u64,
}

/// The coarse tier of a subject. Fine decisions are the permit engine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Tier {
    /// A member of the organization.
    Org,
    /// A member of the tenant that owns the organization.
    Tenant,
    /// The platform's staff.
    Platform,
}

/// A member of the platform's staff who acts in an organization, and the audited entry that allows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Who acts. Staff act as themselves: the grant's subject is the same one.
    pub staff: Subject,
    /// Names the entry in the gateway's tables, with its reason.
    pub entry: Uuid,
    /// Whether the entry is to change something; else it only reads, and every write is refused.
    pub writes: bool,
}
