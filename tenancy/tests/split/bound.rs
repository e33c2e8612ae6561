//! 69: a grant is for the certificate of the connection that it was sent on. Who steals it, and may speak to the service with a
//! certificate of the same authority, has nothing.

use crate::split::world::{World, ask, serve};
use crate::support::folder::until;
use crate::tls::site::{Site, Volume};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, map_request};
use axum::response::IntoResponse as _;
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tenancy_gateway::GatewayDb;
use tenancy_gateway::split::Upstream;
use tenancy_secrets::{Secrets, Watched};
use tenancy_service::{RejectionReason, ServiceBuilder};
use tenancy_tls::{ClientIdentity, Clients, Identity, client_config, watch_identity};

const GATEWAY: &str = "spiffe://cluster/ns/billing/sa/gateway";
const LEDGER: &str = "spiffe://cluster/ns/billing/sa/ledger";

/// What reached the service: the grant, and the certificate of its connection.
type Heard = Arc<Mutex<Vec<(String, Option<[u8; 32]>)>>>;

/// A service over TLS, and what reached it.
struct Tapped {
    world: World,
    site: Site,
    heard: Heard,
    /// The service closes a connection after its answer.
    closes: Arc<AtomicBool>,
}

impl Tapped {
    async fn new(clients: Option<Clients>) -> Tapped {
        Self::with(clients, |router| router).await
    }

    /// `before` stands between the end of TLS and the service.
    async fn with(clients: Option<Clients>, before: impl FnOnce(Router) -> Router) -> Tapped {
        Self::over(clients, before, |service| service).await
    }

