//! I83: an entry to change waits for a second person, where the gateway was told so.

use crate::gateway::staff::{proved, signed};
use crate::gateway::world::{Browser, START, World, signed_in, subject};
use std::time::Duration;
use tenancy_gateway::{AccessRequest, RejectionReason, Session};
use uuid::Uuid;

on_both!(
    an_entry_to_change_waits_for_a_second_person,
    nobody_approves_alone,
    an_approval_asks_for_what_an_entry_asks_for,
    an_entry_that_is_over_is_not_approved,
    no_approval_that_is_not_written_down,
);

/// A gateway that asks for a second person; Sam waits for one, Tess is another.
struct Two {
    world: World,
    sam: (Session, Browser),
    tess: (Session, Browser),
    entry: Uuid,
}

impl Two {
    async fn of(world: &World) -> Two {
        let world = world.like(|gateway| gateway.staff_changes_need_approval()).await;
        for name in ["sam", "tess"] {
            world.gateway.directory("tests").add_staff(&subject(name)).await.unwrap();
        }
        let (session, mut browser) = signed(&world, &proved("sam")).await;
        let entry = AccessRequest::read_write("to mend").duration(Duration::from_secs(60));
        let (session, cookie) = world.gateway.sessions().enter(&session, &"acme".into(), entry).await.unwrap();
        browser.take(&cookie);
        let tess = signed(&world, &proved("tess")).await;
        let entry = world.gateway.sessions().waiting(&tess.0).await.unwrap()[0].entry;
        Two { world, sam: (session, browser), tess, entry }
    }

    async fn approves(&self, session: &Session) -> Result<(), RejectionReason> {
        self.world.gateway.sessions().approve(session, self.entry).await.map_err(|refused| refused.reason())
    }

    /// Sam is still outside.
    async fn waits(&mut self) {
        assert!(self.sam.0.entry().is_none());
        self.sam.1.get("/invoices").await.is(404, "Not Found");
        assert_eq!(self.world.count("gateway_entry_approvals").await, 0);
    }
}

async fn an_entry_to_change_waits_for_a_second_person(world: World) {
    let mut two = Two::of(&world).await;
    two.waits().await;
    assert_eq!(two.world.refused(RejectionReason::EntryWaiting), 1);
    two.approves(&two.tess.0).await.unwrap();
    two.sam.1.get("/actor").await.is(200, "sam platform writes");
    two.sam.1.post("/invoices", "name=mended").await.is(200, "added");
    // The organization sees who else; the approver is not let in by it; and the time is the entry's.
    let mut alice = two.world.browser("alice").await;
    alice.get("/visits").await.is(200, "sam: to mend (), writes, 60 s, with tess\n");
    two.tess.1.get("/invoices").await.is(409, "Conflict");
    assert!(two.world.gateway.sessions().waiting(&two.tess.0).await.unwrap().is_empty());
    assert!(two.world.audited().await.contains(&format!("staff_approve:{}", two.entry)));
    two.world.clock.advance(55);
    two.sam.1.get("/invoices").await.is(404, "Not Found");
    // To read needs nobody.
    two.sam.1.post("/enter", "org=acme&name=look").await.is(200, "entered");
    two.sam.1.get("/actor").await.is(200, "sam platform reads");
    // Where nobody asked for it, there is none.
    let plain = crate::gateway::staff::entered(&world, "acme", AccessRequest::read_write("to mend")).await.0;
    assert!(plain.entry().unwrap().writes());
    let nothing = world.gateway.sessions().approve(&plain, plain.entry().unwrap().id()).await.unwrap_err();
    assert_eq!(nothing.reason(), RejectionReason::EntryApproval);
}

/// Neither under the session that waits nor under another of the same user, nor by the tables' own row.
async fn nobody_approves_alone(world: World) {
    let mut two = Two::of(&world).await;
    let (other, _) = signed(&two.world, &proved("sam")).await;
    assert_eq!(two.approves(&two.sam.0).await, Err(RejectionReason::EntryApproval));
    assert_eq!(two.approves(&other).await, Err(RejectionReason::EntryApproval));
    two.waits().await;
    let own = format!("INSERT INTO gateway_entry_approvals SELECT id, user_id, {START} FROM gateway_entries");
    two.world.execute(&own).await;
    two.sam.1.get("/invoices").await.is(404, "Not Found");
}

async fn an_approval_asks_for_what_an_entry_asks_for(world: World) {
    let mut two = Two::of(&world).await;
    let (weak, _) = signed(&two.world, &signed_in("tess")).await;
    assert_eq!(two.approves(&weak).await, Err(RejectionReason::EntryProof));
    for nobody in ["alice", "bob", "nobody"] {
        let (session, _) = signed(&two.world, &proved(nobody)).await;
        assert_eq!(two.approves(&session).await, Err(RejectionReason::NotStaff));
        let list = two.world.gateway.sessions().waiting(&session).await;
        assert_eq!(list.unwrap_err().reason(), RejectionReason::NotStaff);
    }
    let unknown = two.world.gateway.sessions().approve(&two.tess.0, Uuid::from_u128(7)).await.unwrap_err();
    assert_eq!(unknown.reason(), RejectionReason::EntryApproval);
    two.waits().await;
    // Two at once: one approval.
    let (one, other) = tokio::join!(two.approves(&two.tess.0), two.approves(&two.tess.0));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(two.world.count("gateway_entry_approvals").await, 1);
    for sql in ["DELETE FROM gateway_entry_approvals", "UPDATE gateway_entry_approvals SET approved_at = 0"] {
        assert!(two.world.try_execute(sql).await.is_err(), "{sql}");
    }
}

/// Its time is over, or Sam left or was put out.
async fn an_entry_that_is_over_is_not_approved(world: World) {
    for way in 0..3 {
        let two = Two::of(&world).await;
        match way {
            0 => two.world.clock.advance(60),
            1 => two.world.gateway.sessions().leave(&two.sam.0).await.map(drop).unwrap(),
            _ => two.world.gateway.directory("operator").remove_staff(&subject("sam")).await.unwrap(),
        }
        assert_eq!(two.approves(&two.tess.0).await, Err(RejectionReason::EntryApproval), "{way}");
        assert!(two.world.gateway.sessions().waiting(&two.tess.0).await.unwrap().is_empty());
    }
}

/// 84.
async fn no_approval_that_is_not_written_down(world: World) {
    let mut two = Two::of(&world).await;
    for table in ["gateway_audit", "gateway_entry_approvals", "gateway_staff"] {
        two.world.execute(&format!("ALTER TABLE {table} RENAME TO gone")).await;
        assert_eq!(two.approves(&two.tess.0).await, Err(RejectionReason::Unavailable), "{table}");
        two.world.execute(&format!("ALTER TABLE gone RENAME TO {table}")).await;
        two.waits().await;
    }
    two.approves(&two.tess.0).await.unwrap();
    two.sam.1.get("/invoices").await.is(200, "acme-1");
}
