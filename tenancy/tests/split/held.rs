//! Bodies that are held back in front of the split: the gateway signs nothing that the session does not say then.

use crate::pieces::Pieces;
use crate::split::world::{World, signed_in};
use crate::tls::site::Site;
use axum::body::Bytes;
use hyper::client::conn::http2;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tenancy::scope::Subject;
use tenancy_gateway::Session;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How many requests wait on one connection.
const BANKED: usize = 100;

/// Somebody who signed in.
struct Signed {
    session: Session,
    cookie: String,
    token: String,
}

async fn signed(world: &World, name: &str) -> Signed {
    let (session, cookie) = world.gateway.sessions().sign_in(&signed_in(name), None, None).await.unwrap();
    let cookie = cookie.header_value().to_str().unwrap().split(';').next().unwrap().to_owned();
    let token = session.form_token().unwrap();
    Signed { session, cookie, token }
}

async fn connect(site: &Site) -> http2::SendRequest<Pieces> {
    let mut config = site.client();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TokioIo::new(site.connect(config).await.unwrap());
    let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// Requests on one connection that wait for the rest of their bodies.
struct Banked {
    rests: Vec<mpsc::Sender<Bytes>>,
    answers: JoinSet<StatusCode>,
}

impl Banked {
    /// Forms, or bodies with the token in a header. They wait in the gateway when this returns.
    async fn begin(site: &Site, signed: &Signed, forms: bool) -> Self {
        let mut sender = connect(site).await;
        let (mut rests, mut answers) = (Vec::new(), JoinSet::new());
        for _ in 0..BANKED {
            let (rest, pieces) = mpsc::channel(1);
            let request = Request::builder()
                .method("POST")
                .uri("https://billing.test/invoices")
                .header("cookie", &signed.cookie)
                .header("origin", "https://billing.test");
            let (request, first) = match forms {
                true => {
                    let request = request.header("content-type", "application/x-www-form-urlencoded");
                    (request, format!("form_token={}&name=", signed.token))
                }
                false => (request.header("x-csrf-token", &signed.token), "name=".to_owned()),
            };
            rest.send(Bytes::from(first)).await.unwrap();
            let answer = sender.send_request(request.body(Pieces(pieces)).unwrap());
            answers.spawn(async move { answer.await.unwrap().status() });
            rests.push(rest);
        }
        // The pieces were sent; a request on the same connection is answered after they have arrived.
        for rest in &rests {
            drop(rest.reserve().await.unwrap());
        }
        let (rest, pieces) = mpsc::channel(1);
        drop(rest);
        let request = Request::get("https://billing.test/invoices").header("cookie", &signed.cookie);
        let answered = sender.send_request(request.body(Pieces(pieces)).unwrap()).await.unwrap();
        assert_eq!(answered.status(), 200);
        Self { rests, answers }
    }

    async fn go_on(self) -> Vec<StatusCode> {
        for rest in self.rests {
            rest.send(Bytes::from_static(b"banked")).await.unwrap();
        }
        self.answers.join_all().await
    }
}

/// 89: writes that were banked before, on one connection over HTTP/2.
#[tokio::test(flavor = "multi_thread")]
async fn banked_writes_outlive_no_session() {
    let world = World::new().await;
    let site = Site::serve(world.router.clone(), None).await;
    for forms in [true, false] {
        for way in 0..3 {
            let (alice, bob) = (signed(&world, "alice").await, signed(&world, "bob").await);
            let banked = Banked::begin(&site, &alice, forms).await;
            let others = Banked::begin(&site, &bob, forms).await;
            let before = world.wire.grants.lock().unwrap().len();
            let subject = Subject { issuer: "https://id.test".to_owned(), subject: "alice".to_owned() };
            match way {
                0 => world.gateway.sessions().end_everywhere(&alice.session).await.map(drop).unwrap(),
                1 => world.gateway.sessions().end(&alice.session).await.map(drop).unwrap(),
                _ => world.gateway.directory("tests").remove_member(&subject, crate::split::world::ACME).await.unwrap(),
            }
            let refused = banked.go_on().await;
            assert!(refused.iter().all(|status| *status == 401), "{forms} {way}: {refused:?}");
            // Nothing was signed for them.
            assert_eq!(world.wire.grants.lock().unwrap().len(), before, "{forms} {way}");
            let done = others.go_on().await;
            assert!(done.iter().all(|status| *status == 200), "{forms} {way}: {done:?}");
            if way == 2 {
                let tier = tenancy::scope::Tier::Org;
                world.gateway.directory("tests").add_member(&subject, crate::split::world::ACME, tier).await.unwrap();
            }
        }
    }
}
