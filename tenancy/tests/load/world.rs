//! Two gateway processes behind TLS and a balancer, a service behind them, PostgreSQL with both walls, secrets in mounted files.

use crate::authority::Pair;
use crate::client::{Browser, Way};
use crate::process::{Balancer, Board, PATIENCE, PROCESSES};
use crate::schema;
use crate::service::{Served, Signers, behind};
use crate::site::Site;
use crate::support::folder::Folder;
use crate::support::log::Log;
use crate::support::pg::Database;
use crate::support::walled::Walled;
use axum::Router;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime};
use tenancy::db::follow_seal_key;
use tenancy::db::seal::{SealKey, Sealer};
use tenancy::scope::{PublicKey, Subject, Tier};
use tenancy::{OrgId, TenantDb};
use tenancy_gateway::split::FileEndorser;
use tenancy_gateway::{DirectoryError, Gateway, GatewayDb, Rejection, RejectionReason, VerifiedIdentity};
use tenancy_secrets::{ExposeSecret as _, SecretRef, Secrets, Watched};
use tenancy_service::KeyRing;
use tenancy_service::{HttpStatements, Service, ServiceKeys};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

pub(crate) const ORIGIN: &str = "https://billing.test";
pub(crate) const ISSUER: &str = "gateway";
pub(crate) const SERVICE: &str = "ledger";
pub(crate) const ORGANIZATIONS: usize = 50;
pub(crate) const SESSIONS: usize = 1000;
/// Requests that are under way at once; a session that has to wait asks next.
const AT_ONCE: usize = 500;
/// Rows of each organization that are there before.
pub(crate) const SEEDS: usize = 3;

const TABLE: &str =
    "CREATE TABLE ledger (org_id uuid NOT NULL, id uuid NOT NULL, owner text NOT NULL, PRIMARY KEY (org_id, id))";

/// What the sessions and the rotations know of each other.
pub(crate) struct Load {
    pub(crate) over: AtomicBool,
    /// The slowest rotation was rotated for the last time.
    pub(crate) last: AtomicBool,
    /// New processes are taking the places of old ones.
    pub(crate) rolling: AtomicBool,
    pub(crate) served: AtomicU64,
    pub(crate) written: AtomicU64,
    /// Of the session keys: a session with an id of an older one asks for a new id.
    pub(crate) generation: AtomicU64,
    pub(crate) renewed: AtomicU64,
    /// Answers that said to come again.
    pub(crate) busy: AtomicU64,
    /// The highest number in an answer.
    pub(crate) number: AtomicU64,
    pub(crate) turns: Semaphore,
    failed: Mutex<Option<String>>,
    /// What the processes say of themselves.
    pub(crate) log: Log,
}

impl Load {
    fn new() -> Self {
        let zero = || AtomicU64::new(0);
        let [over, last, rolling] = [(); 3].map(|()| AtomicBool::new(false));
        let (turns, failed, log) = (Semaphore::new(AT_ONCE), Mutex::new(None), Log::default());
        Self {
            over,
            last,
            rolling,
            served: zero(),
            written: zero(),
            generation: zero(),
            renewed: zero(),
            busy: zero(),
            number: zero(),
            turns,
            failed,
            log,
        }
    }

    /// The first failure ends the load.
    pub(crate) fn fails(&self, what: &str) {
        let refusals = || {
            let log = self.log.text();
            log.lines().filter(|line| line.contains("refused")).rev().take(5).collect::<Vec<_>>().join("\n")
        };
        let mut failed = self.failed.lock().expect("not poisoned");
        failed.get_or_insert_with(|| format!("{what}\nthe last refusals were:\n{}", refusals()));
        self.over.store(true, Ordering::SeqCst);
    }

    pub(crate) fn served(&self) -> u64 {
        self.served.load(Ordering::SeqCst)
    }

    /// Waits until it holds, while requests go on. A request that failed fails the test.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let patience = tokio::time::Instant::now() + Duration::from_secs(300);
        while !holds() {
            let failed = self.failed.lock().expect("not poisoned").clone();
            assert!(failed.is_none(), "a request failed: {}", failed.unwrap_or_default());
            let (served, busy) = (self.served(), self.busy.load(Ordering::SeqCst));
            assert!(
                tokio::time::Instant::now() < patience,
                "in vain: {what}, after {served} answers; {busy} were told to come again"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Requests met what has just changed: as many were answered since as are under way at once.
    pub(crate) async fn met(&self) {
        let before = self.served();
        self.until("requests go on", || self.served() > before + AT_ONCE as u64).await;
    }
}

/// The secrets of both kinds of process, as a mounted volume.
pub(crate) struct Mounted {
    folder: Folder,
    state: Mutex<(u32, Held)>,
}

/// What the volume holds.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) seal: String,
    pub(crate) number: u64,
    /// The session keys: the one in use, and one more that is understood.
    pub(crate) session: Vec<String>,
}

impl Mounted {
    fn new(held: Held) -> Self {
        let mounted = Self { folder: Folder::new(), state: Mutex::new((0, held)) };
        mounted.change(|_| {});
        mounted
    }

