//! A gateway, a wire that tests can tamper with, and a service; two organizations; a clock that tests move.

use super::forge::{Asked, Key, Safe};
use super::service::Behind;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy::OrgId;
use tenancy::scope::{Subject, Tier};
use tenancy_gateway::split::{Forward, SigningKeys, SigningKeysBuilder, Upstream};
use tenancy_gateway::{Clock, Gateway, GatewayDb, SessionKey, SessionKeys, VerifiedIdentity};
use tenancy_service::ServiceBuilder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;
use uuid::Uuid;

pub(crate) const ACME: OrgId = OrgId::new(Uuid::from_u128(0x0a));
pub(crate) const BRAVO: OrgId = OrgId::new(Uuid::from_u128(0x0b));
pub(crate) const START: u64 = 1_800_000_000;

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(START)))
    }

    /// In seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn back(&self, seconds: u64) {
        self.0.fetch_sub(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        time(self.now())
    }
}

/// A time, by its seconds since 1970.
pub(crate) fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// What happens to a request on its way from the gateway to the service.
pub(crate) type Tamper = fn(&mut axum::http::request::Parts, &mut Vec<u8>);

/// The wire between the two.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) service: Router,
    pub(crate) tamper: Arc<Mutex<Option<Tamper>>>,
    /// The grants that passed.
    pub(crate) grants: Arc<Mutex<Vec<String>>>,
}

async fn pass(State(wire): State<Wire>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let grant = parts.headers.get("tenancy-grant").map(|grant| grant.to_str().unwrap().to_owned());
    wire.grants.lock().unwrap().extend(grant);
    let tamper = *wire.tamper.lock().unwrap();
    let body = match tamper {
        None => body,
        Some(tamper) => {
            let mut bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            tamper(&mut parts, &mut bytes);
            Body::from(bytes)
        }
    };
    wire.service.clone().oneshot(Request::from_parts(parts, body)).await.unwrap()
}

pub(crate) struct World {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) keys: SigningKeys,
    pub(crate) safe_closed: Arc<AtomicBool>,
    pub(crate) gateway: Gateway,
    pub(crate) behind: Behind,
    pub(crate) wire: Wire,
    /// What browsers reach, and where.
    pub(crate) router: Router,
    pub(crate) front: SocketAddr,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|keys| keys, |upstream| upstream).await
    }

    pub(crate) async fn with(
        keys: impl FnOnce(SigningKeysBuilder) -> SigningKeysBuilder,
        upstream: impl Fn(Upstream) -> Upstream,
    ) -> Self {
        let tables = GatewayDb::sqlite(":memory:").await.unwrap();
        Self::over(tables, keys, upstream, |service| service).await
    }

    /// Over these tables of a gateway, in front of a service with these settings.
    pub(crate) async fn over(
        tables: GatewayDb,
        keys: impl FnOnce(SigningKeysBuilder) -> SigningKeysBuilder,
        upstream: impl Fn(Upstream) -> Upstream,
        settings: impl FnOnce(ServiceBuilder) -> ServiceBuilder,
    ) -> Self {
        let clock = TestClock::new();
        let closed = Arc::new(AtomicBool::new(false));
        let safe = Safe { key: Key::of(1), closed: Arc::clone(&closed) };
        let root = safe.key.public();
        let builder = SigningKeys::builder("gateway", ["billing"], safe, [root.clone()]);
        let keys = keys(builder.publish_before(Duration::from_secs(30)).clock(clock.clone())).build().await.unwrap();
        let behind = Behind::with("billing", root, &clock, settings).await;
        let wire = Wire { service: behind.router.clone(), tamper: Arc::default(), grants: Arc::default() };
        let back = serve(Router::new().fallback(pass).with_state(wire.clone())).await;
        let gateway = gateway(tables, &clock).await;
        let to = |upstream: Upstream| gateway.proxy(keys.clone()).to(upstream);
        let billing = upstream(Upstream::new("billing", &format!("http://{back}")).unwrap());
        let router = front(&gateway, to(billing.clone()), to(billing.streamed()));
        let front = serve(router.clone()).await;
        let world = Self { clock, keys, safe_closed: closed, gateway, behind, wire, router, front };
        // The first key has been published for long enough.
        world.tell().await;
        world.clock.advance(30);
        world
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// The service asks for the current statement.
    pub(crate) async fn tell(&self) {
        self.behind.board.says(self.keys.statement().as_deref());
        self.behind.keys.refresh(time(self.clock.now())).await.unwrap();
    }

    /// The cookie of somebody who signed in.
    pub(crate) async fn cookie(&self, name: &str) -> String {
        self.cookie_of(&signed_in(name)).await
    }

    /// The cookie of a sign-in.
    pub(crate) async fn cookie_of(&self, signed_in: &VerifiedIdentity) -> String {
        let (session, cookie) = self.gateway.sessions().sign_in(signed_in, None, None).await.unwrap();
        let token = session.form_token().unwrap();
        let cookie = cookie.header_value().to_str().unwrap().split(';').next().unwrap().to_owned();
        format!("Cookie: {cookie}\r\nX-CSRF-Token: {token}\r\n")
    }

    /// What a browser with these headers gets, over a connection of its own.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        ask(self.front, method, path, headers, body).await
    }
}

