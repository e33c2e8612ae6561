//! I83, I84: an entry ends, and without its line in the log there is none.

use crate::gateway::outside::Open;
use crate::gateway::staff::{entered, look, proved, row, sam, signed};
use crate::gateway::world::{ACME, BRAVO, START, World, key, subject};
use std::time::Duration;
use tenancy_gateway::{AccessRequest, OrganizationState, RejectionReason, SessionKeys};

on_both!(
    an_entry_ends_with_its_time,
    an_entry_is_of_one_session,
    leaving_and_entering_elsewhere_end_an_entry,
    whoever_leaves_the_staff_is_out_at_the_next_request,
    who_is_being_put_out_enters_nothing,
    suspending_the_organization_puts_staff_out,
    a_session_under_an_entry_is_never_kept,
    no_entry_that_is_not_written_down,
    nothing_is_granted_that_is_not_written_down,
    entries_take_no_change,
    an_organization_sees_who_was_there,
);

/// 83: to the second, less the leeway of a clock; and a scope that was granted before ends with it.
async fn an_entry_ends_with_its_time(world: World) {
    let (_, mut sam) = entered(&world, "acme", look().duration(Duration::from_secs(60))).await;
    world.clock.advance(54);
    sam.get("/invoices").await.is(200, "acme-1");
    world.clock.advance(1);
    sam.get("/invoices").await.is(404, "Not Found");
    sam.get("/o/acme/invoices").await.is(404, "Not Found");
    assert_eq!(world.refused(RejectionReason::EntryOver), 2);
    sam.get("/whoami").await.is(200, "sam");
    // Entering again is another entry.
    sam.post("/enter", "org=acme&name=again").await.is(200, "entered");
    sam.get("/invoices").await.is(200, "acme-1");
}

/// A session that names the organization without an entry of its own has none.
async fn an_entry_is_of_one_session(world: World) {
    let (_, mut inside) = entered(&world, "acme", look()).await;
    let (other, mut outside) = sam(&world).await;
    let id = |id: &uuid::Uuid| if world.on_server() { format!("'{id}'") } else { format!("x'{}'", id.simple()) };
    let (handle, acme) = (id(&other.handle()), id(ACME.as_uuid()));
    world.execute(&format!("UPDATE gateway_sessions SET org_id = {acme} WHERE handle = {handle}")).await;
    outside.get("/invoices").await.is(404, "Not Found");
    inside.get("/invoices").await.is(200, "acme-1");
    // Nor does an entry of staff help somebody who is none.
    let (dora, mut browser) = signed(&world, &proved("dora")).await;
    let handle = id(&dora.handle());
    world.execute(&format!("UPDATE gateway_sessions SET org_id = {acme} WHERE handle = {handle}")).await;
    world.execute(&row(&world, START + 900).replace("'sam'", "'dora'")).await;
    browser.get("/invoices").await.is(404, "Not Found");
    // Nor whoever is staff and member, which only SQL can make.
    let member = "INSERT INTO gateway_memberships SELECT user_id, (SELECT id FROM gateway_organizations \
                  WHERE slug = 'bravo'), 'org', 0 FROM gateway_staff";
    world.execute(member).await;
    inside.get("/invoices").await.is(404, "Not Found");
}

async fn leaving_and_entering_elsewhere_end_an_entry(world: World) {
    let (session, mut sam) = entered(&world, "acme", AccessRequest::read_write("to mend")).await;
    let mut other = entered(&world, "acme", look()).await.1;
    sam.post("/enter", "org=bravo&name=elsewhere").await.is(200, "entered");
    sam.get("/invoices").await.is(200, "bravo-1");
    sam.get("/o/acme/invoices").await.is(404, "Not Found");
    sam.post("/leave", "").await.is(200, "left");
    sam.get("/o/bravo/invoices").await.is(404, "Not Found");
    let ends = world.texts("why AS TEXT) AS text FROM gateway_entry_ends ORDER BY why").await;
    assert_eq!(ends, ["entered again", "left"]);
    // Another session's entry goes on.
    other.get("/invoices").await.is(200, "acme-1");
    assert!(session.entry().unwrap().writes());
    // A refused one ends nothing.
    other.post("/enter", "org=never-heard-of&name=why").await.is(404, "Not Found");
    other.get("/invoices").await.is(200, "acme-1");
}

