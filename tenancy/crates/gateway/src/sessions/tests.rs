//! What only this module can do: mark a session as seen that died meanwhile.

use super::*;
use crate::{Clock, Gateway, GatewayDb, SessionKey, SessionKeys, VerifiedIdentity};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use tenancy::__private::unix_time;

#[derive(Debug)]
struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> SystemTime {
        unix_time(self.0.load(Ordering::SeqCst))
    }
}

/// Attack 23: the request found its session in time, and writes too late.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_mark_revives_no_session() {
    let clock = Arc::new(Moved(AtomicU64::new(1_000_000)));
    let db = GatewayDb::sqlite(":memory:").await.unwrap().with_clock(clock.clone());
    db.migrate().await.unwrap();
    let keys = SessionKeys::new(SessionKey::generate().unwrap());
    let gateway = Gateway::builder(db, keys, "https://billing.test").build().unwrap();
    let sessions = gateway.sessions();
    let proved = VerifiedIdentity {
        issuer: "https://id.test".to_owned(),
        subject: "alice".to_owned(),
        authenticated_at: None,
        methods: Vec::new(),
        assurance: None,
        provider_session: None,
        id_token: None,
        refresh_token: None,
    };
    let (session, _) = sessions.sign_in(&proved, None, None).await.unwrap();
    let hash = || session.facts().id_hash.clone();
    clock.0.fetch_add(30 * 60, Ordering::SeqCst);
    sessions.see(session.facts()).await.unwrap();
    assert!(sessions.by_hash(vec![hash()]).await.unwrap().is_none());
    // In time it does push the limit on.
    clock.0.fetch_sub(1, Ordering::SeqCst);
    sessions.see(session.facts()).await.unwrap();
    clock.0.fetch_add(60, Ordering::SeqCst);
    assert!(sessions.by_hash(vec![hash()]).await.unwrap().is_some());
}
