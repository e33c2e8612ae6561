//! The certificate changes while it is served.

use crate::authority::Pair;
use crate::support::folder::until;
use crate::tls::site::{GET, Site, ask};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

fn served(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().expect("it has one")[0].to_vec()
}

fn der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM").to_vec()
}

/// 200 connections that stay, and new ones all the time, while the certificate changes ten times: no request fails, no
/// connection is dropped, and whoever connects after a change gets the new certificate.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_the_certificate_changes() {
    let site = Site::hello().await;
    let (stop, asked, connected) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut clients = Vec::new();
    for _ in 0..200 {
        let mut stream = site.connect(site.client()).await.expect("connected");
        let (stop, asked) = (stop.clone(), asked.clone());
        clients.push(tokio::spawn(async move {
            while !stop.as_ref().load(Ordering::Relaxed) {
                assert_eq!(ask(&mut stream, GET).await.expect("the connection stays").body, "hello");
                asked.as_ref().fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }));
    }
    assert_eq!(site.handle.connections(), 200);
    for _ in 0..4 {
        let (address, config, stop, connected) = (site.address, site.client(), stop.clone(), connected.clone());
        clients.push(tokio::spawn(async move {
            while !stop.as_ref().load(Ordering::Relaxed) {
                let mut stream = crate::tls::site::connect(address, config.clone()).await.expect("a new connection");
                assert_eq!(ask(&mut stream, GET).await.expect("an answer").body, "hello");
                connected.as_ref().fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    for change in 1..=10 {
        let Pair { certificate, key } = site.authority.server();
        site.volume.swap(&certificate, &key, &site.authority.pem);
        until("the change is seen", || site.tls.changes() == change).await;
        let stream = site.connect(site.client()).await.expect("connected");
        assert_eq!(served(&stream), der(&certificate));
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("no request failed");
    }
    let (asked, connected) = (asked.as_ref().load(Ordering::Relaxed), connected.as_ref().load(Ordering::Relaxed));
    assert!(asked > 2000 && connected > 20, "{asked} requests, {connected} connections");
}

/// What is wrong with a new pair is told, and the old one is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_pair_is_refused_and_the_old_one_stays() {
    let site = Site::hello().await;
    let other = site.authority.server();
    let expired = site.authority.server_until(SystemTime::now() - Duration::from_secs(60));
    let mut old = served(&site.connect(site.client()).await.expect("connected"));
    for (certificate, key) in
        [(&other.certificate, &expired.key), (&expired.certificate, &expired.key), (&other.certificate, &String::new())]
    {
        site.volume.swap(certificate, key, &site.authority.pem);
        until("it is refused", || site.tls.is_failing()).await;
        let mut stream = site.connect(site.client()).await.expect("the old one is served");
        assert_eq!(served(&stream), old);
        assert_eq!(ask(&mut stream, GET).await.expect("an answer").status, 200);
        assert!(site.tls.time_left().as_secs() > 80_000, "of the one that is served");

        let good = site.authority.server();
        site.volume.swap(&good.certificate, &good.key, &site.authority.pem);
        until("it is good again", || !site.tls.is_failing()).await;
        old = served(&site.connect(site.client()).await.expect("connected"));
        assert_eq!(old, der(&good.certificate));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metric_follows_the_certificate() {
    let site = Site::hello().await;
    let Pair { certificate, key } = site.authority.server_until(SystemTime::now() + Duration::from_secs(1000));
    site.volume.swap(&certificate, &key, &site.authority.pem);
    until("it is served", || site.tls.changes() == 1).await;
    assert!((900..=1000).contains(&site.tls.time_left().as_secs()), "{:?}", site.tls.time_left());
}

/// A session of the old certificate is not resumed after a change: each certificate has its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_outlives_its_certificate() {
    let site = Site::hello().await;
    let config = site.client();
    let resumed = async || {
        let mut stream = site.connect(config.clone()).await.expect("connected");
        ask(&mut stream, GET).await.expect("an answer");
        // The tickets came with the answer.
        stream.get_ref().1.handshake_kind() == Some(rustls::HandshakeKind::Resumed)
    };
    assert!(!resumed().await && resumed().await, "the second one is");
    let Pair { certificate, key } = site.authority.server();
    site.volume.swap(&certificate, &key, &site.authority.pem);
    until("it is served", || site.tls.changes() == 1).await;
    assert!(!resumed().await);
}
