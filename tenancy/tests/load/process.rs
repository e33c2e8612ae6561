//! A gateway process, as far as a test has one: a gateway with its own keys, and the balancer before all of them.

use crate::service::{Served, beside};
use crate::world::{ISSUER, ORIGIN, SERVICE, World, aside};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use tenancy::TenantDb;
use tenancy_gateway::split::{FileEndorser, SigningKeys, Upstream};
use tenancy_gateway::{Gateway, GatewayDb, Rejection, RejectionReason, Session, SessionKeys, follow_session_keys};
use tenancy_secrets::{ExposeSecret as _, Watched};
use tokio::task::AbortHandle;
use tower::ServiceExt as _;

/// How long this process waits for a client or a service, on a machine that does other work beside. A connection to a database is waited
/// for by the defaults; a request that gets none is `503` with `Retry-After`.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Processes at a time.
pub(crate) const PROCESSES: usize = 2;

pub(crate) struct Process {
    pub(crate) gateway: Gateway,
    router: Router,
    turning: AbortHandle,
    /// Where services find its statements.
    place: usize,
    session_keys: Watched<SessionKeys>,
}

impl Process {
    /// Follows the session keys of the mounted secret, keeps sessions in memory for two seconds, and waits until services trust its signing key.
    async fn start(world: &World, place: usize) -> Arc<Self> {
        let reference = world.mounted.reference("session");
        let (keys, session_keys) = follow_session_keys(&world.secrets, &reference).await.expect("session keys");
        let tables = GatewayDb::postgres(world.tables.url()).expect("a URL");
        let gateway = Gateway::builder(tables, keys, ORIGIN).cache_sessions(Duration::from_secs(2));
        let gateway = gateway.build().expect("a gateway");

        let root = FileEndorser::open(&world.root).expect("the root");
        let trusted = root.public_key();
        let keys = SigningKeys::builder(ISSUER, [SERVICE], root, [trusted]);
        // Often, and published for long enough that a service with much else to do hears of it.
        let keys = keys.rotate_every(Duration::from_secs(20)).publish_before(Duration::from_secs(8));
        let keys = keys.statement_life(Duration::from_secs(60)).build().await.expect("signing keys");
        world.board.0.lock().expect("not poisoned")[place] = Some(keys.clone());
        let turning = aside().spawn(keys.clone().keep_rotating()).abort_handle();

        let db = TenantDb::postgres(world.wall.app_url(), gateway.authority());
        let db = db.schema(crate::schema::schema_manifest()).pool_size(6);
        let db = db.sealed(Arc::clone(&world.sealer)).expect("a database").build().expect("a pool");
        let upstream = Upstream::new(SERVICE, &format!("http://{}", world.service)).expect("on this machine");
        let upstream = upstream.answer_timeout(PATIENCE);
        let router = Router::new()
            .route("/refresh", post(refresh))
            .route("/renew", post(renew))
            .with_state(gateway.clone())
            .route_service("/ledger", gateway.proxy(keys.clone()).to(upstream))
            .layer(gateway.layer())
            .merge(beside(Served { db, number: world.number.clone() }, gateway.layer()));
        while !keys.is_ready() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Arc::new(Self { gateway, router, turning, place, session_keys })
    }

    /// Its last request is answered, then it ends. What it refused.
    async fn end(self: Arc<Self>, world: &World) -> BTreeMap<&'static str, u64> {
        while Arc::strong_count(&self) > 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.turning.abort();
        world.board.0.lock().expect("not poisoned")[self.place] = None;
        self.refused()
    }

    fn refused(&self) -> BTreeMap<&'static str, u64> {
        let counts = RejectionReason::ALL.iter().map(|reason| (reason.name(), self.gateway.refused(*reason)));
        counts.filter(|(_, count)| *count > 0).collect()
    }
}

/// Uses the session's refresh token, and seals the provider's new tokens. A refresh token that was used has had an effect, so no failure
/// after it is `Retry-After`: the new tokens are kept as soon as there is a connection for them.
async fn refresh(State(gateway): State<Gateway>, session: Session) -> Result<String, Rejection> {
    let sessions = gateway.sessions();
    let id = sessions.id_token(&session).await?;
    let lent = sessions.lend_refresh_token(&session).await?;
    while let Err(refused) = sessions.keep_tokens(&session, lent.as_ref(), id.as_ref()).await {
        if refused.reason() != RejectionReason::NoConnection {
            return Err(refused);
        }
    }
    let [lent, id] = [&lent, &id].map(|token| token.as_ref().map_or("nothing", |token| token.expose_secret()));
    Ok(format!("{lent} {id}"))
}

