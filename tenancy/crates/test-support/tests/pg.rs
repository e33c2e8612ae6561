//! The throwaway server that the other tests stand on.
#![cfg(unix)]

use tenancy_test_support as support;

use support::pg::Database;

#[test]
fn a_database_answers() {
    assert_eq!(Database::create().psql("SELECT 1"), "1");
}

#[test]
fn each_test_has_a_database_of_its_own() {
    let (one, other) = (Database::create(), Database::create());
    one.psql("CREATE TABLE only_here (id int)");
    assert_eq!(one.psql("SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'"), "1");
    assert_eq!(other.psql("SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'"), "0");
}

#[test]
fn another_role_needs_its_password() {
    let database = Database::create();
    // Roles belong to the server: a borrowed server must not keep this one.
    let role = format!("service_{}", std::process::id());
    database.psql(&format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'"));
    assert!(database.url_as(&role, "secret").contains(&format!("://{role}:secret@")));
    database.psql(&format!("DROP ROLE {role}"));
}

#[test]
fn a_dropped_database_is_gone() {
    let watcher = Database::create();
    let gone = Database::create();
    let name = gone.url().rsplit('/').next().expect("a name").to_owned();
    let count = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(watcher.psql(&count), "1");
    drop(gone);
    assert_eq!(watcher.psql(&count), "0");
}
