//! Mutual TLS: who a client is.

use crate::authority::{Authority, Pair};
use crate::support::folder::until;
use crate::tls::site::{GET, Site, Volume, ask};
use axum::Router;
use axum::routing::get;
use rustls::ClientConfig;
use tenancy_secrets::Secrets;
use tenancy_tls::{ClientIdentity, Clients, client_config, watch_identity};

const GATEWAY: &str = "spiffe://cluster/ns/billing/sa/gateway";

fn app() -> Router {
    let who = async |client: ClientIdentity| format!("{:?} {:?}", client.uris(), client.dns_names());
    let maybe = async |client: Option<ClientIdentity>| if client.is_some() { "somebody" } else { "nobody" };
    Router::new().route("/", get(who)).route("/maybe", get(maybe))
}

/// A client of the site with this certificate, and the volume that it follows.
async fn with(site: &Site, pair: &Pair) -> (ClientConfig, Volume) {
    let volume = Volume::new();
    volume.swap(&pair.certificate, &pair.key, &site.authority.pem);
    let references = (volume.reference("tls.crt"), volume.reference("tls.key"));
    let identity = watch_identity(&Secrets::new(), references.0, references.1).await.expect("a pair");
    (client_config(&site.authority.pem, Some(identity)).expect("roots"), volume)
}

/// TLS 1.3 tells a client that it was refused only after its handshake: with the first answer.
async fn answered(site: &Site, config: ClientConfig) -> std::io::Result<String> {
    let mut stream = site.connect(config).await?;
    ask(&mut stream, GET).await.map(|answer| answer.body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_the_right_certificate_is_known_and_nobody_else_gets_in() {
    let site = Site::serve(app(), Some(Clients::MustHaveCertificates)).await;
    let (config, _volume) = with(&site, &site.authority.client(GATEWAY)).await;
    let who = answered(&site, config).await.expect("it is let in");
    assert_eq!(who, format!("[{GATEWAY:?}] [\"gateway.billing\"]"));

    assert!(answered(&site, site.client()).await.is_err(), "without a certificate");
    let stranger = with(&site, &Authority::new().client(GATEWAY)).await;
    assert!(answered(&site, stranger.0).await.is_err(), "of another authority, with the same name");
    let server = with(&site, &site.authority.server()).await;
    assert!(answered(&site, server.0).await.is_err(), "a server's certificate is no client's");
    let expired = site.authority.expired_client(GATEWAY);
    let volume = Volume::new();
    volume.swap(&expired.certificate, &expired.key, &site.authority.pem);
    let references = (volume.reference("tls.crt"), volume.reference("tls.key"));
    assert!(watch_identity(&Secrets::new(), references.0, references.1).await.is_err(), "it is not even loaded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_certificates_are_optional_a_handler_says_who_needs_one() {
    let site = Site::serve(app(), Some(Clients::MayHaveCertificates)).await;
    let (config, _volume) = with(&site, &site.authority.client(GATEWAY)).await;
    assert!(answered(&site, config.clone()).await.expect("it is let in").contains(GATEWAY));
    let maybe = async |config: ClientConfig| {
        let mut stream = site.connect(config).await.expect("connected");
        ask(&mut stream, "GET /maybe HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("an answer").body
    };
    assert_eq!(maybe(config).await, "somebody");
    assert_eq!(maybe(site.client()).await, "nobody");
    let mut stream = site.connect(site.client()).await.expect("connected");
    assert_eq!(ask(&mut stream, GET).await.expect("an answer").status, 403);
    let stranger = with(&site, &Authority::new().client(GATEWAY)).await;
    assert!(answered(&site, stranger.0).await.is_err(), "a wrong one is worse than none");
}

/// Without mutual TLS there is no identity, whatever a header says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_is_no_certificate() {
    let site = Site::serve(app(), None).await;
    let mut stream = site.connect(site.client()).await.expect("connected");
    let request =
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Client-Cert: x\r\nX-Forwarded-Client-Cert: URI=spiffe://x\r\n\r\n";
    assert_eq!(ask(&mut stream, request).await.expect("an answer").status, 403);
}

/// Both ends follow: the client's certificate changes, then the roots of the server, and the old ones are over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_and_its_roots_rotate() {
    let site = Site::serve(app(), Some(Clients::MustHaveCertificates)).await;
    let (config, volume) = with(&site, &site.authority.client(GATEWAY)).await;
    assert!(answered(&site, config.clone()).await.is_ok());

    let next = Authority::new();
    let both = format!("{}{}", site.authority.pem, next.pem);
    let Pair { certificate, key } = site.authority.server();
    site.volume.swap(&certificate, &key, &both);
    until("both roots hold", || site.tls.changes() == 1).await;
    let old = with(&site, &site.authority.client(GATEWAY)).await;
    let pair = next.client("spiffe://cluster/ns/billing/sa/next");
    volume.swap(&pair.certificate, &pair.key, &site.authority.pem);
    let mut who = String::new();
    for _ in 0..100 {
        who = answered(&site, config.clone()).await.expect("it is let in all the time");
        if who.contains("sa/next") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(who.contains("sa/next"), "{who}");

    assert!(answered(&site, old.0.clone()).await.is_ok());
    site.volume.swap(&certificate, &key, &next.pem);
    until("the old root is gone", || site.tls.changes() == 2).await;
    assert!(answered(&site, old.0).await.is_err(), "no session of it is resumed either");
    assert!(answered(&site, config).await.is_ok());
}
