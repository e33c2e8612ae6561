//! A machine of one's own: systemd's unit by its text, PostgreSQL's files by PostgreSQL.

use crate::documents::text;
use crate::support::pg::OwnServer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;
use std::time::Duration;
use tenancy_secrets::{Scheme, SecretRef};

#[test]
fn the_unit_loads_what_its_command_refers_to() {
    let unit = text("systemd/billing.service");
    let loaded: BTreeSet<_> = unit
        .lines()
        .filter_map(|line| line.strip_prefix("LoadCredential="))
        .map(|credential| credential.split_once(':').expect("name:path"))
        .inspect(|(name, path)| assert!(path.ends_with(name) && path.starts_with('/'), "{name} {path}"))
        .map(|(name, _)| name.to_owned())
        .collect();
    // `credential:name`, or a file of the credentials' folder. That the service takes them all is for its own tests to say.
    let named = unit.split_whitespace().filter_map(|word| match word.parse::<SecretRef>() {
        Ok(reference) if reference.scheme() == Scheme::Credential => Some(reference.name()),
        _ => word.strip_prefix("%d/").map(str::to_owned),
    });
    assert_eq!(loaded, named.collect());
    // nginx passes on to where the service listens, by the name that the service answers to.
    let nginx = text("nginx/billing.conf");
    let told = |argument: &str| {
        unit.split_whitespace().skip_while(|word| *word != argument).nth(1).expect(argument).to_owned()
    };
    assert!(nginx.contains(&format!("server {};", told("--listen"))));
    let host = told("--public-url").trim_start_matches("https://").to_owned();
    assert!(nginx.contains(&format!("server_name {host};")), "{host}");
    // Environment= is shown by `systemctl show` to every account of the machine.
    assert!(!unit.lines().any(|line| line.starts_with("Environment")), "secrets are credentials");
}

/// PostgreSQL itself runs with the files: it finds no error in them, takes each setting, and lets in who they say.
#[test]
fn postgres_runs_with_its_files() {
    let server = OwnServer::start();
    server.psql("CREATE ROLE billing LOGIN PASSWORD 'of-a-test'; CREATE ROLE other LOGIN PASSWORD 'of-a-test';");
    server.psql("CREATE DATABASE billing");
    let write = |name: &str, text: &str| {
        let text = STANDARD.encode(text);
        server.psql(&format!("COPY (SELECT '{text}') TO PROGRAM 'umask 077; base64 -d > {name}'"));
    };
    let reload = || {
        server.psql("SELECT pg_reload_conf()");
        std::thread::sleep(Duration::from_millis(300));
    };
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    write("server.crt", &own.cert.pem());
    write("clients.crt", &own.cert.pem());
    write("server.key", &own.signing_key.serialize_pem());
    write("postgresql.auto.conf", &text("postgresql/tenancy.conf"));
    reload();
    assert_eq!(server.psql("SELECT current_setting('ssl'), current_setting('lock_timeout')"), "on|10s");
    // What needs a restart is right as well, as far as PostgreSQL says.
    let errors = "SELECT name, error FROM pg_file_settings
                   WHERE error IS NOT NULL AND error <> 'setting could not be applied'";
    assert_eq!(server.psql(errors), "");
    let taken = server.psql("SELECT count(*) FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf'");
    let lines = text("postgresql/tenancy.conf").lines().filter(|line| line.contains(" = ")).count();
    assert_eq!(taken, lines.to_string());

    write("pg_hba.conf", &text("postgresql/pg_hba.conf"));
    assert_eq!(server.psql("SELECT count(*), count(error) FROM pg_hba_file_rules"), "8|0");
    reload();
    let come_in = |role: &str, database: &str, mode: &str| {
        let options = format!("sslmode={mode}");
        let came = server.try_psql(role, "of-a-test", database, &options, "SELECT 1");
        came.inspect_err(|why| assert!(why.contains("pg_hba.conf rejects"), "{why}")).is_ok()
    };
    assert!(come_in("billing", "billing", "require"));
    assert!(!come_in("billing", "billing", "disable"), "nothing in plaintext");
    assert!(!come_in("billing", "postgres", "require"), "no other database");
    assert!(!come_in("other", "billing", "require"), "nobody else");
}