    /// Swaps the volume for one that holds something else.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Held)) {
        let mut state = self.state.lock().expect("not poisoned");
        change(&mut state.1);
        let (generation, held) = state.clone();
        let number = format!("number {}", held.number);
        let session = held.session.join("\n");
        let files = [("seal", &held.seal), ("number", &number), ("session", &session)];
        self.folder.swap(generation, &files.map(|(name, value)| (name, value.as_str(), 0o440)));
        state.0 += 1;
    }

    /// The session key in use.
    pub(crate) fn session_key(&self) -> String {
        self.state.lock().expect("not poisoned").1.session[0].clone()
    }

    pub(crate) fn swaps(&self) -> u32 {
        self.state.lock().expect("not poisoned").0 - 1
    }

    pub(crate) fn reference(&self, name: &str) -> SecretRef {
        self.folder.reference(name)
    }
}

pub(crate) struct World {
    pub(crate) load: Arc<Load>,
    pub(crate) wall: Walled,
    /// The gateway's own tables.
    pub(crate) tables: Database,
    pub(crate) mounted: Mounted,
    pub(crate) secrets: Secrets,
    /// The gateway processes' sealer, whose key is replaced by hand; the service's follows its file.
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) followed: Watched<SealKey>,
    pub(crate) number: Watched<u64>,
    /// The file of the root that endorses gateway processes.
    pub(crate) root: PathBuf,
    _root: Folder,
    pub(crate) service: SocketAddr,
    pub(crate) door: Service,
    pub(crate) signers: Signers,
    pub(crate) board: Board,
    pub(crate) balancer: Balancer,
}

pub(crate) fn organization(number: usize) -> OrgId {
    OrgId::new(Uuid::from_u128(0x0010_AD00_0000 + number as u128))
}

/// 64 hexadecimal digits.
pub(crate) fn session_key() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// Serves on loopback for as long as the test runs.
async fn listen(app: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Where keys turn and are asked for: a thread of its own, as in processes of their own. Five hundred requests on this one's threads
/// would make it late by as many turns.
pub(crate) fn aside() -> &'static Handle {
    static ASIDE: LazyLock<Handle> = LazyLock::new(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a thread");
        let handle = runtime.handle().clone();
        std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
        handle
    });
    &ASIDE
}

/// The service's door, which asks the gateway processes for their statements.
async fn door(trusted: PublicKey, board: &Board) -> Service {
    let keys = aside().spawn(listen(board.router())).await.expect("it listens");
    let places = (0..2 * PROCESSES).map(|place| format!("http://{keys}/keys/{place}"));
    let statements = HttpStatements::at(places).expect("addresses");
    let ring = KeyRing::new(ISSUER, SERVICE, [trusted]);
    let keys = ServiceKeys::asked_every(ring, statements, Duration::from_secs(1));
    aside().spawn(keys.clone().keep_fresh());
    Service::builder(keys).build()
}

/// Rows of every organization.
fn seeds() -> String {
    let organizations = (0..ORGANIZATIONS).map(|number| format!("('{}'::uuid)", organization(number)));
    let organizations = organizations.collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO ledger SELECT org, gen_random_uuid(), org::text \
         FROM (VALUES {organizations}) o (org), generate_series(1, {SEEDS})"
    )
}

fn number(values: &[tenancy_secrets::SecretString]) -> Result<u64, &'static str> {
    let number = values.first().and_then(|value| value.expose_secret().strip_prefix("number ")?.parse().ok());
    number.ok_or("it is no number")
}

