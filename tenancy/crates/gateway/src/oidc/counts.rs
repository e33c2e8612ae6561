//! Counts of what was taken and refused, by reason. No label names a subject, an organization or what a provider said.

use super::{CallbackError, LogoutTokenError, RefreshError, SignInError};
use std::collections::BTreeMap;
use std::sync::Mutex;
use tenancy_service::__private::locked;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    SignIn,
    SignInRefused,
    Logout,
    LogoutRefused,
    Refresh,
    RefreshRefused,
}

/// What was tolerated of a logout token that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogoutToken {
    pub(super) typed_jwt: bool,
    pub(super) without_exp: bool,
}

/// One client's numbers.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<BTreeMap<(Kind, &'static str), u64>>);

impl Counts {
    /// Returns a copy of the numbers, by what is counted and its label.
    pub(super) fn snapshot(&self) -> BTreeMap<(Kind, &'static str), u64> {
        locked(&self.0).clone()
    }

    fn count(&self, kind: Kind, label: &'static str) {
        *locked(&self.0).entry((kind, label)).or_default() += 1;
    }

    fn done(&self, good: Kind, refused: Kind, why: Option<&'static str>) {
        match why {
            None => self.count(good, ""),
            Some(why) => self.count(refused, why),
        }
    }

    pub(super) fn sign_in(&self, why: Option<&SignInError>) {
        self.done(Kind::SignIn, Kind::SignInRefused, why.map(SignInError::name));
    }

    pub(super) fn callback(&self, why: &CallbackError) {
        self.count(Kind::SignInRefused, why.name());
    }

    pub(super) fn refresh(&self, why: Option<&RefreshError>) {
        self.done(Kind::Refresh, Kind::RefreshRefused, why.map(RefreshError::name));
    }

    /// What was tolerated is counted apart, so that it shows when a provider stops needing it.
    pub(super) fn logout(&self, done: Result<LogoutToken, &LogoutTokenError>) {
        match done {
            Err(why) => self.count(Kind::LogoutRefused, why.name()),
            Ok(token) => self.count(
                Kind::Logout,
                match (token.typed_jwt, token.without_exp) {
                    (false, false) => "standard",
                    (true, false) => "typed_jwt",
                    (false, true) => "without_exp",
                    (true, true) => "typed_jwt_without_exp",
                },
            ),
        }
    }

    pub(super) fn front_channel_logout(&self, why: Option<&LogoutTokenError>) {
        match why {
            None => self.count(Kind::Logout, "front_channel"),
            Some(why) => self.count(Kind::LogoutRefused, why.name()),
        }
    }
}
