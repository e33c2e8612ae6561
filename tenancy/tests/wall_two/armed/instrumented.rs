//! Diesel's instrumentation looks on, and is told of statements but never of a token.

use crate::armed::world::{World, invoices};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use std::sync::Mutex;
use tenancy::prelude::*;

static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn listen() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| HEARD.lock().expect("nobody panics").push(format!("{event:?}"))))
}

/// It has no connection in its hands, so there is nothing that it could clear.
// attack: F29, F30
#[tokio::test(flavor = "multi_thread")]
async fn it_hears_statements_and_no_token() {
    let world = World::new().await;
    set_default_instrumentation(listen).expect("it is set");
    let (db, a) = (world.db(), world.a());
    let mut conn = db.scoped(&a).await.expect("a connection");
    assert_eq!(a.from(invoices::table).count().get_result::<i64>(&mut conn).await, Ok(20));
    a.delete(invoices::table).filter(invoices::id.eq(-1)).execute(&mut conn).await.expect("nothing to delete");
    set_default_instrumentation(|| None).expect("it is set");
    let heard = HEARD.lock().expect("nobody panics").join("\n");
    assert!(heard.contains("StartQuery") && heard.contains("FinishQuery") && heard.contains("DELETE FROM"), "{heard}");
    let kid = world.wall.key.kid();
    for secret in ["set_config", "secret", kid] {
        assert!(!heard.contains(secret), "{secret}: {heard}");
    }
}
