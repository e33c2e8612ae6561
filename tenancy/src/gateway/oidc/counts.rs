//! Counts of what was taken and refused, by reason. No label names a subject, an organization or what a provider said.

use super::logout::LogoutToken;
use super::{CallbackError, LogoutRefusal, OidcClient, RefreshError, SignInError};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// What is counted, and how its label is called.
const KINDS: [(Kind, &str, &str); 6] = [
    (Kind::SignIn, "sign_ins_total", ""),
    (Kind::SignInRefused, "sign_ins_refused_total", "reason"),
    (Kind::Logout, "logouts_total", "token"),
    (Kind::LogoutRefused, "logouts_refused_total", "reason"),
    (Kind::Refresh, "refreshes_total", ""),
    (Kind::RefreshRefused, "refreshes_refused_total", "reason"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    SignIn,
    SignInRefused,
    Logout,
    LogoutRefused,
    Refresh,
    RefreshRefused,
}

/// One client's numbers.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<BTreeMap<(Kind, &'static str), u64>>);

impl Counts {
    fn count(&self, kind: Kind, label: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry((kind, label)).or_default() += 1;
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
    pub(super) fn logout(&self, done: Result<LogoutToken, &LogoutRefusal>) {
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

    pub(super) fn front_channel_logout(&self, why: Option<&LogoutRefusal>) {
        match why {
            None => self.count(Kind::Logout, "front_channel"),
            Some(why) => self.count(Kind::LogoutRefused, why.name()),
        }
    }
}

/// What these clients took and refused since they were discovered, in the text format of Prometheus: sign-ins, provider logouts and
/// refreshes, and refusals by reason. A reason appears when it was counted once. Serve it where browsers cannot reach it.
///
/// A callback for a sign-in that is not known does not reach a client; [`Gateway::metrics`](crate::gateway::Gateway::metrics) counts it
/// as `sign_in_unknown`.
pub fn metrics<'c>(clients: impl IntoIterator<Item = &'c OidcClient>) -> String {
    let clients: Vec<_> = clients
        .into_iter()
        .map(|client| (client.issuer(), client.counts.0.lock().unwrap_or_else(PoisonError::into_inner).clone()))
        .collect();
    let mut out = String::new();
    for (kind, name, label) in KINDS {
        let _ = writeln!(out, "# TYPE tenancy_oidc_{name} counter");
        for (issuer, counts) in &clients {
            let of_kind = counts.iter().filter(|((of, _), _)| *of == kind);
            let mut written = false;
            for ((_, value), count) in of_kind {
                let also = if label.is_empty() { String::new() } else { format!(",{label}=\"{value}\"") };
                let _ = writeln!(out, "tenancy_oidc_{name}{{issuer={issuer:?}{also}}} {count}");
                written = true;
            }
            if label.is_empty() && !written {
                let _ = writeln!(out, "tenancy_oidc_{name}{{issuer={issuer:?}}} 0");
            }
        }
    }
    out
}
