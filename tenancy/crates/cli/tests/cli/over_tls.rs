//! TLS for migrations and audits: the library's connections, and the command line's.

use std::process::Command;
use tenancy::db::unscoped_sql::{run_unscoped_sql, run_unscoped_sql_over_tls};
use tenancy::db::{Endpoint, Postgres, TenantDb, tls_roots};
use tenancy_audit::{self as audit, Audit};
use tenancy_rls::{Options, live};
use tenancy_test_support::authority::{Authority, Pair};
use tenancy_test_support::folder::Folder;
use tenancy_test_support::pg::OwnServer;
use tenancy_testkit::TestKit;

tenancy::schema! {
    diesel::table! {
        invoices (id) { id -> Integer, org_id -> Uuid, }
    }
}

/// Fails on a connection that is not encrypted.
const ENCRYPTED: &str = "SELECT 1 / ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

/// A server with a certificate.
struct Server {
    server: OwnServer,
}

impl Server {
    fn start(pair: &Pair) -> Server {
        let server = OwnServer::start();
        server.psql("CREATE TABLE invoices (id int PRIMARY KEY, org_id uuid NOT NULL)");
        server.encrypt_with(&pair.certificate, &pair.key);
        Server { server }
    }

    fn url(&self) -> String {
        let url = self.server.url().replace("127.0.0.1", "localhost");
        format!("{url}?application_name=tenancy-tls")
    }
}

fn walled() -> Options {
    Options::new("tls_app").owner_role("tls_wall")
}

/// A server that takes no plaintext, its authority, and another one.
fn servers() -> (Server, Authority, Authority) {
    let authority = Authority::new();
    let server = Server::start(&authority.server());
    server.server.demand_tls();
    (server, authority, Authority::new())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_gets_tls_or_no_connection() {
    let (server, right, other) = servers();
    let (url, roots) = (server.url(), |authority: &Authority| tls_roots(&authority.pem).expect("roots"));
    run_unscoped_sql_over_tls(&url, roots(&right), &[ENCRYPTED]).await.expect("it is encrypted");
    assert!(run_unscoped_sql_over_tls(&url, roots(&other), &["SELECT 1"]).await.is_err(), "another authority's");
    assert!(run_unscoped_sql::<Postgres>(&url, &["SELECT 1"]).await.is_err(), "the server demands it");

    let mut conn = live::connect_over_tls(&url, roots(&right)).await.expect("it is encrypted");
    let plan = live::diff(&mut conn, &schema_manifest(), &walled()).await.expect("it is read");
    live::apply(&mut conn, &plan, |_| {}).await.expect("the wall is built");
    assert!(live::connect_over_tls(&url, roots(&other)).await.is_err(), "another authority's");
    assert!(live::connect(&url).await.is_err(), "the server demands it");
    let says = |mode: &str| format!("{url}&sslmode={mode}");
    let forbidden = live::connect_over_tls(&says("disable"), roots(&right)).await.err().expect("refused");
    let demanded = live::connect(&says("require")).await.err().expect("refused");
    for (refused, why) in [(forbidden, "forbids TLS"), (demanded, "no root certificates were given")] {
        let said = refused.to_string();
        assert!(said.contains(why) && !said.contains("password"), "{said}");
    }
    assert!(tls_roots("no PEM").is_err());
}

/// At boot the audit looks at the database as the service reaches it, and in no weaker way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_goes_where_the_service_goes() {
    let (server, right, other) = servers();
    let (kit, manifest, options) = (TestKit::new(), schema_manifest(), audit::Options::new(walled()));
    let looked = async |at: Endpoint| audit::ensure(&at, &manifest, &options).await;
    let over_tls = |authority: &Authority| {
        let db = TenantDb::postgres(server.url(), kit.authority()).schema(schema_manifest());
        db.tls_with_roots(&authority.pem).expect("roots").endpoint()
    };
    // There is no wall: it has to say so, and can only after it has connected.
    let found = looked(over_tls(&right)).await.expect_err("there is no wall");
    assert!(matches!(found, audit::AuditError::Broken { .. }), "{found:?}");
    let refused = looked(over_tls(&other)).await.expect_err("another authority's");
    assert!(matches!(refused, audit::AuditError::Failed(_)), "{refused:?}");
    let plain = TenantDb::postgres(server.url(), kit.authority()).schema(schema_manifest()).endpoint();
    assert!(matches!(looked(plain).await, Err(audit::AuditError::Failed(_))), "the server demands it");

    let url = server.url();
    let audit = || Audit::new(&url, &manifest, &options).app_url(&url);
    audit().tls(tls_roots(&right.pem).expect("roots")).run().await.expect("both connections are encrypted");
    assert!(audit().run().await.is_err(), "the server demands it");
}

