//! Gateway and service over TLS, where each shows the other a certificate of the authority that both trust: beside
//! `over_tls.rs`, changes, names and purposes, and key statements.

use crate::authority::{Authority, Pair};
use crate::split::forge::Key;
use crate::split::world::{World, ask, serve, time};
use crate::support::folder::until;
use crate::tls::site::{Site, Volume};
use axum::Router;
use axum::middleware::{from_extractor, map_request};
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use tenancy_gateway::split::Upstream;
use tenancy_secrets::Secrets;
use tenancy_service::KeyRing;
use tenancy_service::{HttpStatements, ServiceKeys};
use tenancy_tls::{ClientIdentity, Clients, client_config, watch_identity};

const GATEWAY: &str = "spiffe://cluster/ns/billing/sa/gateway";
const BILLING: &str = "spiffe://cluster/ns/billing/sa/billing";

/// A service over TLS that asks for certificates, and how many requests it heard.
struct Behind {
    world: World,
    site: Site,
    heard: Arc<AtomicUsize>,
}

impl Behind {
    async fn new() -> Behind {
        let world = World::new().await;
        let heard = Arc::new(AtomicUsize::new(0));
        let counts = Arc::clone(&heard);
        let count = map_request(move |request: axum::extract::Request| {
            counts.fetch_add(1, Ordering::SeqCst);
            std::future::ready(request)
        });
        let router = world.behind.router.clone().layer(from_extractor::<ClientIdentity>()).layer(count);
        let site = Site::serve(router, Some(Clients::MustHaveCertificates)).await;
        Behind { world, site, heard }
    }

    /// A gateway that reaches the service at this address with this configuration of TLS.
    async fn front(&self, host: &str, config: ClientConfig) -> SocketAddr {
        let address = format!("https://{host}:{}", self.site.address.port());
        let billing = Upstream::over_tls("billing", &address).unwrap();
        let proxy = self.world.gateway.proxy_over_tls(self.world.keys.clone(), config).to(billing);
        let router = Router::new().route_service("/o/{org}/{*rest}", proxy.clone()).fallback_service(proxy);
        serve(router.layer(self.world.gateway.layer())).await
    }

    async fn is_refused(&self, why: &str, host: &str, config: ClientConfig) {
        let front = self.front(host, config).await;
        let (alice, heard) = (self.world.cookie("alice").await, self.heard.load(Ordering::SeqCst));
        for method in ["GET", "POST"] {
            let answer = ask(front, method, "/invoices", &alice, "").await;
            assert_eq!((answer.status, &*answer.body), (502, "Bad Gateway"), "{why}");
        }
        assert_eq!(self.heard.load(Ordering::SeqCst), heard, "{why}: no request was heard");
    }
}

/// A client that trusts these roots and shows this certificate.
async fn showing(roots: &str, pair: &Pair) -> (ClientConfig, Volume) {
    let volume = Volume::new();
    volume.swap(&pair.certificate, &pair.key, roots);
    let references = (volume.reference("tls.crt"), volume.reference("tls.key"));
    let identity = watch_identity(&Secrets::new(), references.0, references.1).await.expect("a pair");
    (client_config(roots, Some(identity)).expect("roots"), volume)
}

/// The way that works, for both organizations, reading and changing.
#[tokio::test(flavor = "multi_thread")]
async fn the_split_works_over_mutual_tls() {
    let behind = Behind::new().await;
    let pair = behind.site.authority.client(GATEWAY);
    let (mut config, _volume) = showing(&behind.site.authority.pem, &pair).await;
    // Whatever was to be spoken, it is HTTP/1.1 to a service.
    config.alpn_protocols = vec![b"h2".to_vec()];
    for host in ["localhost", "127.0.0.1"] {
        let front = behind.front(host, config.clone()).await;
        let (alice, bob) = (behind.world.cookie("alice").await, behind.world.cookie("bob").await);
        ask(front, "GET", "/invoices", &alice, "").await.is(200, "acme-1");
        ask(front, "GET", "/o/acme/invoices", &bob, "").await.is(404, "Not Found");
        ask(front, "POST", "/invoices", &bob, "b").await.is(200, "created");
        ask(front, "GET", "/echo", &alice, "").await.is(200, "acme\nhost: \"billing.test\"");
    }
    let bob = behind.world.cookie("bob").await;
    let front = behind.front("localhost", config).await;
    ask(front, "GET", "/invoices", &bob, "").await.is(200, "bravo-1,b,b");
    assert_eq!(behind.world.wire.grants.lock().unwrap().len(), 0, "none in plaintext");
}

/// Of the right authority, and a server's where a client's is due, or for another name: no request is heard.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_purpose_or_name_is_none() {
    let behind = Behind::new().await;
    let authority = &behind.site.authority;
    let (config, _kept) = showing(&authority.pem, &authority.server()).await;
    behind.is_refused("a server's certificate", "localhost", config).await;
    let (config, _kept) = showing(&authority.pem, &authority.client(GATEWAY)).await;
    let named = authority.server_from(SystemTime::now() - Duration::from_secs(3600));
    behind.site.volume.swap(&named.certificate, &named.key, &authority.pem);
    until("it is served", || behind.site.tls.changes() == 1).await;
    behind.is_refused("another name", "127.0.0.1", config.clone()).await;
    let front = behind.front("localhost", config).await;
    let alice = behind.world.cookie("alice").await;
    ask(front, "GET", "/invoices", &alice, "").await.is(200, "acme-1");
}

/// Key statements too: the gateway asks for a certificate, and the service for the gateway's.
#[tokio::test(flavor = "multi_thread")]
async fn key_statements_come_over_mutual_tls() {
    let world = World::new().await;
    let router = Router::new().route("/keys", world.keys.route());
    let gateway = Site::serve(router, Some(Clients::MustHaveCertificates)).await;
    let at = format!("https://localhost:{}/keys", gateway.address.port());
    let keys = |config: ClientConfig| {
        let connector = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(config).https_only();
        let source = HttpStatements::over_tls(connector.enable_http1().build(), [&at]).unwrap();
        ServiceKeys::new(KeyRing::new("gateway", "billing", [Key::of(1).public()]), source)
    };
    let (config, _kept) = showing(&gateway.authority.pem, &gateway.authority.client(BILLING)).await;
    assert_eq!(keys(config).refresh(time(world.now())).await.expect("answered"), 1);

    assert!(keys(gateway.client()).refresh(time(world.now())).await.is_err(), "without a certificate");
    let stranger = Authority::new();
    let (config, _kept) = showing(&gateway.authority.pem, &stranger.client(BILLING)).await;
    assert!(keys(config).refresh(time(world.now())).await.is_err(), "of another authority");
    let (config, _kept) = showing(&stranger.pem, &gateway.authority.client(BILLING)).await;
    assert!(keys(config).refresh(time(world.now())).await.is_err(), "a gateway of another authority");

    let plain = hyper_util::client::legacy::connect::HttpConnector::new();
    assert!(HttpStatements::over_tls(plain.clone(), ["http://gateway:9090/keys"]).is_err());
    assert!(HttpStatements::over_tls(plain, Vec::<String>::new()).is_err());
    assert!(HttpStatements::at(["https://gateway:9090/keys"]).is_err());
}
