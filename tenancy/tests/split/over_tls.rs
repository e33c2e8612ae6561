//! 80: grants go to a service on another machine over TLS, to one with the right certificate, or not at all.

use crate::authority::{Authority, Pair};
use crate::split::world::{World, ask, serve};
use crate::support::folder::Folder;
use axum::Router;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tenancy_gateway::split::{Proxy, Upstream};
use tenancy_secrets::Secrets;
use tenancy_service::RejectionReason;
use tenancy_tls::{Clients, Listener, ServerTls, client_config, watch_identity};
use tokio::io::AsyncReadExt as _;

/// The service of a world with a certificate, which takes connections from one authority's clients alone.
struct Site {
    world: World,
    authority: Authority,
    address: SocketAddr,
    folder: Folder,
}

impl Site {
    async fn new() -> Site {
        let (world, authority, folder) = (World::new().await, Authority::new(), Folder::new());
        let pair = authority.server();
        let tls = ServerTls::builder(folder.write("s.crt", &pair.certificate), folder.write("s.key", &pair.key));
        let tls = tls.clients(Clients::MustHaveCertificates, folder.write("ca.crt", &authority.pem));
        let tls = tls.load(&Secrets::new()).await.expect("a certificate");
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = socket.local_addr().expect("bound");
        tokio::spawn(Listener::tls(socket, tls).serve(world.wire.service.clone()));
        Site { world, authority, address, folder }
    }

    /// A proxy that trusts these roots, and shows this certificate.
    async fn proxy(&self, roots: &Authority, shown: Option<Pair>) -> Proxy {
        let identity = match shown {
            Some(pair) => {
                let places = (self.folder.write("g.crt", &pair.certificate), self.folder.write("g.key", &pair.key));
                Some(watch_identity(&Secrets::new(), places.0, places.1).await.expect("a pair"))
            }
            None => None,
        };
        let config = client_config(&roots.pem, identity).expect("roots");
        self.world.gateway.proxy_over_tls(self.world.keys.clone(), config)
    }

    /// What somebody gets through this proxy at this upstream.
    async fn through(&self, proxy: &Proxy, upstream: Upstream, user: &str) -> (u16, String) {
        let front = Router::new().fallback_service(proxy.to(upstream)).layer(self.world.gateway.layer());
        let answer = ask(serve(front).await, "GET", "/invoices", &self.world.cookie(user).await, "").await;
        (answer.status, answer.body)
    }

    fn upstream(&self) -> Upstream {
        Upstream::over_tls("billing", &format!("https://localhost:{}", self.address.port())).expect("an address")
    }
}

const GATEWAY: &str = "spiffe://cluster/ns/billing/sa/gateway";

#[tokio::test(flavor = "multi_thread")]
async fn grants_reach_the_right_certificate_over_tls_and_nobody_else() {
    let site = Site::new().await;
    let right = site.proxy(&site.authority, Some(site.authority.client(GATEWAY))).await;
    for (user, rows) in [("alice", "acme-1"), ("bob", "bravo-1")] {
        assert_eq!(site.through(&right, site.upstream(), user).await, (200, rows.to_owned()));
    }
    let other = Authority::new();
    let unknown = site.proxy(&other, Some(site.authority.client(GATEWAY))).await;
    let nobody = site.proxy(&site.authority, None).await;
    let stranger = site.proxy(&site.authority, Some(other.client(GATEWAY))).await;
    for (proxy, why) in
        [(unknown, "another authority's service"), (nobody, "no certificate"), (stranger, "a stranger's")]
    {
        assert_eq!(site.through(&proxy, site.upstream(), "alice").await.0, 502, "{why}");
    }
    assert_eq!(site.world.gateway.refused(RejectionReason::Upstream), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_plaintext_between_the_two() {
    let site = Site::new().await;
    let proxy = site.proxy(&site.authority, Some(site.authority.client(GATEWAY))).await;
    let (plain, seen) = listen_in().await;
    // A service without TLS, or somebody in its place: no request arrives.
    let over_tls = Upstream::over_tls("billing", &format!("https://localhost:{}", plain.port())).expect("an address");
    assert_eq!(site.through(&proxy, over_tls.clone(), "alice").await.0, 502);
    // An address that is meant for TLS and a proxy that has none, and the other way round.
    let bare = site.world.gateway.proxy(site.world.keys.clone());
    assert_eq!(site.through(&bare, over_tls, "alice").await.0, 502);
    let in_the_clear = Upstream::new("billing", &format!("http://127.0.0.1:{}", plain.port())).expect("an address");
    assert_eq!(site.through(&proxy, in_the_clear, "alice").await.0, 502);
    // The one connection there was began as TLS does: 22, a handshake.
    let seen = seen.lock().expect("not poisoned");
    assert!(seen.len() == 1 && seen[0].first() == Some(&22), "{seen:?}");
    for bad in ["", "http://billing", "https://billing/", "https://billing/path", "https://a@billing", "billing"] {
        assert!(Upstream::over_tls("billing", bad).is_err(), "{bad}");
    }
}

/// A port, and what each connection to it said first, before it was closed.
async fn listen_in() -> (SocketAddr, Arc<Mutex<Vec<Vec<u8>>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (address, seen) = (listener.local_addr().expect("bound"), Arc::<Mutex<Vec<Vec<u8>>>>::default());
    tokio::spawn({
        let seen = Arc::clone(&seen);
        async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut said = vec![0; 64];
                let length = stream.read(&mut said).await.unwrap_or_default();
                said.truncate(length);
                seen.lock().expect("not poisoned").push(said);
            }
        }
    });
    (address, seen)
}