#[test]
fn the_command_line_takes_roots() {
    let (server, right, other) = servers();
    let folder = Folder::new();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("it is written");
        path.to_str().expect("it is text").to_owned()
    };
    let (right, other) = (write("right.pem", &right.pem), write("other.pem", &other.pem));
    let (none, manifest) = (write("none.pem", "no PEM"), write("schema.json", &schema_manifest().to_json()));
    let run = |url: &str, arguments: &[&str], ca: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        command.args(arguments).args(ca).env("DATABASE_URL", url).env_remove("TENANCY_CA");
        let output = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(!said.contains("password@"), "{said}");
        (output.status.code(), said)
    };
    let wall = ["--manifest", &manifest, "--app-role", "tls_app", "--owner-role", "tls_wall"];
    let url = server.url();
    let apply = [&["rls", "apply", "--create-role"][..], &wall].concat();
    assert_eq!(run(&url, &apply, &["--ca", &right]).0, Some(0));
    assert_eq!(run(&url, &["keys", "list"], &["--ca", &right]).0, Some(0));
    let demanding = format!("{url}&sslmode=require");
    assert_eq!(run(&demanding, &["keys", "list"], &["--ca", &right]).0, Some(0));
    let audit = [&["audit", "--fail-on", "critical"][..], &wall].concat();
    let (code, said) = run(&url, &audit, &["--ca", &right]);
    assert!(code < Some(2), "{code:?} {said}");
    for arguments in [&apply[..], &audit, &["keys", "list"]] {
        for (ca, why) in [(&["--ca", other.as_str()][..], "invalid peer certificate"), (&[], "connect")] {
            let (code, said) = run(&url, arguments, ca);
            assert!(code == Some(3) && said.contains(why), "{arguments:?} {ca:?} {code:?} {said}");
        }
        let (code, said) = run(&demanding, arguments, &[]);
        assert!(code == Some(3) && said.contains("no root certificates were given"), "{arguments:?} {code:?} {said}");
        assert_eq!(run(&url, arguments, &["--ca", &none]).0, Some(2), "{arguments:?}");
        assert_eq!(run(&url, arguments, &["--ca", "/no/such/file"]).0, Some(2), "{arguments:?}");
    }
    // A URL that is written wrongly may hold the password anywhere.
    for wrong in [
        "postgres://u:pa?sekret=1@127.0.0.1:1/x",
        "postgres://u:sekret%zz@127.0.0.1:1/x",
        "host=127.0.0.1 port=1 sekret=1",
        "postgres://u:sekret@127.0.0.1:1/x",
    ] {
        let (code, said) = run(wrong, &["keys", "list"], &["--ca", &right]);
        assert!(code == Some(3) && !said.contains("sekret"), "{wrong} {code:?} {said}");
    }
}

/// `docs/deploy/postgresql/pg_hba.conf` asks the role that migrates for a certificate.
#[test]
fn the_command_line_shows_a_certificate() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let server = Server::start(&authority.server());
    server.server.psql("CREATE ROLE migrator LOGIN SUPERUSER; CREATE ROLE another LOGIN SUPERUSER");
    server.server.demand_certificates(&clients.pem, "migrator,another");
    let url = server.url();
    let (_, place) = url.split_once('@').expect("an account");
    let folder = Folder::new();
    let write = |name: &str, text: &str, mode: u32| {
        folder.write_with(name, text, mode);
        folder.path().join(name).to_str().expect("it is text").to_owned()
    };
    let (own, foreign) = (clients.role("migrator"), authority.role("migrator"));
    let (ca, cert) = (write("ca.pem", &authority.pem, 0o644), write("migrator.crt", &own.certificate, 0o644));
    let (key, open) = (write("migrator.key", &own.key, 0o600), write("open.key", &own.key, 0o644));
    let (foreign_cert, foreign_key) =
        (write("foreign.crt", &foreign.certificate, 0o644), write("foreign.key", &foreign.key, 0o600));
    let (none, manifest) =
        (write("none.key", "no key at all", 0o600), write("schema.json", &schema_manifest().to_json(), 0o644));
    let run = |role: &str, arguments: &[&str], shown: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        command
            .args(arguments)
            .args(["--ca", &ca])
            .args(shown)
            .env("DATABASE_URL", format!("postgres://{role}@{place}"));
        for name in ["TENANCY_CA", "TENANCY_CERT", "TENANCY_KEY"] {
            command.env_remove(name);
        }
        let output = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(!said.contains("PRIVATE KEY"), "{said}");
        (output.status.code(), said)
    };
    let wall = ["--manifest", &manifest, "--app-role", "tls_app", "--owner-role", "tls_wall"];
    let (apply, list) = ([&["rls", "apply", "--create-role"][..], &wall].concat(), ["keys", "list"]);
    let audit = [&["audit", "--fail-on", "critical"][..], &wall].concat();
    let shown = ["--cert", &cert, "--key", &key];
    for arguments in [&apply[..], &list, &audit] {
        let (code, said) = run("migrator", arguments, &shown);
        assert!(code < Some(2), "{arguments:?} {code:?} {said}");
        for (role, wrong) in [
            ("migrator", &[][..]),
            ("another", &shown),
            ("migrator", &["--cert", &foreign_cert, "--key", &foreign_key]),
        ] {
            let (code, said) = run(role, arguments, wrong);
            assert_eq!(code, Some(3), "{arguments:?} {role} {wrong:?} {said}");
        }
    }
    for (wrong, why) in [
        (&["--cert", &cert, "--key", &open][..], "0644"),
        (&["--cert", &cert, "--key", &foreign_key], "not a pair"),
        (&["--cert", &cert, "--key", &none], "no PEM"),
        (&["--cert", &key, "--key", &key], "not a pair"),
        (&["--cert", &cert, "--key", "/no/such/file"], "/no/such/file"),
        (&["--cert", &cert], "--key"),
        (&["--key", &key], "--cert"),
    ] {
        let (code, said) = run("migrator", &list, wrong);
        assert!(code == Some(2) && said.contains(why), "{wrong:?} {code:?} {said}");
    }
}