async fn whoever_leaves_the_staff_is_out_at_the_next_request(world: World) {
    let directory = world.gateway.directory("operator");
    let (_, mut sam) = entered(&world, "acme", look()).await;
    sam.get("/invoices").await.is(200, "acme-1");
    directory.remove_staff(&subject("sam")).await.unwrap();
    sam.get("/invoices").await.is(401, "Unauthorized");
    assert_eq!(world.count("gateway_entry_ends").await, 1);
    // Being staff again brings no entry back.
    directory.add_staff(&subject("sam")).await.unwrap();
    sam.get("/invoices").await.is(401, "Unauthorized");
    // Without the session's end the table alone decides; and a user who is disabled has no session.
    let (_, mut sam) = entered(&world, "acme", look()).await;
    world.execute("DELETE FROM gateway_staff").await;
    sam.get("/invoices").await.is(404, "Not Found");
    assert_eq!(world.refused(RejectionReason::EntryOver), 1);
    let (_, mut sam) = entered(&world, "acme", look()).await;
    directory.set_disabled(&subject("sam"), true).await.unwrap();
    sam.get("/invoices").await.is(401, "Unauthorized");
}

/// The removal is being written while they enter.
async fn who_is_being_put_out_enters_nothing(world: World) {
    let (session, mut browser) = sam(&world).await;
    let remove = "UPDATE gateway_users SET epoch = epoch + 1 WHERE subject = 'sam'; DELETE FROM gateway_staff";
    if let Some(removal) = Open::after(&world.place, remove).await {
        let sessions = world.gateway.sessions();
        let mut entering =
            tokio::spawn(async move { sessions.enter(&session, &"acme".into(), look()).await.map(drop) });
        assert!(tokio::time::timeout(Duration::from_millis(300), &mut entering).await.is_err());
        removal.commit().await;
        assert_eq!(entering.await.unwrap().unwrap_err().reason(), RejectionReason::EntryOrganization);
        browser.get("/invoices").await.is(409, "Conflict");
        assert_eq!(world.count("gateway_entries").await, 0);
    }
    // At once, on either database: whichever comes first, nothing is left open.
    let (directory, sessions) = (world.gateway.directory("operator"), world.gateway.sessions());
    for _ in 0..10 {
        let (session, _) = self::sam(&world).await;
        let (acme, staff) = ("acme".into(), subject("sam"));
        let (entry, removal) = tokio::join!(sessions.enter(&session, &acme, look()), directory.remove_staff(&staff));
        removal.unwrap();
        if let Ok((_, cookie)) = entry {
            browser.take(&cookie);
            browser.get("/invoices").await.is(401, "Unauthorized");
        }
    }
    let open = "gateway_entries e WHERE NOT EXISTS (SELECT 1 FROM gateway_entry_ends n WHERE n.entry = e.id)";
    assert_eq!(world.count(open).await, 0);
}

async fn suspending_the_organization_puts_staff_out(world: World) {
    let directory = world.gateway.directory("operator");
    let (_, mut sam) = entered(&world, "acme", look()).await;
    directory.set_state(ACME, OrganizationState::Suspended).await.unwrap();
    sam.get("/invoices").await.is(404, "Not Found");
    directory.set_state(ACME, OrganizationState::Active).await.unwrap();
    sam.get("/invoices").await.is(200, "acme-1");
    world.gateway.sessions().end_organization(ACME, "operator").await.unwrap();
    sam.get("/invoices").await.is(401, "Unauthorized");
}

/// 74: what another process ended holds here at once.
async fn a_session_under_an_entry_is_never_kept(world: World) {
    let keys = SessionKeys::new(key('1'));
    let (_, router) = world.second_with(keys, |gateway| gateway.cache_sessions(Duration::from_secs(10))).await;
    let (session, mut sam) = entered(&world, "acme", look()).await;
    sam.router = router.clone();
    let mut alice = world.browser("alice").await;
    alice.router = router;
    for _ in 0..2 {
        sam.get("/invoices").await.is(200, "acme-1");
        alice.get("/invoices").await.is(200, "acme-1");
    }
    let _ = world.gateway.sessions().leave(&session).await.unwrap();
    sam.get("/invoices").await.is(401, "Unauthorized");
    let (_, mut sam) = (session, entered(&world, "bravo", look()).await.1);
    sam.router = alice.router.clone();
    sam.get("/invoices").await.is(200, "bravo-1");
    world.execute("DELETE FROM gateway_staff").await;
    sam.get("/invoices").await.is(404, "Not Found");
}

