//! The settings of a gateway and of support access.

use crate::clock::seconds;
use crate::origin::Origin;
use crate::rejection::NotAMember;
use std::num::NonZeroU32;
use std::time::Duration;
use tenancy_service::__private::sql::Value;

/// The settings of a gateway, checked.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) origin: Origin,
    /// In seconds.
    pub(crate) idle: u64,
    /// In seconds.
    pub(crate) absolute: u64,
    /// In whole seconds.
    pub(crate) grant: Duration,
    pub(crate) not_a_member: NotAMember,
    pub(crate) path_parameter: Option<String>,
    pub(crate) most: Option<NonZeroU32>,
    /// In seconds.
    pub(crate) fresh: Option<u64>,
    /// The longest body that is read before the handler runs, in bytes.
    pub(crate) body: usize,
    /// How long to wait for it.
    pub(crate) body_time: Duration,
    pub(crate) staff: SupportSettings,
}

impl Settings {
    /// The idle limits of sessions, as values: of staff, and of everybody else.
    pub(crate) fn idle_times(&self) -> [Value; 2] {
        [self.staff.idle, self.idle].map(seconds)
    }

    /// The absolute ones.
    pub(crate) fn absolute_times(&self) -> [Value; 2] {
        [self.staff.absolute, self.absolute].map(seconds)
    }
}

/// The settings of support access. Times are in seconds.
#[derive(Debug, Clone)]
pub(crate) struct SupportSettings {
    pub(crate) idle: u64,
    pub(crate) absolute: u64,
    pub(crate) assurance: Vec<String>,
    pub(crate) proof_age: u64,
    /// Whether an entry to change waits for a second person.
    pub(crate) approval: bool,
}

impl Default for SupportSettings {
    fn default() -> Self {
        Self {
            idle: 10 * 60,
            absolute: 60 * 60,
            assurance: vec!["mfa".to_owned()],
            proof_age: 10 * 60,
            approval: false,
        }
    }
}

impl SupportSettings {
    /// The same, with no session of staff outliving a member's.
    pub(crate) fn within(self, idle: u64, absolute: u64) -> Self {
        Self { idle: self.idle.min(idle), absolute: self.absolute.min(absolute), ..self }
    }
}
