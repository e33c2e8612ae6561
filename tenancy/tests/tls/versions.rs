//! Which versions are spoken, what starts, and what answers carry.

use crate::authority::{Authority, Pair};
use crate::tls::site::{GET, Site, Volume, ask};
use axum::Router;
use axum::routing::get;
use rustls::ClientConfig;
use rustls::version::{TLS12, TLS13};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime};
use tenancy_secrets::{Secrets, SourceError};
use tenancy_tls::{Identity, ServerTls, TlsError};

/// A ClientHello of the time, byte by byte: no library of today says it.
fn hello(address: SocketAddr, version: [u8; 2]) -> Vec<u8> {
    let suites: &[u8] = &[0xc0, 0x09, 0xc0, 0x13, 0xc0, 0x2b, 0xc0, 0x2f, 0x00, 0x2f];
    // Groups and signatures, so that nothing but the version is wrong.
    let extensions: &[u8] = &[0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 6, 0, 4, 4, 3, 8, 4];
    let mut body = [&version[..], &[7; 32], &[0], &[0, suites.len() as u8], suites, &[1, 0]].concat();
    body.extend([&[0, extensions.len() as u8], extensions].concat());
    let handshake = [&[1, 0, 0, body.len() as u8], &body[..]].concat();
    let record = [&[22, 3, 1, 0, handshake.len() as u8], &handshake[..]].concat();
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a socket");
    stream.write_all(&record).expect("sent");
    let mut answer = vec![0; 7];
    stream.read_exact(&mut answer).expect("an answer");
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_1_2_and_1_3_and_nothing_older() {
    let site = Site::hello().await;
    for version in [&TLS12, &TLS13] {
        let mut stream = site.connect(only(&site, &[version])).await.expect("it is spoken");
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
        assert_eq!(ask(&mut stream, GET).await.expect("an answer").body, "hello");
    }
    // A client that has both gets the newer one.
    let both = site.connect(only(&site, &[&TLS12, &TLS13])).await.expect("it is spoken");
    assert_eq!(both.get_ref().1.protocol_version(), Some(TLS13.version));
    // An alert (21), fatal (2), protocol_version (70).
    for old in [[3, 2], [3, 1], [3, 0]] {
        let answer = hello(site.address, old);
        assert_eq!((answer[0], answer[5], answer[6]), (21, 2, 70), "{old:?}: {answer:?}");
    }
    // The same bytes with today's version are answered by a handshake (22), so it was the version.
    assert_eq!(hello(site.address, [3, 3])[0], 22);
}

fn only(site: &Site, versions: &[&'static rustls::SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    use rustls::pki_types::pem::PemObject as _;
    let root = rustls::pki_types::CertificateDer::from_pem_slice(site.authority.pem.as_bytes()).expect("PEM");
    roots.add(root).expect("a root");
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions);
    versions.expect("a version").with_root_certificates(roots).with_no_client_auth()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plaintext_at_the_tls_port_is_not_answered() {
    let site = Site::hello().await;
    let mut stream = tokio::net::TcpStream::connect(site.address).await.expect("it listens");
    let answer = ask(&mut stream, GET).await;
    assert!(answer.is_err(), "no HTTP came back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browsers_are_told_to_come_back_over_tls_for_a_year() {
    let own = [("strict-transport-security", "max-age=63072000; includeSubDomains")];
    let app = Router::new().route("/", get(async || "hello")).route("/own", get(async move || (own, "hello")));
    let site = Site::serve(app, None).await;
    let mut stream = site.connect(site.client()).await.expect("connected");
    let answer = ask(&mut stream, GET).await.expect("an answer");
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
    let missing = ask(&mut stream, "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("an answer");
    assert_eq!((missing.status, missing.header("strict-transport-security")), (404, Some("max-age=31536000")));
    let own = ask(&mut stream, "GET /own HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("an answer");
    assert_eq!(own.header("strict-transport-security"), Some("max-age=63072000; includeSubDomains"));
}

/// Only when told to: the names under a host may be others'.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_under_the_host_are_told_too_when_asked_for() {
    let own = [("strict-transport-security", "max-age=63072000; includeSubDomains; preload")];
    let app = Router::new().route("/", get(async || "hello")).route("/own", get(async move || (own, "hello")));
    let site = Site::serve_with(app, None, |listener| listener.hsts_for_subdomains()).await;
    let mut stream = site.connect(site.client()).await.expect("connected");
    for (path, policy) in [
        ("/", "max-age=31536000; includeSubDomains"),
        ("/nothing", "max-age=31536000; includeSubDomains"),
        ("/own", "max-age=63072000; includeSubDomains; preload"),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let answer = ask(&mut stream, &request).await.expect("an answer");
        assert_eq!(answer.header("strict-transport-security"), Some(policy), "{path}");
    }
}

/// A service ends at its start rather than serve what no client may trust.
#[tokio::test]
async fn a_bad_pair_does_not_start() {
    let authority = Authority::new();
    let (good, other) = (authority.server(), authority.server());
    let expired = authority.server_until(SystemTime::now() - Duration::from_secs(60));
    let future = authority.server_from(SystemTime::now() + Duration::from_secs(3600));
    let refused = |certificate: &str, key: &str| Identity::from_pem(certificate, key).map(drop).expect_err("refused");
    assert_eq!(refused(&good.certificate, &other.key), TlsError::Mismatch);
    assert_eq!(refused(&expired.certificate, &expired.key), TlsError::Expired);
    assert_eq!(refused(&future.certificate, &future.key), TlsError::NotYetValid);
    assert_eq!(refused("", &good.key), TlsError::Certificate);
    assert_eq!(refused(&good.key, &good.key), TlsError::Certificate);
    assert_eq!(refused(&good.certificate, &good.certificate), TlsError::Key);
    let torn = good.certificate.replace("MII", "MXX");
    assert_eq!(refused(&torn, &good.key), TlsError::Certificate);

    let volume = Volume::new();
    for (Pair { certificate, .. }, key) in [(&good, &other.key), (&expired, &expired.key), (&future, &future.key)] {
        volume.swap(certificate, key, &authority.pem);
        let error = volume.load(None).await.expect_err("refused");
        assert!(matches!(error.fault(), SourceError::Unfit(_)), "{error}");
        assert!(!format!("{error} {error:?}").contains("PRIVATE"), "{error:?}");
    }
    volume.swap(&good.certificate, &good.key, &authority.pem);
    let tls = volume.load(None).await.expect("a good pair starts");
    assert!((86_000..=86_400).contains(&tls.time_left().as_secs()), "{:?}", tls.time_left());
    let shown = format!("{tls:?} {:?}", Identity::from_pem(&good.certificate, &good.key).expect("good"));
    assert!(!shown.contains("key"), "{shown}");
}

/// It is shown to whoever connects; its key is not, and nobody else may put another one in its place.
#[tokio::test]
async fn a_certificate_may_be_read_by_anybody_and_its_key_may_not() {
    let (authority, volume) = (Authority::new(), Volume::new());
    let Pair { certificate, key } = authority.server();
    for (of_certificate, of_key, starts) in [
        (0o644, 0o600, true),
        (0o444, 0o400, true),
        (0o600, 0o600, true),
        (0o644, 0o644, false),
        (0o644, 0o640, false),
        (0o664, 0o600, false),
        (0o646, 0o600, false),
    ] {
        let name = |end: &str| format!("{of_certificate:o}-{of_key:o}.{end}");
        let certificate = volume.folder.write_with(&name("crt"), certificate.as_str(), of_certificate);
        let key = volume.folder.write_with(&name("key"), key.as_str(), of_key);
        let loaded = ServerTls::builder(certificate, key).load(&Secrets::new()).await;
        assert_eq!(loaded.is_ok(), starts, "{of_certificate:o} {of_key:o}");
        if let Err(refused) = loaded {
            assert!(matches!(refused.fault(), SourceError::ReadableByOthers { .. }), "{refused}");
        }
    }
}
