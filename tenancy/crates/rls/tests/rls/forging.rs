//! Everything that a session of the service's role can put into the setting.

use crate::wall::{A, B, DENIED, NO_SCOPE, REFUSED, TENANT, VIOLATES, Wall};
use tenancy::db::seal::{Access, SealKey, Sealer};
use tenancy_rls::keyring;

/// `org|expiry|kid|access|database|mac` with one field changed.
fn with_field(token: &str, field: usize, value: &str) -> String {
    let mut fields: Vec<_> = token.split('|').collect();
    fields[field] = value;
    fields.join("|")
}

#[tokio::test]
async fn a_token_shows_the_rows_of_its_organization_and_no_other() {
    let wall = Wall::built().await;
    let mut session = wall.armed().await;
    for table in TENANT {
        assert_eq!(session.count(table).await, Ok("1".to_owned()), "{table}");
    }
    assert_eq!(session.ask("SELECT id FROM invoices").await, Ok("101".to_owned()));
    session.arm(&wall.token(B, Access::Read)).await;
    assert_eq!(session.ask("SELECT name FROM billing.parties").await, Ok("secret 102".to_owned()));
}

// attack: H10
#[tokio::test]
async fn without_a_token_nothing_is_read_or_written() {
    let wall = Wall::built().await;
    let mut session = wall.session().await;
    for table in TENANT {
        assert_eq!(session.count(table).await, Err(NO_SCOPE.to_owned()), "{table}");
        assert_eq!(session.run(&format!("DELETE FROM {table}")).await, Err(NO_SCOPE.to_owned()), "{table}");
    }
    let insert = format!("INSERT INTO blobs VALUES (7, uuid_send('{A}'))");
    assert_eq!(session.run(&insert).await, Err(NO_SCOPE.to_owned()));
}

// attack: H11, F21
#[tokio::test]
async fn a_token_ends_with_its_transaction() {
    let wall = Wall::built().await;
    for end in ["COMMIT", "ROLLBACK"] {
        let mut session = wall.armed().await;
        assert_eq!(session.count("invoices").await, Ok("1".to_owned()));
        session.run(end).await.expect("it ends");
        assert_eq!(session.count("invoices").await, Err(NO_SCOPE.to_owned()), "{end}");
    }
}

// attack: F19, H12
#[tokio::test]
async fn a_forged_token_is_refused() {
    let wall = Wall::built().await;
    let token = wall.token(A, Access::Read);
    let mac = token.rsplit('|').next().expect("it has a MAC");
    let other_key = SealKey::generate().expect("there are random bytes");
    let other = Sealer::new(&other_key).seal(
        A.parse().expect("a UUID"),
        Access::Read,
        &wall.name,
        std::time::Duration::from_secs(60),
    );
    let forged = [
        ("swapped", with_field(&token, 0, B)),
        ("extended", with_field(&token, 1, "9999999999")),
        ("not a number", with_field(&token, 1, "never")),
        ("other key id", with_field(&token, 2, "other")),
        ("no key id", with_field(&token, 2, "")),
        ("raised", with_field(&token, 3, "rw")),
        ("other database", with_field(&token, 4, "postgres")),
        ("zero MAC", with_field(&token, 5, &"0".repeat(64))),
        ("no MAC", with_field(&token, 5, "")),
        ("upper case", with_field(&token, 5, &mac.to_uppercase())),
        ("truncated", token[..token.len() - 1].to_owned()),
        ("truncated in front", token[1..].to_owned()),
        ("one field more", format!("{token}|{mac}")),
        ("field in front", format!("{B}|{token}")),
        ("other separator", format!("{}x{mac}", token.rsplit_once('|').expect("it has a MAC").0)),
        ("whitespace", format!("{token} ")),
        ("only an organization", B.to_owned()),
        ("quote", "' OR true --".to_owned()),
        ("unsealed form", format!("{B}|rw")),
        ("unpublished key", other.expect("it is sealed").expose().to_owned()),
    ];
    let mut session = wall.session().await;
    for (what, token) in forged {
        session.begin(&token).await;
        for table in TENANT {
            session.run("SAVEPOINT one").await.expect("a savepoint");
            let read = session.count(table).await;
            // A number that is none is refused by the cast, before anything is compared.
            assert!(
                read.as_ref().is_err_and(|why| why == REFUSED || why.contains("invalid input syntax")),
                "{what}: {read:?}"
            );
            session.run("ROLLBACK TO one").await.expect("the savepoint is there");
        }
        session.refused("DELETE FROM invoices", "").await;
        session.run("ROLLBACK").await.expect("it ends");
    }
    // The same session, with a true one.
    session.begin(&token).await;
    assert_eq!(session.count("invoices").await, Ok("1".to_owned()));
}

// attack: F19
#[tokio::test]
async fn an_expired_token_is_refused() {
    let wall = Wall::built().await;
    let short = Sealer::new(&wall.key).seal(
        A.parse().expect("a UUID"),
        Access::Read,
        &wall.name,
        std::time::Duration::from_secs(1),
    );
    let short = short.expect("it is sealed");
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let mut session = wall.session().await;
    session.begin(short.expose()).await;
    assert_eq!(session.count("invoices").await, Err(REFUSED.to_owned()));
}

// attack: F19
#[tokio::test]
async fn a_token_of_another_database_is_refused() {
    let wall = Wall::built().await;
    let mut session = wall.session().await;
    session.begin(&wall.token_for(A, Access::Read, "staging")).await;
    assert_eq!(session.count("invoices").await, Err(REFUSED.to_owned()));
}

