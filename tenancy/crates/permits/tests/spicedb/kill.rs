//! The worker is stopped at random places.

use crate::front::Script;
use crate::random::{OTHERS, compare, relationship, world, write_some};
use crate::sync::until;
use crate::world::{A, B, MODEL, World, user};
use fastrand::Rng;
use std::sync::Mutex;
use std::time::Duration;
use tenancy_permits::sql::{Change, Filter};
use tonic::Status;
use uuid::Uuid;

/// Deletes some of what is stored of each.
async fn delete_some(world: &World, rng: &mut Rng, of: &[Option<Uuid>], number: usize) {
    for organization in of {
        let organization = *organization;
        let stored = world.engine.sql().read(organization, &Filter::All, 10_000).await.expect("read");
        for _ in 0..number.min(stored.len()) {
            let one = stored[rng.usize(..stored.len())].relationship.clone();
            let _ = world.engine.write(&[Change::delete(organization, one)], "user:test", "a seed").await;
        }
    }
}

/// A SpiceDB that fails now and then: before it does as asked, afterwards, or by cutting the connection.
fn fails_now_and_then(world: &World, seed: u64) {
    let rng = Mutex::new(Rng::with_seed(seed));
    world.front.decide(move |method, _| {
        let mut rng = rng.lock().expect("not poisoned");
        match (method, rng.u8(0..12)) {
            ("WriteRelationships" | "ReadRelationships", 0) => Script::Fail(Status::unavailable("before")),
            ("WriteRelationships", 1 | 2) => Script::Lose(Status::unavailable("after")),
            ("WriteRelationships" | "ReadRelationships", 3) => Script::Cut,
            _ => Script::Forward,
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_allowed_that_was_not_and_nothing_is_lost_or_doubled() {
    let by_spicedb = rounds_of(MODEL, 12).await;
    assert!(by_spicedb > 0, "a run in which the database answers shows little");
}

/// With relations of which one more takes a permission away.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nor_where_every_object_of_a_relation_has_to_give_it() {
    // Almost each of its relations may take something away, so that the database answers most.
    rounds_of(OTHERS[0], 8).await;
}

/// Returns how many requests SpiceDB answered half-way.
async fn rounds_of(text: &str, rounds: u64) -> u64 {
    let seed = std::env::var("TENANCY_PERMITS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let rounds = std::env::var("TENANCY_PERMITS_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(rounds);
    let (world, mut rng) = (world(text).await, Rng::with_seed(seed));
    let (mut stopped, mut by_spicedb) = (0, 0);
    for round in 0..rounds {
        write_some(&world, &mut rng, 8).await;
        // SpiceDB goes on answering for an organization of which nothing is taken away.
        let of: &[Option<Uuid>] = [&[][..], &[Some(A)], &[None, Some(A), Some(B)]][usize::from(rng.u8(0..3))];
        delete_some(&world, &mut rng, of, 2).await;
        fails_now_and_then(&world, seed + round);
        // Each is a process of its own, for SpiceDB: none knows of the right to write of another.
        let workers: Vec<_> = (0..3)
            .map(|_| {
                let worker = world.engine.sync();
                tokio::spawn(async move { worker.drain().await })
            })
            .collect();
        let model = world.engine.sql().model().clone();
        let (organization, last) = relationship(&mut rng, &model);
        if of.contains(&organization) {
            let _ = world.engine.write(&[Change::touch(organization, last.clone())], "user:test", "meanwhile").await;
            let _ = world.engine.write(&[Change::delete(organization, last)], "user:test", "meanwhile").await;
        }
        for worker in workers {
            tokio::time::sleep(Duration::from_micros(rng.u64(0..5_000))).await;
            worker.abort();
            stopped += usize::from(worker.await.is_err_and(|error| error.is_cancelled()));
        }
        world.front.forward();
        let before = world.engine.counts();
        // A grant may be missing; what is allowed is allowed.
        compare(&world, false, &format!("seed {seed}, round {round}, half-way")).await;
        by_spicedb += world.engine.counts().answered - before.answered;
        if round % 4 == 3 {
            // A worker that starts again finds what is left.
            world.drain().await;
            let all = compare(&world, true, &format!("seed {seed}, round {round}, at the end")).await;
            assert!(all.yes > 0);
            let found = world.sync.reconcile().await.expect("compared");
            assert_eq!(found, Default::default(), "seed {seed}, round {round}");
        }
    }
    eprintln!("from seed {seed}: {stopped} workers stopped, {by_spicedb} requests answered by SpiceDB half-way");
    by_spicedb
}

/// Writers, checks and two workers at once, on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_revocation_counts_at_the_next_check_while_workers_run() {
    let world = World::on_postgres().await;
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let worker = world.engine.sync();
            tokio::spawn(async move { worker.run(Duration::from_millis(1)).await })
        })
        .collect();
    let one = async |organization: Uuid, name: &'static str| {
        let (mut rng, mut granted) = (Rng::with_seed(1), 0);
        for round in 0..60 {
            let author = format!("invoice:{name}#author@{}", user(name));
            world.store(Some(organization), &[&author]).await;
            if rng.bool() {
                until("the grant", async || world.allows(organization, ("invoice", name), "own", name).await).await;
                granted += 1;
            }
            world.revoke(Some(organization), &author).await;
            for _ in 0..rng.u8(1..4) {
                let allowed = world.allows(organization, ("invoice", name), "own", name).await;
                assert!(!allowed, "round {round}, revoked before the check");
            }
        }
        granted
    };
    let granted = tokio::join!(one(A, "anna"), one(A, "bob"), one(B, "eve"));
    assert!(granted.0 > 0 && granted.1 > 0 && granted.2 > 0, "{granted:?}");
    for worker in workers {
        worker.abort();
        assert!(worker.await.is_err_and(|error| error.is_cancelled()));
    }
    let counts = world.engine.counts();
    assert!(counts.answered > 0, "{counts:?}");
    world.drain().await;
    assert_eq!(world.sync.reconcile().await.expect("compared"), Default::default());
    assert_eq!(world.in_spicedb().await.len(), 0);
}