    async fn over(
        clients: Option<Clients>,
        before: impl FnOnce(Router) -> Router,
        settings: impl FnOnce(ServiceBuilder) -> ServiceBuilder,
    ) -> Tapped {
        let tables = GatewayDb::sqlite(":memory:").await.unwrap();
        let world = World::over(tables, |keys| keys, |upstream| upstream, settings).await;
        let (heard, closes) = (Heard::default(), Arc::<AtomicBool>::default());
        let (tap, close) = (Arc::clone(&heard), Arc::clone(&closes));
        let listen = map_request(move |request: Request| {
            let grant = request.headers().get("tenancy-grant").map(|grant| grant.to_str().unwrap().to_owned());
            let shown = request.extensions().get::<ClientIdentity>().map(|identity| *identity.fingerprint());
            tap.lock().unwrap().extend(grant.map(|grant| (grant, shown)));
            std::future::ready(request)
        });
        let end = from_fn(move |request: Request, next: Next| {
            let close = close.load(Ordering::SeqCst);
            async move {
                let mut answer = next.run(request).await;
                if close {
                    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                answer
            }
        });
        let router = before(world.behind.router.clone()).layer(listen).layer(end);
        let site = Site::serve(router, clients).await;
        Tapped { world, site, heard, closes }
    }

    fn upstream(&self) -> Upstream {
        Upstream::over_tls("billing", &format!("https://localhost:{}", self.site.address.port())).unwrap()
    }

    /// A gateway in front of the service.
    async fn front(&self, config: ClientConfig, upstream: Upstream) -> SocketAddr {
        let proxy = self.world.gateway.proxy_over_tls(self.world.keys.clone(), config).to(upstream);
        serve(Router::new().fallback_service(proxy).layer(self.world.gateway.layer())).await
    }

    fn last(&self) -> (String, Option<[u8; 32]>) {
        self.heard.lock().unwrap().last().cloned().expect("something was heard")
    }

    /// Sends a stolen grant from elsewhere.
    async fn sent(&self, config: ClientConfig, request: &str) -> (u16, String) {
        let mut stream = self.site.connect(config).await.expect("a connection");
        let answer = crate::tls::site::ask(&mut stream, request).await.expect("an answer");
        (answer.status, answer.body)
    }
}

fn with_grant(method: &str, grant: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} /invoices HTTP/1.1\r\nHost: billing.test\r\ntenancy-grant: {grant}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// Who shows a certificate, and the files that it is read from.
struct Showing {
    config: ClientConfig,
    identity: Watched<Identity>,
    volume: Volume,
}

async fn showing(site: &Site, name: &str) -> Showing {
    let (volume, pair) = (Volume::new(), site.authority.client(name));
    volume.swap(&pair.certificate, &pair.key, &site.authority.pem);
    let references = (volume.reference("tls.crt"), volume.reference("tls.key"));
    let identity = watch_identity(&Secrets::new(), references.0, references.1).await.expect("a pair");
    Showing { config: client_config(&site.authority.pem, Some(identity.clone())).expect("roots"), identity, volume }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_grant_is_worth_nothing_with_another_certificate() {
    let tapped = Tapped::new(Some(Clients::MayHaveCertificates)).await;
    let (gateway, ledger) = (showing(&tapped.site, GATEWAY).await, showing(&tapped.site, LEDGER).await);
    let again = showing(&tapped.site, GATEWAY).await;
    let front = tapped.front(gateway.config.clone(), tapped.upstream()).await;
    let plain = serve(tapped.world.behind.router.clone()).await;
    for (user, rows) in [("alice", "acme-1"), ("bob", "bravo-1")] {
        let cookie = tapped.world.cookie(user).await;
        ask(front, "GET", "/invoices", &cookie, "").await.is(200, rows);
        let (stolen, shown) = tapped.last();
        assert!(shown.is_some(), "the gateway showed its certificate");
        // It is a good one: on the gateway's own certificate it reads again.
        let read = with_grant("GET", &stolen, "");
        assert_eq!(tapped.sent(gateway.config.clone(), &read).await, (200, rows.to_owned()));
        for (thief, why) in [
            (ledger.config.clone(), "another service of the same authority"),
            (again.config.clone(), "another certificate of the same name"),
            (tapped.site.client(), "no certificate"),
        ] {
            assert_eq!(tapped.sent(thief, &read).await, (401, "Unauthorized".to_owned()), "{why}");
        }
        let header = format!("tenancy-grant: {stolen}\r\n");
        ask(plain, "GET", "/invoices", &header, "").await.is(401, "Unauthorized");
    }
    assert_eq!(tapped.world.behind.service.refused(RejectionReason::GrantSignature), 8);
}

/// One that was stolen before the service heard of it: the thief is refused, and spends nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_thief_does_not_spend_the_grant() {
    // Somebody in front of the service keeps the first request to himself.
    let held = Arc::<AtomicBool>::default();
    let holds = Arc::clone(&held);
    let tapped = Tapped::with(Some(Clients::MustHaveCertificates), |router| {
        router.layer(from_fn(move |request: Request, next: Next| {
                let first = !holds.swap(true, Ordering::SeqCst);
                async move {
                    if first { axum::http::StatusCode::BAD_GATEWAY.into_response() } else { next.run(request).await }
                }
            }))
    })
    .await;
    let (gateway, ledger) = (showing(&tapped.site, GATEWAY).await, showing(&tapped.site, LEDGER).await);
    let front = tapped.front(gateway.config.clone(), tapped.upstream()).await;
    let alice = tapped.world.cookie("alice").await;
    assert_eq!(ask(front, "POST", "/invoices", &alice, "one").await.status, 502);
    let create = with_grant("POST", &tapped.last().0, "one");
    assert_eq!(tapped.sent(ledger.config, &create).await.0, 401);
    assert_eq!(tapped.sent(gateway.config.clone(), &create).await, (200, "created".to_owned()));
    assert_eq!(tapped.sent(gateway.config, &create).await.0, 401, "twice");
    assert_eq!(tapped.world.behind.service.refused(RejectionReason::GrantReplayed), 1);
}

/// One that was signed for a way without certificates, also with the gateway's own.
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_is_not_bound_is_refused_where_a_certificate_was_shown() {
    let tapped = Tapped::new(Some(Clients::MustHaveCertificates)).await;
    let gateway = showing(&tapped.site, GATEWAY).await;
    let plain = serve(tapped.world.behind.router.clone()).await;
    for (user, rows) in [("alice", "acme-1"), ("bob", "bravo-1")] {
        let cookie = tapped.world.cookie(user).await;
        tapped.world.ask("GET", "/invoices", &cookie, "").await.is(200, rows);
        let unbound = tapped.world.wire.grants.lock().unwrap().last().cloned().expect("a grant");
        ask(plain, "GET", "/invoices", &format!("tenancy-grant: {unbound}\r\n"), "").await.is(200, rows);
        assert_eq!(tapped.sent(gateway.config.clone(), &with_grant("GET", &unbound, "")).await.0, 401);
    }
}

/// A service may take bound ones alone: what is signed for a way without certificates is then nothing on any way.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_takes_bound_grants_only_takes_no_others() {
    let tapped =
        Tapped::over(Some(Clients::MayHaveCertificates), |router| router, ServiceBuilder::bound_grants_only).await;
    let gateway = showing(&tapped.site, GATEWAY).await;
    let bound = tapped.front(gateway.config, tapped.upstream()).await;
    let unbound = tapped.front(tapped.site.client(), tapped.upstream()).await;
    for (user, rows) in [("alice", "acme-1"), ("bob", "bravo-1")] {
        let cookie = tapped.world.cookie(user).await;
        ask(bound, "GET", "/invoices", &cookie, "").await.is(200, rows);
        ask(unbound, "GET", "/invoices", &cookie, "").await.is(401, "Unauthorized");
        tapped.world.ask("GET", "/invoices", &cookie, "").await.is(401, "Unauthorized");
    }
    assert_eq!(tapped.world.behind.service.refused(RejectionReason::GrantUnbound), 4);
}

