//! What does not start, and what it says; files, roles and counters.

use crate::folder::Folder;
use crate::pg::Database;
use crate::world::{World, args};
use billing::{Args, Running, StartError, start};
use clap::Parser as _;
use std::error::Error as _;
use tenancy::db::seal::SealKey;
use tenancy_audit as audit;
use tenancy_rls::{keyring, live};

async fn refused(more: &[&str]) -> StartError {
    match start(args(more)).await {
        Ok(_) => panic!("it started: {more:?}"),
        Err(error) => error,
    }
}

/// What a person reads: the error and its causes.
pub(crate) fn said(error: &StartError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(under) = cause {
        text += &format!(": {under}");
        cause = under.source();
    }
    text
}

/// Exactly these arguments.
fn parsed(arguments: &[&str]) -> Args {
    Args::try_parse_from(["billing"].iter().chain(arguments)).expect("arguments")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_development_provider_is_reached_from_this_machine_alone() {
    for arguments in [
        &["--listen", "127.0.0.1:0", "--dev-provider-listen", "0.0.0.0:0"][..],
        &["--listen", "0.0.0.0:0"],
        &["--listen", "0.0.0.0:0", "--public-url", "https://billing.example"],
        &["--listen", "127.0.0.1:0", "--public-url", "https://billing.example"],
    ] {
        assert_eq!(start(parsed(arguments)).await.err().expect("refused").exit_code(), 2, "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_an_exit_code_and_name_what_to_change() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().into_std().unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = refused(&["--internal-listen", &address]).await;
    assert!(error.exit_code() == 3 && error.to_string().contains(&address), "{error}");
    let error = refused(&["--database", "sqlite:/no/such/folder/billing.db"]).await;
    assert!(error.exit_code() == 4 && error.to_string().contains("--database"), "{error}");
    let error = refused(&["--database", "postgres://nobody@127.0.0.1:1/none"]).await;
    assert!(error.exit_code() == 2 && error.to_string().contains("--gateway-database"), "{error}");
    let error = refused(&["--session-key", "file:/no/such/file"]).await;
    assert!(
        error.exit_code() == 2 && std::error::Error::source(&error).unwrap().to_string().contains("/no/such/file"),
        "{error}"
    );
    let error = refused(&["--add-member", "ada@no-such-organization"]).await;
    assert!(error.exit_code() == 2 && error.to_string().contains("harbour-trading"), "{error}");
    let nobody = ["--listen", "127.0.0.1:0", "--oidc-issuer", "http://127.0.0.1:1", "--oidc-client-id", "x"];
    let error = start(parsed(&nobody)).await.err().expect("refused");
    assert!(error.exit_code() == 5 && error.to_string().contains("--oidc-issuer"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_everybody_may_read_is_refused() {
    let folder = Folder::new();
    let text = format!("{}\n", session_key());
    let place = folder.write_with("key", &text, 0o644).to_string();
    let error = refused(&["--session-key", &place]).await;
    let said = format!("{error}: {}", std::error::Error::source(&error).unwrap());
    assert!(error.exit_code() == 2 && said.contains(&place) && said.contains("0644"), "{said}");
    assert!(!said.contains(&session_key()), "{said}");
    folder.write("key", &text);
    start(args(&["--session-key", &place])).await.expect("it starts").stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_keeps_books_and_sessions() {
    let folder = Folder::new();
    let key = folder.write("key", session_key()).to_string();
    let database = format!("sqlite:{}", folder.path().join("billing.db").display());
    // Both on the ports of the first run, as after a restart.
    let provider = free_port();
    let listen = free_port();
    let run = async || -> Running {
        let places = ["--listen", &listen, "--dev-provider-listen", &provider, "--database", &database];
        start(parsed(&[&places[..], &["--session-key", &key]].concat())).await.expect("it starts")
    };
    let first = run().await;
    let mut browser = crate::browser::Browser::new(first.url(), first.provider().unwrap());
    browser.sign_in("ada", "/").await;
    browser.post("/customers", "/customers", &[("name", "Kept")]).await;
    first.stop().await;
    let second = run().await;
    let page = browser.get("/customers").await;
    assert!(page.status == 200 && page.text.contains("Kept"), "{}", page.text);
    assert_eq!(page.text.matches("Hotel Astoria").count(), 1, "the rows are made once");
    second.stop().await;
}

/// The file changes while the service runs: new sessions are under the new key, and nobody is signed out.
#[tokio::test(flavor = "multi_thread")]
async fn the_session_key_rotates_with_its_secret() {
    let database = Database::create();
    start(args(&["--setup-postgres", database.url()])).await.expect("it starts").stop().await;
    let folder = Folder::new();
    let key = folder.write("key", session_key());
    let places = ["--database", database.url(), "--gateway-database", database.url()];
    let service = start(args(&[&places[..], &["--session-key", &key.to_string()]].concat())).await.expect("it starts");
    let browser = || crate::browser::Browser::new(service.url(), service.provider().unwrap());
    let mut ada = browser();
    ada.sign_in("ada", "/").await;
    let next: String = session_key().chars().rev().collect();
    folder.write("next", format!("{next}\n{}\n", session_key()));
    std::fs::rename(folder.path().join("next"), folder.path().join("key")).unwrap();
    // What is sealed begins with the name of its key.
    let sealed = "SELECT count(DISTINCT substring(sealed_id_token FROM 1 FOR 8)) FROM gateway_sessions";
    let mut attempts = 0;
    while database.psql(sealed) != "2" {
        attempts += 1;
        assert!(attempts < 200, "no session is under the new key");
        browser().sign_in("bo", "/").await;
    }
    assert_eq!(ada.get("/customers").await.status, 200);
    service.stop().await;
    crate::world::drop_roles(&database);
}

/// 64 digits that are no known default.
pub(crate) fn session_key() -> String {
    (0..32).map(|byte| format!("{:02x}", byte * 7 + 3)).collect()
}

pub(crate) fn free_port() -> String {
    format!("127.0.0.1:{}", crate::pg::free_port().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_may_be_set_up_again_and_its_roles_reach_their_own_tables_alone() {
    let database = Database::create();
    let name = database.url().rsplit('/').next().unwrap().to_owned();
    // No superuser: the owner of the database, who may make roles.
    database.psql(&format!(
        "CREATE ROLE {name}_migrator LOGIN CREATEROLE PASSWORD 'secret'; ALTER DATABASE {name} OWNER TO {name}_migrator"
    ));
    let migrator = database.url_as(&format!("{name}_migrator"), "secret");
    let more = ["--setup-postgres", &migrator];
    start(args(&more)).await.expect("it starts").stop().await;
    start(args(&more)).await.expect("it starts again").stop().await;
    assert_eq!(database.psql("SELECT count(*) FROM invoices"), "48");
    let may = |role: &str, table: &str| {
        database.psql(&format!("SELECT has_table_privilege('{name}_{role}', '{table}', 'SELECT')"))
    };
    // The audit log is written by the gateway and read by neither.
    assert_eq!((may("app", "gateway_audit"), may("gateway", "gateway_audit")), ("f".to_owned(), "f".to_owned()));
    // Column by column: the number of a line is the database's.
    let writes = |column: &str| {
        database.psql(&format!("SELECT has_column_privilege('{name}_gateway', 'gateway_audit', '{column}', 'INSERT')"))
    };
    assert_eq!((writes("event"), writes("id")), ("t".to_owned(), "f".to_owned()));
    for table in ["gateway_sessions", "gateway_users"] {
        assert_eq!((may("app", table), may("gateway", table)), ("f".to_owned(), "t".to_owned()), "{table}");
    }
    for table in ["invoices", "customers", "letterheads"] {
        assert_eq!((may("app", table), may("gateway", table)), ("t".to_owned(), "f".to_owned()), "{table}");
    }
    // No password stands in a statement: what the server keeps is a verifier.
    let verifier = database
        .psql(&format!("SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = '{name}_app'"));
    assert_eq!(verifier, "t");
    database.psql(&format!("REASSIGN OWNED BY {name}_migrator TO CURRENT_USER; DROP OWNED BY {name}_migrator"));
    crate::world::drop_roles(&database);
    database.psql(&format!("DROP ROLE {name}_migrator"));
}

/// What production is told: the roles that `--setup-postgres` made, with passwords and a key that the test knows.
pub(crate) struct Prepared {
    pub(crate) books: String,
    pub(crate) gateway: String,
    pub(crate) permissions: String,
    pub(crate) owner: String,
    pub(crate) seal: SealKey,
}

impl Prepared {
    pub(crate) async fn on(database: &Database) -> Prepared {
        start(args(&["--setup-postgres", database.url()])).await.expect("it starts").stop().await;
        let name = database.url().rsplit('/').next().unwrap();
        let (app, gateway) = (format!("{name}_app"), format!("{name}_gateway"));
        let permits = format!("{name}_permits");
        database.psql(&format!("ALTER ROLE {app} PASSWORD 'secret-1'; ALTER ROLE {gateway} PASSWORD 'secret-2'"));
        database.psql(&format!("ALTER ROLE {permits} PASSWORD 'secret-3'"));
        let seal = SealKey::generate().unwrap();
        keyring::publish(&mut live::connect(database.url()).await.unwrap(), &seal).await.unwrap();
        let (books, gateway) = (database.url_as(&app, "secret-1"), database.url_as(&gateway, "secret-2"));
        let permissions = database.url_as(&permits, "secret-3");
        Prepared { books, gateway, permissions, owner: format!("{name}_wall"), seal }
    }
}

/// Whether a server with the wall's fixes is here; without, the audit refuses to start behind both walls (F01).
pub(crate) fn is_fixed(database: &Database) -> bool {
    is_fixed_at(&database.psql("SHOW server_version_num"))
}

pub(crate) fn is_fixed_at(version: &str) -> bool {
    version.parse::<u32>().expect("a number") >= 150_020
}

/// A server without the latest fixes is refused, and so is a wall with a hole.
#[tokio::test(flavor = "multi_thread")]
async fn a_broken_wall_is_not_served() {
    let database = Database::create();
    let (folder, made) = (Folder::new(), Prepared::on(&database).await);
    let key = folder.write("seal", made.seal.expose().as_str()).to_string();
    let more = ["--database", &made.books, "--gateway-database", &made.gateway, "--both-walls", "--seal-key", &key];
    let more = [&more[..], &["--permissions-database", &made.permissions]].concat();
    let more = [&more[..], &["--rls-owner-role", &made.owner, "--compare-epochs"]].concat();
    let broken = async || match start(args(&more)).await {
        Ok(running) => {
            running.stop().await;
            Vec::new()
        }
        Err(StartError::Wall(audit::AuditError::Broken { rules })) => rules,
        Err(other) => panic!("{other:?}"),
    };
    let expected: &[&str] = if is_fixed(&database) { &[] } else { &["F01"] };
    assert_eq!(broken().await, expected);
    database.psql("ALTER TABLE invoices DISABLE ROW LEVEL SECURITY");
    assert!(broken().await.len() > expected.len());
    crate::world::drop_roles(&database);
}

/// The way of the guide from `--setup-postgres` to secrets in files, and the refusal without its two arguments.
#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_database_is_served_with_secrets_in_files() {
    let database = Database::create();
    let (folder, made) = (Folder::new(), Prepared::on(&database).await);
    let seal = folder.write("seal", made.seal.expose().as_str()).to_string();
    let sessions = folder.write("session", session_key()).to_string();
    let more = ["--database", &made.books, "--gateway-database", &made.gateway, "--both-walls", "--seal-key", &seal];
    let more = [&more[..], &["--session-key", &sessions, "--permissions-database", &made.permissions]].concat();
    let refused = match start(args(&more)).await {
        Err(StartError::Wall(audit::AuditError::Broken { rules })) => rules,
        other => panic!("it is refused, not {:?}", other.map(|running| running.url().to_owned())),
    };
    let refused: Vec<_> = refused.into_iter().filter(|rule| *rule != "F01").collect();
    assert_eq!(refused, ["B13", "C13", "D03", "G04"], "the guide names these");
    if is_fixed(&database) {
        let whole = [&more[..], &["--rls-owner-role", &made.owner, "--compare-epochs"]].concat();
        start(args(&whole)).await.expect("it starts").stop().await;
    }
    crate::world::drop_roles(&database);
}

/// One wall is enough for what the service itself asks: here its role is the server's owner, whom no policy holds.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_second_wall_the_first_stands() {
    let database = Database::create();
    start(args(&["--setup-postgres", database.url()])).await.expect("it starts").stop().await;
    let service = start(args(&["--database", database.url(), "--gateway-database", database.url()])).await;
    let service = service.expect("it starts");
    let mut ada = crate::browser::Browser::new(service.url(), service.provider().unwrap());
    let mut bo = crate::browser::Browser::new(service.url(), service.provider().unwrap());
    let (own, foreign) = (ada.sign_in("ada", "/").await.invoices(), bo.sign_in("bo", "/").await.invoices());
    assert!(own.len() == 10 && foreign.len() == 10 && own.iter().all(|id| !foreign.contains(id)));
    assert_eq!(ada.get(&format!("/invoices/{}", foreign[0])).await.status, 404);
    assert!(ada.get("/isolation").await.text.contains("wall one alone"));
    service.stop().await;
    crate::world::drop_roles(&database);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counters_are_served_apart() {
    let world = World::on_sqlite().await;
    world.signed_in("ada").await;
    assert_eq!(world.browser().get("/metrics").await.status, 404);
    let at = format!("http://{}/metrics", world.service.internal().unwrap());
    let text = reqwest::get(at).await.unwrap().text().await.unwrap();
    assert!(text.contains("tenancy_gateway_events_total{event=\"sign_in\"} 1"), "{text}");
    assert!(
        text.contains("tenancy_gateway_pool_waiting 0\n") && text.contains("tenancy_books_pool_waiting 0\n"),
        "{text}"
    );
    assert!(!text.contains("ada") && !text.contains("harbour"), "{text}");
}