pub(crate) fn signed_in(name: &str) -> VerifiedIdentity {
    VerifiedIdentity {
        issuer: "https://id.test".to_owned(),
        subject: name.to_owned(),
        authenticated_at: Some(time(START)),
        methods: Vec::new(),
        assurance: None,
        provider_session: None,
        id_token: None,
        refresh_token: None,
    }
}

async fn gateway(tables: GatewayDb, clock: &Arc<TestClock>) -> Gateway {
    let db = tables.with_clock(clock.clone());
    db.migrate().await.unwrap();
    let keys = SessionKeys::new(SessionKey::generate().unwrap());
    let gateway = Gateway::builder(db, keys, "https://billing.test").organization_in_path("org").build().unwrap();
    let directory = gateway.directory("tests");
    for (org, slug, user) in [(ACME, "acme", "alice"), (BRAVO, "bravo", "bob")] {
        directory.create_organization(org, slug).await.unwrap();
        let subject = Subject { issuer: "https://id.test".to_owned(), subject: user.to_owned() };
        directory.add_member(&subject, org, Tier::Org).await.unwrap();
    }
    gateway
}

fn front(gateway: &Gateway, whole: Forward, streamed: Forward) -> Router {
    Router::new()
        .route_service("/upload", streamed)
        .route_service("/o/{org}/{*rest}", whole.clone())
        .fallback_service(whole)
        .layer(gateway.layer())
}

/// Serves on a port of its own for as long as the test runs.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (status, body), "{}", self.head);
    }
}

pub(crate) async fn ask(to: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let origin = if method == "GET" { "" } else { "Origin: https://billing.test\r\n" };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: billing.test\r\n{origin}{headers}{length}");
    raw(to, format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).await
}

/// Sends these bytes and reads until the other side closes, or has had no more to say for a while.
pub(crate) async fn raw(to: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let mut read = Vec::new();
    let patience = |read: &[u8]| Duration::from_millis(if read.is_empty() { 8000 } else { 1500 });
    while let Ok(Ok(1..)) = tokio::time::timeout(patience(&read), stream.read_buf(&mut read)).await {}
    let text = String::from_utf8_lossy(&read).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let body = if chunked { unchunked(body) } else { body.to_owned() };
    Answer { status, head: head.to_owned(), body }
}

fn unchunked(mut body: &str) -> String {
    let mut out = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
        if length == 0 || rest.len() < length {
            break;
        }
        out.push_str(&rest[..length]);
        body = rest[length..].trim_start_matches("\r\n");
    }
    out
}

/// A service without its gateway, as somebody in the same network reaches it.
pub(crate) struct Alone {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) behind: Behind,
    pub(crate) root: Key,
    /// The gateway's key, endorsed for half an hour.
    pub(crate) key: Key,
}

impl Alone {
    pub(crate) async fn new() -> Self {
        Self::with(|service| service).await
    }

    pub(crate) async fn with(settings: impl FnOnce(ServiceBuilder) -> ServiceBuilder) -> Self {
        let (clock, root, key) = (TestClock::new(), Key::of(1), Key::of(2));
        let behind = Behind::with("billing", root.public(), &clock, settings).await;
        let alone = Self { clock, behind, root, key };
        alone.state(&alone.root.statement(&super::forge::stated(&[&alone.key], 1, START))).await.unwrap();
        alone
    }

    /// The service is told this; how many statements it took.
    pub(crate) async fn state(&self, statement: &str) -> Result<usize, tenancy_service::StatementSourceError> {
        self.behind.board.says([statement]);
        self.behind.keys.refresh(time(self.clock.now())).await
    }

    /// A good grant.
    pub(crate) fn grant(&self, org: OrgId, request: &Asked) -> String {
        self.key.grant(&super::forge::payload(org, self.clock.now()), request)
    }

    /// What the service answers to this request with these headers beside the host.
    pub(crate) async fn send(&self, request: &Asked, headers: &[(&str, &str)]) -> (StatusCode, String) {
        send(&self.behind.router, request, headers).await
    }

    /// What the service answers to this request with this grant.
    pub(crate) async fn with_grant(&self, request: &Asked, grant: &str) -> (u16, String) {
        let (status, body) = self.send(request, &[("tenancy-grant", grant)]).await;
        (status.as_u16(), body)
    }

    /// The names that the organization has by now.
    pub(crate) async fn names(&self, org: OrgId) -> String {
        let (status, body) = self.with_grant(&super::forge::LIST, &self.grant(org, &super::forge::LIST)).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(crate) fn refused(&self, reason: tenancy_service::RejectionReason) -> u64 {
        self.behind.service.refused(reason)
    }
}

pub(crate) async fn send(router: &Router, asked: &Asked, headers: &[(&str, &str)]) -> (StatusCode, String) {
    let mut request = Request::builder().method(asked.method).uri(asked.path).header(header::HOST, asked.host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = router.clone().oneshot(request.body(Body::from(asked.body)).unwrap()).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}