/// A service that asks for no certificate, and one behind something that ended TLS in its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_sees_no_certificate_takes_what_is_meant_for_it() {
    let asks_for_none = Tapped::new(None).await;
    let gateway = showing(&asks_for_none.site, GATEWAY).await;
    let front = asks_for_none.front(gateway.config, asks_for_none.upstream()).await;
    let alice = asks_for_none.world.cookie("alice").await;
    ask(front, "GET", "/invoices", &alice, "").await.is(200, "acme-1");

    let tapped = Tapped::with(Some(Clients::MustHaveCertificates), |router| {
        router.layer(map_request(|mut request: Request| {
            request.extensions_mut().remove::<ClientIdentity>();
            std::future::ready(request)
        }))
    })
    .await;
    let gateway = showing(&tapped.site, GATEWAY).await;
    let bob = tapped.world.cookie("bob").await;
    let unsaid = tapped.front(gateway.config.clone(), tapped.upstream()).await;
    ask(unsaid, "GET", "/invoices", &bob, "").await.is(401, "Unauthorized");
    let said = tapped.front(gateway.config, tapped.upstream().behind_tls_terminator()).await;
    ask(said, "GET", "/invoices", &bob, "").await.is(200, "bravo-1");
}

/// TLS 1.2 too, and a configuration that was made elsewhere, which would resume sessions.
#[tokio::test(flavor = "multi_thread")]
async fn either_version_and_any_configuration_shows_which_certificate_it_shows() {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let tapped = Tapped::new(Some(Clients::MustHaveCertificates)).await;
    let (authority, alice) = (&tapped.site.authority, tapped.world.cookie("alice").await);
    tapped.closes.store(true, Ordering::SeqCst);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
        let pair = authority.client(GATEWAY);
        let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap();
        let config = config.with_root_certificates(roots).with_client_auth_cert(chain, key).unwrap();
        let front = tapped.front(config, tapped.upstream()).await;
        for _ in 0..3 {
            ask(front, "GET", "/invoices", &alice, "").await.is(200, "acme-1");
            assert!(tapped.last().1.is_some());
        }
    }
}

/// The certificate of the connection counts, not the one that would be shown now.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_keeps_the_certificate_that_it_began_with() {
    let tapped = Tapped::new(Some(Clients::MustHaveCertificates)).await;
    let gateway = showing(&tapped.site, GATEWAY).await;
    let front = tapped.front(gateway.config, tapped.upstream()).await;
    let (alice, bob) = (tapped.world.cookie("alice").await, tapped.world.cookie("bob").await);
    ask(front, "GET", "/invoices", &alice, "").await.is(200, "acme-1");
    let renewed = tapped.site.authority.client(GATEWAY);
    gateway.volume.swap(&renewed.certificate, &renewed.key, &tapped.site.authority.pem);
    until("the gateway has the new one", || gateway.identity.changes() == 1).await;
    tapped.closes.store(true, Ordering::SeqCst);
    ask(front, "GET", "/invoices", &bob, "").await.is(200, "bravo-1");
    ask(front, "POST", "/invoices", &alice, "a").await.is(200, "created");
    let shown: Vec<_> = tapped.heard.lock().unwrap().iter().map(|(_, shown)| *shown).collect();
    assert!(shown[0] == shown[1] && shown[1] != shown[2] && shown.iter().all(Option::is_some), "{shown:?}");
}

/// The certificate changes five times under requests of two organizations, on kept connections and on new ones.
#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_the_gateways_certificate_changes() {
    let tapped = Tapped::new(Some(Clients::MustHaveCertificates)).await;
    let gateway = showing(&tapped.site, GATEWAY).await;
    let front = tapped.front(gateway.config, tapped.upstream()).await;
    let done = Arc::<AtomicBool>::default();
    let mut tasks = Vec::new();
    for (user, rows) in [("alice", "acme-1"), ("bob", "bravo-1"), ("alice", "acme-1")] {
        let (cookie, done, closes) = (tapped.world.cookie(user).await, Arc::clone(&done), Arc::clone(&tapped.closes));
        tasks.push(tokio::spawn(async move {
            let mut sent = 0;
            while !done.load(Ordering::SeqCst) || sent < 20 {
                closes.store(sent % 3 == 0, Ordering::SeqCst);
                ask(front, "GET", "/invoices", &cookie, "").await.is(200, rows);
                assert_eq!(ask(front, "POST", "/echo", &cookie, "x").await.status, 200);
                sent += 1;
            }
        }));
    }
    let shown =
        || tapped.heard.lock().unwrap().iter().map(|(_, shown)| *shown).collect::<std::collections::HashSet<_>>();
    for (change, seen) in (1..=5).zip(1..) {
        let renewed = tapped.site.authority.client(GATEWAY);
        gateway.volume.swap(&renewed.certificate, &renewed.key, &tapped.site.authority.pem);
        until("the gateway has the new one", || gateway.identity.changes() == change).await;
        until("a connection shows one more", || shown().len() >= seen).await;
    }
    done.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.expect("no request failed");
    }
    let shown = shown();
    assert!(shown.len() >= 5 && !shown.contains(&None), "{} certificates", shown.len());
}
