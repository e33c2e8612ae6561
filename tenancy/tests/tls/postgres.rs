//! TLS to a real PostgreSQL.

use crate::authority::{Authority, Pair};
use crate::support::folder::until;
use crate::support::pg::OwnServer;
use crate::tls::site::Volume;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tenancy::db::{Error, PoolError, Postgres, TenantDb, TenantDbBuilder};
use tenancy::prelude::*;
use tenancy_gateway::GatewayDb;
use tenancy_secrets::Secrets;
use tenancy_testkit::TestKit;
use tenancy_tls::{client_config, watch_identity};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

tenancy::schema! {
    diesel::table! {
        invoices (id) { id -> Integer, org_id -> Uuid, }
    }
}

const TABLES: &str = "
    CREATE TABLE invoices (id int PRIMARY KEY, org_id uuid NOT NULL);
    INSERT INTO invoices SELECT id, '00000000-0000-0000-0000-00000000000a' FROM generate_series(1, 20) id;
";

/// A server with a certificate, and what it says of its connections.
pub(crate) struct Server {
    pub(crate) server: OwnServer,
    kit: TestKit,
}

/// The sessions of `TenantDb`, which name themselves.
const OURS: &str = "FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'tenancy-tls'";

impl Server {
    pub(crate) fn start(pair: &Pair) -> Server {
        let server = OwnServer::start();
        server.psql(TABLES);
        server.encrypt_with(&pair.certificate, &pair.key);
        Server { server, kit: TestKit::new() }
    }

    pub(crate) fn url(&self) -> String {
        let url = self.server.url().replace("127.0.0.1", "localhost");
        format!("{url}?application_name=tenancy-tls")
    }

    fn port(&self) -> String {
        let place = self.server.url().rsplit(':').next().expect("a port");
        place.split('/').next().expect("a port").to_owned()
    }

    fn db(&self, url: &str) -> TenantDbBuilder<Postgres> {
        TenantDb::postgres(url, self.kit.authority()).schema(schema_manifest()).pool_size(1)
    }

    async fn count(&self, db: &TenantDb<Postgres>) -> Result<i64, Error> {
        let scope = self.kit.scope(tenancy::OrgId::new(Uuid::from_u128(0xA)));
        let mut conn = db.scoped(&scope).await?;
        let rows = scope.from(invoices::table).count().get_result(&mut conn).await;
        assert_ne!(self.server.psql(&format!("SELECT count(*) {OURS}")), "0", "it is found by its name");
        Ok(rows?)
    }
}

fn not_connected(result: Result<i64, Error>) -> bool {
    matches!(result, Err(Error::Pool(PoolError::Connect(_) | PoolError::Unreachable)))
}

/// 13.2.1: a role without a password, which has a certificate instead: of the authority that the server trusts, in its name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_proves_its_role_by_its_certificate() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let server = Server::start(&authority.server());
    server.server.psql("CREATE ROLE certified LOGIN; CREATE ROLE another LOGIN");
    server.server.psql("GRANT SELECT ON invoices TO certified, another");
    server.server.demand_certificates(&clients.pem, "certified,another");
    let url = server.url();
    let (_, place) = url.split_once('@').expect("an account");
    let (certified, another) = (format!("postgres://certified@{place}"), format!("postgres://another@{place}"));
    let config = async |pair: &Pair| {
        let volume = Volume::new();
        volume.swap(&pair.certificate, &pair.key, &authority.pem);
        let references = (volume.reference("tls.crt"), volume.reference("tls.key"));
        let identity = watch_identity(&Secrets::new(), references.0, references.1).await.expect("a pair");
        client_config(&authority.pem, Some(identity)).expect("roots")
    };
    let connect = |url: &str, config| server.db(url).tls(config).build().expect("a pool");

    let db = connect(&certified, config(&clients.role("certified")).await);
    assert_eq!(server.count(&db).await.expect("it is read"), 20);
    assert_eq!(server.server.psql(&format!("SELECT usename, client_dn {OURS}")), "certified|/CN=certified");
    let refused = async |url: &str, config| not_connected(server.count(&connect(url, config)).await);
    assert!(refused(&certified, client_config(&authority.pem, None).expect("roots")).await, "without one");
    assert!(refused(&another, config(&clients.role("certified")).await).await, "another role's");
    assert!(refused(&certified, config(&authority.role("certified")).await).await, "of another authority");
    let with_a_password = certified.replace("certified@", "certified:guess@");
    assert!(refused(&with_a_password, client_config(&authority.pem, None).expect("roots")).await, "a password is none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_encrypted_with_the_right_certificate_and_not_at_all_without() {
    let authority = Authority::new();
    let server = Server::start(&authority.server());
    server.server.demand_tls();
    let db = server.db(&server.url()).tls_with_roots(&authority.pem).expect("roots").build().expect("a pool");
    assert_eq!(server.count(&db).await.expect("it is read"), 20);
    let seen = server.server.psql(&format!("SELECT ssl, version {OURS}"));
    assert_eq!(seen, "t|TLSv1.3");

    let plain = server.db(&server.url()).build().expect("a pool");
    assert!(not_connected(server.count(&plain).await), "the server demands it");
    let other = server.db(&server.url()).tls_with_roots(&Authority::new().pem).expect("roots").build().expect("a pool");
    assert!(not_connected(server.count(&other).await), "another authority's");
    // The same server under a name that is not in its certificate, and, to compare, under one that is.
    let named = |name: &str| format!("{}&hostaddr=127.0.0.1", server.url().replace("localhost", name));
    let db = |url: &str| server.db(url).tls_with_roots(&authority.pem).expect("roots").build().expect("a pool");
    assert!(not_connected(server.count(&db(&named("db.example.org"))).await), "another name");
    drop((other, plain));
    assert_eq!(server.count(&db(&named("localhost"))).await.expect("its name"), 20);
}

