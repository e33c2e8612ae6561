//! What an orchestrator asks.

use crate::folder::Folder;
use crate::on_each_database;
use crate::split::gateway_args;
use crate::starting::free_port;
use crate::world::World;
use billing::{Running, start};

on_each_database!(a_service_that_began_is_ready_and_says_no_more);

/// The status of a probe, which is all of its answer.
async fn asked(service: &Running, probe: &str) -> u16 {
    let at = format!("http://{}{probe}", service.internal().expect("an internal listener"));
    let answer = reqwest::get(at).await.expect("an answer");
    let status = answer.status().as_u16();
    assert_eq!(answer.text().await.expect("text"), "", "{probe}");
    status
}

async fn a_service_that_began_is_ready_and_says_no_more(world: World) {
    for probe in ["/live", "/ready"] {
        assert_eq!(asked(&world.service, probe).await, 200);
        assert_eq!(world.browser().get(probe).await.status, 404, "browsers do not reach it");
    }
    let page = reqwest::get(format!("http://{}/invoices", world.service.internal().unwrap())).await.expect("an answer");
    assert_eq!(page.status().as_u16(), 404, "nothing else is served there");
}

/// Not a request of the service's is let through then, so none should be sent; but it need not be started again.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_it_is_alive_and_not_ready() {
    let world = World::on_both_walls().await;
    let probes = async || (asked(&world.service, "/live").await, asked(&world.service, "/ready").await);
    world.psql("ALTER TABLE gateway_sessions RENAME TO moved");
    assert_eq!(probes().await, (200, 503), "the gateway's tables");
    world.psql("ALTER TABLE moved RENAME TO gateway_sessions");
    assert_eq!(probes().await, (200, 200));
    let roles = "usename LIKE current_database() || '_app'";
    let locked_out = "SELECT string_agg(format('ALTER ROLE %I NOLOGIN', rolname), ';') FROM pg_roles \
                      WHERE rolname = current_database() || '_app'";
    let lock = world.psql(locked_out);
    world.psql(&lock);
    world.psql(&format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {roles}"));
    // The connection that was cut is noticed while it is asked; no other comes into its place.
    asked(&world.service, "/ready").await;
    assert_eq!(probes().await, (200, 503), "the books");
    world.psql(&lock.replace("NOLOGIN", "LOGIN"));
    assert_eq!(probes().await, (200, 200));
}

/// It grants nothing before services know its key.
#[tokio::test(flavor = "multi_thread")]
async fn a_split_gateway_is_ready_when_services_know_its_key() {
    let folder = Folder::new();
    billing::new_root_key(&folder.path().join("root")).expect("a key");
    let root = folder.reference("root").to_string();
    let begun = async |publish_before: u64| {
        let more = ["--internal-listen", "127.0.0.1:0"];
        let mut args = gateway_args(&free_port(), &root, "http://127.0.0.1:1", &more);
        args.split.publish_keys_before = publish_before;
        start(args).await.expect("it starts")
    };
    for (publish_before, ready) in [(0, 200), (30, 503)] {
        let gateway = begun(publish_before).await;
        assert_eq!((asked(&gateway, "/live").await, asked(&gateway, "/ready").await), (200, ready));
        gateway.stop().await;
    }
}