// attack: F19
#[tokio::test]
async fn a_token_that_may_read_does_not_write() {
    let wall = Wall::built().await;
    let mut session = wall.session().await;
    session.begin(&wall.token(A, Access::Read)).await;
    assert_eq!(session.count("invoices").await, Ok("1".to_owned()));
    let insert = format!("INSERT INTO invoices (id, org_id, currency, cents) VALUES (7, '{A}', 'EUR', 1)");
    for write in [insert.as_str(), "UPDATE invoices SET cents = 0", "DELETE FROM invoices", "DELETE FROM texts"] {
        session.refused(write, REFUSED).await;
    }
    session.arm(&wall.token(A, Access::ReadWrite)).await;
    for write in [insert.as_str(), "UPDATE invoices SET cents = 0", "DELETE FROM invoices", "DELETE FROM texts"] {
        session.attempt(write).await.unwrap_or_else(|why| panic!("{write}: {why}"));
    }
}

// attack: H08, H17
#[tokio::test]
async fn a_planted_operator_does_not_stand_in_for_the_comparison() {
    let wall = Wall::built().await;
    // Worse than the wall allows: the service's role owns a schema and puts it before the system's.
    wall.db.psql(&format!("CREATE SCHEMA planted AUTHORIZATION \"{}\"", wall.options.app_role));
    let mut session = wall.session().await;
    for (name, left) in [("bytea", "bytea"), ("text", "text"), ("uuid", "uuid")] {
        let plant = format!(
            "CREATE FUNCTION planted.yes({left}, {left}) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
             CREATE OPERATOR planted.= (FUNCTION = planted.yes, LEFTARG = {left}, RIGHTARG = {left})"
        );
        session.run(&plant).await.unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    session.run("SET search_path = planted, pg_catalog, public").await.expect("it is its own setting");
    assert_eq!(session.ask("'a'::text = 'b'::text").await, Ok("true".to_owned()), "the planted operator works");
    let expiry = "9999999999";
    for kid in [wall.key.kid(), "any"] {
        session.begin(&format!("{B}|{expiry}|{kid}|rw|{}|{}", wall.name, "0".repeat(64))).await;
        assert_eq!(session.count("public.invoices").await, Err(REFUSED.to_owned()));
        session.run("ROLLBACK").await.expect("it ends");
    }
    session.begin(&wall.token(A, Access::Read)).await;
    assert_eq!(session.ask("SELECT id FROM public.invoices").await, Ok("101".to_owned()));
}

// attack: F20
#[tokio::test]
async fn the_verifier_cannot_be_replaced_and_the_key_cannot_be_read() {
    let wall = Wall::built().await;
    let mut session = wall.armed().await;
    session.refused("SELECT * FROM tenancy.key", DENIED).await;
    session.refused("INSERT INTO tenancy.key VALUES ('mine', '', '')", DENIED).await;
    session.refused("DELETE FROM tenancy.key", DENIED).await;
    session.refused("CREATE TABLE tenancy.mine (id int)", DENIED).await;
    session.refused("DROP FUNCTION tenancy.org() CASCADE", "must be owner").await;
    session.refused("ALTER FUNCTION tenancy.org() LEAKPROOF", "must be owner").await;
    let replace = "CREATE OR REPLACE FUNCTION tenancy.org() RETURNS uuid LANGUAGE sql AS 'SELECT null::uuid'";
    session.refused(replace, DENIED).await;
    session.refused("DROP POLICY tenancy ON invoices", "must be owner").await;
    session.refused("ALTER TABLE invoices DISABLE ROW LEVEL SECURITY", "must be owner").await;
}

// attack: F19
#[tokio::test]
async fn an_insert_for_another_organization_is_refused() {
    let wall = Wall::built().await;
    let mut session = wall.armed().await;
    let insert = format!("INSERT INTO invoices (org_id, currency, cents) VALUES ('{B}', 'EUR', 1)");
    session.refused(&insert, VIOLATES).await;
    session.attempt(&insert.replace(B, A)).await.expect("its own organization takes it, by the sequence too");
}

#[tokio::test]
async fn tokens_of_two_keys_are_believed_until_one_is_retired() {
    let wall = Wall::built().await;
    let next = SealKey::generate().expect("there are random bytes");
    let mut admin = wall.admin().await;
    keyring::rotate(&mut admin, &next, std::time::Duration::from_secs(3600)).await.expect("it rotates");
    let old = wall.token(A, Access::Read);
    let new = Sealer::new(&next).seal(
        B.parse().expect("a UUID"),
        Access::Read,
        &wall.name,
        std::time::Duration::from_secs(60),
    );
    let mut session = wall.session().await;
    session.begin(&old).await;
    assert_eq!(session.ask("SELECT id FROM invoices").await, Ok("101".to_owned()));
    session.arm(new.expect("it is sealed").expose()).await;
    assert_eq!(session.ask("SELECT id FROM invoices").await, Ok("102".to_owned()));
    session.run("COMMIT").await.expect("it ends");

    assert!(keyring::retire(&mut admin, wall.key.kid(), std::time::Duration::ZERO).await.expect("it is ended"));
    session.begin(&old).await;
    assert_eq!(session.count("invoices").await, Err(REFUSED.to_owned()));
}