/// 84.
async fn no_entry_that_is_not_written_down(world: World) {
    let (session, mut sam) = sam(&world).await;
    for table in ["gateway_audit", "gateway_entries", "gateway_entry_ends", "gateway_staff"] {
        world.execute(&format!("ALTER TABLE {table} RENAME TO gone")).await;
        let refused = world.gateway.sessions().enter(&session, &"acme".into(), look()).await.unwrap_err();
        assert_eq!(refused.reason(), RejectionReason::Unavailable, "{table}");
        world.execute(&format!("ALTER TABLE gone RENAME TO {table}")).await;
        sam.get("/invoices").await.is(409, "Conflict");
        sam.get("/o/acme/invoices").await.is(404, "Not Found");
    }
    assert_eq!((world.count("gateway_entries").await, world.count("gateway_entry_ends").await), (0, 0));
    assert!(world.gateway.sessions().enter(&session, &"acme".into(), look()).await.is_ok(), "it is as it was");
}

/// 84: each request under an entry has its line first. One that is slow is waited for.
async fn nothing_is_granted_that_is_not_written_down(world: World) {
    let (_, mut sam) = entered(&world, "acme", AccessRequest::read_write("to mend")).await;
    let token = sam.token().await;
    let mut alice = world.browser("alice").await;
    for table in ["gateway_audit", "gateway_entries", "gateway_entry_ends", "gateway_staff"] {
        world.execute(&format!("ALTER TABLE {table} RENAME TO gone")).await;
        sam.get("/invoices").await.is(503, "Service Unavailable");
        sam.post_with("/invoices", &format!("name=planted&form_token={token}")).await.is(503, "Service Unavailable");
        alice.get("/invoices").await.is(200, "acme-1");
        world.execute(&format!("ALTER TABLE gone RENAME TO {table}")).await;
    }
    let lock = "LOCK TABLE gateway_audit IN SHARE ROW EXCLUSIVE MODE";
    if let Some(locked) = Open::after(&world.place, lock).await {
        let mut slow = sam.copy();
        let mut asked = tokio::spawn(async move { slow.get("/invoices").await });
        assert!(tokio::time::timeout(Duration::from_millis(300), &mut asked).await.is_err());
        locked.commit().await;
        asked.await.unwrap().is(200, "acme-1");
    }
    assert_eq!(world.count("invoices").await, 2);
}

async fn entries_take_no_change(world: World) {
    let (session, _) = entered(&world, "acme", look()).await;
    let _ = world.gateway.sessions().leave(&session).await.unwrap();
    for table in ["gateway_entries", "gateway_entry_ends"] {
        let column = if table == "gateway_entries" { "until = until + 1" } else { "why = ''" };
        for sql in [format!("UPDATE {table} SET {column}"), format!("DELETE FROM {table}")] {
            assert!(world.try_execute(&sql).await.is_err(), "{sql}");
        }
        if world.on_server() {
            assert!(world.try_execute(&format!("TRUNCATE {table} CASCADE")).await.is_err());
        }
        assert_eq!(world.count(table).await, 1);
    }
}

/// Each organization its own, whoever asks.
async fn an_organization_sees_who_was_there(world: World) {
    let (session, mut sam) = entered(&world, "acme", look().ticket("T-1")).await;
    sam.get("/visits").await.is(200, "sam: a customer called (T-1), reads, 900 s\n");
    world.clock.advance(7);
    let (_, cookie) = world.gateway.sessions().leave(&session).await.unwrap();
    sam.take(&cookie);
    sam.get("/visits").await.is(409, "Conflict");
    sam.post("/enter", "org=bravo&name=another").await.is(200, "entered");
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    alice.get("/visits").await.is(200, "sam: a customer called (T-1), reads, left after 7 s\n");
    bob.get("/visits").await.is(200, "sam: another (), reads, 900 s\n");
    alice.get("/o/bravo/visits").await.is(404, "Not Found");
    // Not for a scope that another gateway minted.
    let (elsewhere, _) = world.second(SessionKeys::new(key('1'))).await;
    let kit = tenancy_testkit::TestKit::new();
    for gateway in [&world.gateway, &elsewhere] {
        let refused = gateway.entries(&kit.scope(BRAVO)).await.unwrap_err();
        assert_eq!(refused.reason(), RejectionReason::Mint);
    }
}