/// A new id, and the form token that belongs to it.
async fn renew(State(gateway): State<Gateway>, session: Session) -> Result<Response, Rejection> {
    let (session, cookie) = gateway.sessions().renew(&session).await?;
    Ok((cookie, session.form_token()?).into_response())
}

/// The statements of the processes that run: one place each, and as many for those that take their places.
#[derive(Clone, Default)]
pub(crate) struct Board(Arc<Mutex<[Option<SigningKeys>; 2 * PROCESSES]>>);

impl Board {
    pub(crate) fn router(&self) -> Router {
        Router::new().route("/keys/{place}", get(statement)).with_state(self.clone())
    }
}

async fn statement(State(board): State<Board>, Path(place): Path<usize>) -> Result<String, StatusCode> {
    let keys = board.0.lock().expect("not poisoned").get(place).cloned().flatten();
    let statement = keys.and_then(|keys| keys.statement());
    statement.map(|statement| statement.to_string()).ok_or(StatusCode::SERVICE_UNAVAILABLE)
}

/// Gives requests to the processes in turn, as a balancer does that drains what it takes out.
#[derive(Clone, Default)]
pub(crate) struct Balancer(Arc<Behind>);

#[derive(Default)]
struct Behind {
    processes: RwLock<Vec<Arc<Process>>>,
    next: AtomicUsize,
    ended: Mutex<BTreeMap<&'static str, u64>>,
    started: AtomicUsize,
}

impl Balancer {
    pub(crate) fn router(&self) -> Router {
        Router::new().fallback(pass).with_state(self.clone())
    }

    pub(crate) fn current(&self) -> Vec<Arc<Process>> {
        self.0.processes.read().expect("not poisoned").clone()
    }

    /// Gives all processes other session keys, and waits until they have read them and requests have met that.
    pub(crate) async fn session_keys(&self, world: &World, keys: Vec<String>) {
        let processes = self.current();
        let before = processes.iter().map(|process| process.session_keys.changes()).collect::<Vec<_>>();
        world.mounted.change(|held| held.session = keys);
        let read = || processes.iter().zip(&before).all(|(process, before)| process.session_keys.changes() > *before);
        world.load.until("the session keys are read", read).await;
        world.load.met().await;
    }

    pub(crate) fn started(&self) -> usize {
        self.0.started.load(Ordering::SeqCst)
    }

    /// Puts a new process in the place of each, one after the other, while requests run.
    pub(crate) async fn roll_out(&self, world: &World) {
        let old = self.current();
        let first = if old.first().is_some_and(|process| process.place < PROCESSES) { PROCESSES } else { 0 };
        // Both get ready at once: each is published for some seconds before it signs.
        let (one, other) = tokio::join!(Process::start(world, first), Process::start(world, first + 1));
        world.load.rolling.store(true, Ordering::SeqCst);
        for (at, new) in [one, other].into_iter().enumerate() {
            self.0.started.fetch_add(1, Ordering::SeqCst);
            if old.is_empty() {
                self.0.processes.write().expect("not poisoned").push(new);
            } else {
                self.0.processes.write().expect("not poisoned")[at] = new;
                // New and old serve beside each other, for long enough that sessions meet both.
                world.load.met().await;
                world.load.met().await;
            }
        }
        world.load.rolling.store(false, Ordering::SeqCst);
        for process in old {
            self.add(process.end(world).await);
        }
    }

    fn add(&self, refused: BTreeMap<&'static str, u64>) {
        let mut ended = self.0.ended.lock().expect("not poisoned");
        refused.into_iter().for_each(|(reason, count)| *ended.entry(reason).or_default() += count);
    }

    /// Everything that any process ever refused.
    pub(crate) fn refused(&self) -> BTreeMap<&'static str, u64> {
        let mut all = self.0.ended.lock().expect("not poisoned").clone();
        for process in self.current() {
            process.refused().into_iter().for_each(|(reason, count)| *all.entry(reason).or_default() += count);
        }
        all
    }
}

async fn pass(State(balancer): State<Balancer>, request: Request) -> Response {
    let process = {
        let processes = balancer.0.processes.read().expect("not poisoned");
        Arc::clone(&processes[balancer.0.next.fetch_add(1, Ordering::Relaxed) % processes.len()])
    };
    match process.router.clone().oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}
