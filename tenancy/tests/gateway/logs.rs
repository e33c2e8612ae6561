//! What is logged: reasons and session handles; no organization, no id, no key, no token of anybody.

use crate::gateway::world::{ACME, BRAVO, World, signed_in};
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};
use tenancy_gateway::VerifiedIdentity;
use tenancy_test_support::log;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const CANARY: &str = "canary-91c2-of-a-token";

/// Writes down everything that is logged.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<String>>);

impl Visit for Paper {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Paper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        writeln!(self.0.lock().unwrap(), "{}", event.metadata().target()).unwrap();
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// 79, I05. One test, because the subscriber is the thread's: the runtime has one thread and SQLite is in memory elsewhere.
#[tokio::test]
async fn logs_hold_reasons_and_handles_and_nothing_else() {
    let paper = Paper::default();
    let _logged = log::of_this_thread(paper.clone());
    let world = World::postgres().await;
    let signed = VerifiedIdentity {
        id_token: Some(CANARY.into()),
        refresh_token: Some(CANARY.into()),
        provider_session: Some("sid".to_owned()),
        ..signed_in("alice")
    };
    let (session, cookie) = world.gateway.sessions().sign_in(&signed, None, None).await.unwrap();
    let mut alice = world.stranger();
    alice.take(&cookie);
    let id = alice.cookie.clone().unwrap();
    alice.get("/invoices").await.is(200, "acme-1");
    alice.get("/o/bravo/invoices").await.is(404, "Not Found");
    alice.get("/twice").await.is(500, "Internal Server Error");
    alice.post_with("/plain", "").await.is(403, "Forbidden");
    world.stranger().get("/invoices").await.is(401, "Unauthorized");
    world.execute("ALTER TABLE gateway_users RENAME TO gone").await;
    alice.get("/invoices").await.is(503, "Service Unavailable");

    let logged = paper.0.lock().unwrap().clone();
    for reason in ["not_a_member", "scope_taken", "form_token", "no_session", "unavailable"] {
        assert!(logged.contains(&format!("reason=\"{reason}\"")), "{reason}: {logged}");
    }
    assert!(logged.contains(&format!("session={}", session.handle())), "{logged}");
    // What the database reported is told by its code, where it came up and where it was met.
    assert!(logged.contains("sqlstate=\"42P01\"") && logged.contains("code=\"reported\""), "{logged}");
    let ours: String = logged.lines().filter(|line| !line.starts_with("log.")).collect();
    for secret in [CANARY, &id, &ACME.to_string(), &BRAVO.to_string(), "1111", "acme", "bravo", "alice"] {
        assert!(!ours.contains(secret), "{secret}: {logged}");
    }
}
