//! Something is down, slow or set up wrongly: a refusal, never a pass.

use crate::split::world::World;
use std::time::Duration;
use tenancy_gateway::split::{Upstream, UpstreamError};
use tenancy_service::RejectionReason;

/// A service that is not there, or takes too long.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_answer_is_502_or_504() {
    let world =
        World::with(|keys| keys, |upstream: Upstream| upstream.answer_timeout(Duration::from_millis(1500))).await;
    let alice = world.cookie("alice").await;
    world.ask("GET", "/slow", &alice, "").await.is(504, "Gateway Timeout");
    assert_eq!(world.gateway.refused(RejectionReason::UpstreamTime), 1);
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
    let nowhere = |_: Upstream| Upstream::new("billing", "http://127.0.0.1:1").unwrap();
    let world = World::with(|keys| keys, nowhere).await;
    let bob = world.cookie("bob").await;
    world.ask("GET", "/invoices", &bob, "").await.is(502, "Bad Gateway");
    assert_eq!(world.gateway.refused(RejectionReason::Upstream), 1);
}

/// A browser that announces a body and does not send it holds nothing for long, also where the gateway leaves the body to the
/// proxy; nothing is granted for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_408() {
    let world = World::new().await;
    let upstream = Upstream::new("billing", "http://127.0.0.1:1").unwrap().body_timeout(Duration::from_millis(300));
    let proxy = world.gateway.proxy(world.keys.clone()).to(upstream);
    let streamed = axum::Router::new().fallback_service(proxy).layer(world.gateway.streamed_layer());
    let at = crate::split::world::serve(streamed).await;
    let alice = world.cookie("alice").await;
    let head = format!(
        "POST /invoices HTTP/1.1\r\nHost: billing.test\r\nOrigin: https://billing.test\r\n{alice}Connection: close\r\n\
         Content-Length: 10\r\n\r\nabc"
    );
    let answer = crate::split::world::raw(at, head.as_bytes()).await;
    assert_eq!(answer.status, 408, "{answer:?}");
    assert_eq!(world.gateway.refused(RejectionReason::BodyRead), 1);
    assert!(world.wire.grants.lock().unwrap().is_empty());
}

/// The proxy without the gateway's layer passes nothing on.
#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_without_the_layer_is_500() {
    let world = World::new().await;
    let billing = Upstream::new("billing", "http://127.0.0.1:1").unwrap();
    let bare = axum::Router::new().fallback_service(world.gateway.proxy(world.keys.clone()).to(billing));
    let at = crate::split::world::serve(bare).await;
    let alice = world.cookie("alice").await;
    assert_eq!(crate::split::world::ask(at, "GET", "/invoices", &alice, "").await.status, 500);
}

/// Grants cross no network in the clear unless somebody says so.
#[test]
fn addresses_are_on_this_machine_unless_said_otherwise() {
    for good in ["http://127.0.0.1:8001", "http://localhost", "http://[::1]:8001"] {
        assert!(Upstream::new("billing", good).is_ok(), "{good}");
    }
    for far in ["http://billing:8001", "http://10.0.0.1", "http://localhost.evil.test", "http://127.0.0.1.evil.test"] {
        assert_eq!(Upstream::new("billing", far).unwrap_err(), UpstreamError::Plaintext, "{far}");
        assert!(Upstream::plaintext_allowed("billing", far).is_ok(), "{far}");
    }
    for bad in
        ["", "billing", "https://billing", "http://billing/", "http://billing/path", "http://a@billing", "http://b?x"]
    {
        assert!(Upstream::plaintext_allowed("billing", bad).is_err(), "{bad}");
    }
}

/// A service may close a connection that the proxy keeps: the next request goes over another one, and none fails.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_the_service_closed_is_replaced() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let closes = tokio::spawn(async move {
        for _ in 0..4 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = [0; 8192];
            assert!(stream.read(&mut read).await.unwrap() > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
        }
    });
    let world = World::with(|keys| keys, |_| Upstream::new("billing", &format!("http://{at}")).unwrap()).await;
    for user in ["alice", "bob", "alice", "bob"] {
        let cookie = world.cookie(user).await;
        world.ask("POST", "/invoices", &cookie, "x").await.is(200, "ok");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    closes.await.unwrap();
}