impl World {
    pub(crate) async fn new() -> Self {
        let wall = Walled::built(schema::schema_manifest(), &[TABLE, &seeds()]).await;
        let held = Held { seal: wall.key.expose().to_string(), number: 0, session: vec![session_key()] };
        let (mounted, secrets, sealer) = (Mounted::new(held), Secrets::new(), Arc::new(Sealer::suspended()));
        let seal = mounted.reference("seal");
        let followed = follow_seal_key(&secrets, &seal, Arc::clone(&sealer)).await.expect("a key");
        let number = secrets.watch(&[mounted.reference("number")], number).await.expect("a number");

        let (folder, board, signers) = (Folder::new(), Board::default(), Signers::default());
        let root = folder.path().join("root");
        let trusted = FileEndorser::create(&root).expect("a new root").public_key();
        let door = door(trusted, &board).await;
        let db = TenantDb::postgres(wall.app_url(), door.authority()).schema(schema::schema_manifest()).pool_size(12);
        let db = db.sealed(sealer).expect("a database").build().expect("a pool");
        let served = Served { db, number: number.clone() };
        let service = listen(behind(served, &door, signers.clone())).await;

        let sealer = wall.sealer();
        let tables = Database::create();
        GatewayDb::postgres(tables.url()).expect("a URL").migrate().await.expect("the gateway's tables");
        let (load, balancer) = (Arc::new(Load::new()), Balancer::default());
        let world = Self {
            load,
            wall,
            tables,
            mounted,
            secrets,
            sealer,
            followed,
            number,
            root,
            _root: folder,
            service,
            door,
            signers,
            board,
            balancer,
        };
        world.balancer.roll_out(&world).await;
        world
    }

    /// The door of the whole: TLS, and behind it the balancer. It closes no connection for idleness or slowness: a client that gets no
    /// answer has met a fault.
    pub(crate) async fn site(&self) -> Site {
        let router = self.balancer.router();
        Site::serve_with(router, None, |listener| listener.idle_timeout(10 * PATIENCE).first_request_timeout(PATIENCE))
            .await
    }

    fn gateway(&self) -> Gateway {
        self.balancer.current()[0].gateway.clone()
    }

    /// Every session signed in, none twice, each user in one organization.
    pub(crate) async fn sign_in_all(&self, way: &Way) -> Vec<Browser> {
        let mut signing = JoinSet::new();
        for number in 0..ORGANIZATIONS {
            let (gateway, way) = (self.gateway(), way.clone());
            signing.spawn(async move {
                let org = organization(number);
                let slug = format!("organization-{number}");
                let directory = gateway.directory("tests");
                again(|| directory.create_organization(org, &slug)).await.expect("created");
                let mut browsers = Vec::new();
                for member in 0..SESSIONS / ORGANIZATIONS {
                    browsers.push(sign_in(&gateway, org, format!("user-{number}-{member}"), &way).await);
                }
                browsers
            });
        }
        signing.join_all().await.into_iter().flatten().collect()
    }

    /// One more session, which does not ask by itself.
    pub(crate) async fn sign_in(&self, user: String, way: &Way) -> Browser {
        sign_in(&self.gateway(), organization(0), user, way).await
    }

    /// What every connection gets from now on is this certificate.
    pub(crate) fn new_certificate(site: &Site) -> String {
        let Pair { certificate, key } = site.authority.server();
        site.volume.swap(&certificate, &key, &site.authority.pem);
        certificate
    }
}

/// There was no connection to the database, and nothing was done.
trait Busy {
    fn is_busy(&self) -> bool;
}

impl Busy for Rejection {
    fn is_busy(&self) -> bool {
        self.reason() == RejectionReason::NoConnection
    }
}

impl Busy for DirectoryError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Database(tenancy::Error::Pool(_)))
    }
}

/// Does it until there is a connection for it.
async fn again<T, E: Busy, W: Future<Output = Result<T, E>>>(work: impl Fn() -> W) -> Result<T, E> {
    loop {
        match work().await {
            Err(error) if error.is_busy() => tokio::time::sleep(Duration::from_secs(1)).await,
            done => return done,
        }
    }
}

async fn sign_in(gateway: &Gateway, org: OrgId, user: String, way: &Way) -> Browser {
    let subject = Subject { issuer: "https://id.test".to_owned(), subject: user.clone() };
    let (directory, sessions) = (gateway.directory("tests"), gateway.sessions());
    again(|| directory.add_member(&subject, org, Tier::Org)).await.expect("a member");
    let signed_in = VerifiedIdentity {
        issuer: subject.issuer,
        subject: subject.subject,
        authenticated_at: Some(SystemTime::now()),
        methods: Vec::new(),
        assurance: None,
        provider_session: None,
        id_token: Some(format!("id-{user}").into()),
        refresh_token: Some(format!("refresh-{user}").into()),
    };
    let (session, cookie) = again(|| sessions.sign_in(&signed_in, None, None)).await.expect("signed in");
    assert_eq!(session.organization(), Some(org));
    let form_token = session.form_token().expect("a form token");
    let cookie = cookie.header_value().to_str().expect("ASCII").split(';').next().expect("a cookie").to_owned();
    Browser { user, org, cookie, form_token, way: way.clone(), generation: 0, number: 0, open: None }
}