/// The gateway's own connections, over which sessions go.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateways_tables_are_behind_tls_too() {
    let authority = Authority::new();
    let server = Server::start(&authority.server());
    server.server.demand_tls();
    let over_tls = |roots: &str| GatewayDb::postgres_over_tls(server.url(), client_config(roots, None).expect("roots"));
    over_tls(&authority.pem).expect("a pool").migrate().await.expect("it is encrypted");
    assert!(over_tls(&Authority::new().pem).expect("a pool").migrate().await.is_err(), "another authority's");
    assert!(GatewayDb::postgres(server.url()).expect("a pool").migrate().await.is_err(), "the server demands it");
    let says = |mode: &str| format!("{}&sslmode={mode}", server.url());
    assert!(GatewayDb::postgres(says("require")).is_err(), "demanded, and no certificates");
    let config = client_config(&authority.pem, None).expect("roots");
    assert!(GatewayDb::postgres_over_tls(says("disable"), config).is_err(), "forbidden, and certificates");
}

/// Somebody on the way who says "no TLS here" gets no plaintext instead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_is_no_way_back_to_plaintext() {
    let authority = Authority::new();
    let server = Server::start(&authority.server());
    server.server.encrypt(false);
    for url in [server.url(), format!("{}&sslmode=prefer", server.url())] {
        let db = server.db(&url).tls(client_config(&authority.pem, None).expect("roots")).build().expect("a pool");
        assert!(not_connected(server.count(&db).await), "{url}");
    }
    let plain = server.db(&server.url()).build().expect("a pool");
    assert_eq!(server.count(&plain).await.expect("the server is there"), 20);
}

#[tokio::test]
async fn a_url_that_says_the_contrary_is_refused() {
    let kit = TestKit::new();
    let authority = Authority::new();
    let db = |mode: &str| {
        let url = format!("postgres://a:b@localhost/c?sslmode={mode}");
        TenantDb::postgres(url, kit.authority()).schema(schema_manifest())
    };
    let setup = |result: Result<TenantDb<Postgres>, Error>| matches!(result, Err(Error::Pool(PoolError::Setup(_))));
    assert!(setup(db("require").build()), "demanded, and no certificates");
    assert!(setup(db("disable").tls_with_roots(&authority.pem).expect("roots").build()), "forbidden, and certificates");
    assert!(db("require").tls_with_roots(&authority.pem).expect("roots").build().is_ok());
    assert!(db("disable").build().is_ok() && db("prefer").build().is_ok());
    assert!(matches!(db("require").tls_with_roots("no PEM"), Err(Error::Pool(PoolError::Setup(_)))));
}

/// Whoever stops waiting has the server stop too; that request goes over TLS as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_waits_for_ends() {
    let authority = Authority::new();
    let server = Server::start(&authority.server());
    server.server.demand_tls();
    let own = server.port();
    let (port, heads) = listen_in(&own).await;
    let url = server.url().replace(&format!(":{own}/"), &format!(":{port}/"));
    let db = server.db(&url).tls_with_roots(&authority.pem).expect("roots").build().expect("a pool");
    assert_eq!(server.count(&db).await.expect("it is read"), 20);
    let waiting = format!("SELECT count(*) {OURS} AND wait_event_type = 'Lock'");
    std::thread::scope(|scope| {
        // Held for so long that only a statement that is ended ends before.
        let lock = "BEGIN; LOCK TABLE invoices; SELECT pg_sleep(6); COMMIT";
        let holder = scope.spawn(|| server.server.psql(lock));
        while server.server.psql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'") == "0" {
            std::thread::sleep(Duration::from_millis(20));
        }
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let given_up = tokio::time::timeout(Duration::from_millis(500), server.count(&db)).await;
                assert!(given_up.is_err(), "it waits for the lock");
                until("the server stopped too", || server.server.psql(&waiting) == "0").await;
            });
        });
        assert!(!holder.is_finished(), "the lock is still held");
        holder.join().expect("it ends");
    });
    // One connection, which began by asking for TLS (8 bytes, with PostgreSQL's code for it): nothing was cancelled in plaintext.
    let heads = heads.lock().expect("not poisoned");
    assert_eq!(*heads, [[0, 0, 0, 8, 4, 210, 22, 47]]);
}

type Heads = Arc<Mutex<Vec<[u8; 8]>>>;

/// A port that leads to the server, and the first bytes of each connection through it.
async fn listen_in(server: &str) -> (String, Heads) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port().to_string();
    let (heads, server) = (Heads::default(), format!("127.0.0.1:{server}"));
    tokio::spawn({
        let heads = Arc::clone(&heads);
        async move {
            loop {
                let (mut client, _) = listener.accept().await.expect("a client");
                let (heads, mut server) = (Arc::clone(&heads), TcpStream::connect(&server).await.expect("the server"));
                tokio::spawn(async move {
                    let mut head = [0; 8];
                    client.read_exact(&mut head).await.expect("a head");
                    heads.lock().expect("not poisoned").push(head);
                    server.write_all(&head).await.expect("passed on");
                    // It ends as either end does.
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        }
    });
    (port, heads)
}
