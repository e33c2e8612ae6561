//! What a session with a true token of one organization reaches beyond it.

use crate::wall::{A, B, DENIED, NO_SCOPE, REFUSED, TENANT, Wall};
use tenancy::db::seal::Access;

// attack: F20
#[tokio::test]
async fn no_other_role_is_reached() {
    let wall = Wall::built().await;
    let mut session = wall.armed().await;
    let owner = wall.options.owner_role.replace('"', "\"\"");
    session.refused(&format!("SET ROLE \"{owner}\""), DENIED).await;
    session.refused("SET ROLE owner", DENIED).await;
    session.refused("SET SESSION AUTHORIZATION owner", DENIED).await;
    session.refused(&format!("GRANT \"{owner}\" TO CURRENT_USER"), "").await;
    session.refused("CREATE ROLE mine", DENIED).await;
    session.refused("SET session_replication_role = replica", DENIED).await;
}

// attack: F20
#[tokio::test]
async fn resetting_the_session_leaves_nothing_to_read() {
    let wall = Wall::built().await;
    for reset in ["RESET ALL", "RESET tenancy.scope", "SET tenancy.scope = ''", "SET LOCAL tenancy.scope TO DEFAULT"] {
        let mut session = wall.armed().await;
        session.run(reset).await.expect("it is its own setting");
        assert_eq!(session.count("invoices").await, Err(NO_SCOPE.to_owned()), "{reset}");
    }
    let mut session = wall.session().await;
    session.run("DISCARD ALL").await.expect("it is its own session");
    assert_eq!(session.count("invoices").await, Err(NO_SCOPE.to_owned()));
    // An error, not a way around.
    session.run("SET row_security = off").await.expect("it is its own setting");
    session.begin(&wall.token(A, Access::Read)).await;
    session.refused("SELECT * FROM invoices", "row-level security").await;
}

// attack: F19
#[tokio::test]
async fn a_setting_of_the_session_is_no_more_than_a_setting() {
    let wall = Wall::built().await;
    let mut session = wall.session().await;
    session.run(&format!("SET tenancy.scope = '{B}|rw'")).await.expect("it is its own setting");
    assert_eq!(session.count("invoices").await, Err(REFUSED.to_owned()));
    let alter = format!("ALTER ROLE \"{}\" SET tenancy.scope = '{B}|rw'", wall.options.app_role);
    // Only a superuser makes it a role's default; nothing would come of it either.
    assert_eq!(session.run(&alter).await, Err("permission denied to set parameter \"tenancy.scope\"".to_owned()));
    wall.db.psql(&alter);
    assert_eq!(wall.session().await.count("invoices").await, Err(REFUSED.to_owned()));
}

// attack: F22, F20
#[tokio::test]
async fn nothing_is_made_that_stands_before_a_tenant_table() {
    let wall = Wall::built().await;
    let mut session = wall.armed().await;
    session.refused("CREATE TEMPORARY TABLE invoices (id int)", DENIED).await;
    session.refused("CREATE TEMPORARY VIEW invoices AS SELECT 1", DENIED).await;
    session.refused("CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", DENIED).await;
    session.refused("CREATE TABLE public.mine (id int)", DENIED).await;
    session.refused("CREATE SCHEMA mine", DENIED).await;
    session.refused("CREATE TABLE billing.mine (id int)", DENIED).await;
}

// attack: H09, E31
#[tokio::test]
async fn privileges_that_row_level_security_does_not_see_are_not_held() {
    let wall = Wall::bare();
    // As a service without a wall would have it: everything.
    wall.db.psql(&format!(
        "CREATE ROLE \"{app}\" LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public, billing TO \"{app}\", PUBLIC;
         GRANT ALL ON SCHEMA public, billing TO \"{app}\", PUBLIC",
        app = wall.options.app_role
    ));
    wall.build(&wall.options).await;
    let mut session = wall.armed().await;
    for table in TENANT {
        session.refused(&format!("TRUNCATE {table}"), DENIED).await;
        let trigger = format!(
            "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        );
        session.refused(&trigger, DENIED).await;
        let held = format!("has_table_privilege('{table}', 'REFERENCES') OR has_table_privilege('{table}', 'UPDATE')");
        assert_eq!(session.ask(&held).await, Ok("false".to_owned()), "{table}");
    }
    assert_eq!(session.ask("has_table_privilege('currencies', 'TRUNCATE')").await, Ok("false".to_owned()));
    session.refused("CREATE TABLE public.mine (id int)", DENIED).await;
}

// attack: E17, E18
#[tokio::test]
async fn a_row_never_changes_its_organization() {
    let wall = Wall::built().await;
    let mut session = wall.armed().await;
    for table in ["invoices", "invoice_lines", "blobs", "texts"] {
        session.refused(&format!("UPDATE {table} SET org_id = org_id"), DENIED).await;
    }
    session.refused("UPDATE billing.parties SET \"Company\" = \"Company\"", DENIED).await;
    session.attempt("UPDATE billing.parties SET name = 'mine'").await.expect("other columns change");
    session.attempt("SELECT * FROM invoices FOR UPDATE").await.expect("rows can be locked");
}

// attack: E21, E15
#[tokio::test]
async fn rows_of_another_organization_are_not_changed() {
    let wall = Wall::built().await;
    let mut session = wall.armed().await;
    for write in
        ["UPDATE invoices SET cents = 1", "DELETE FROM invoice_lines", "DELETE FROM blobs", "DELETE FROM texts"]
    {
        session.run(write).await.unwrap_or_else(|why| panic!("{write}: {why}"));
    }
    session.run("COMMIT").await.expect("it ends");
    let left = "SELECT (SELECT cents FROM invoices WHERE id = 102), (SELECT count(*) FROM invoice_lines), \
                (SELECT id FROM blobs), (SELECT id FROM texts)";
    assert_eq!(wall.db.psql(left), "10200|1|102|102");
}

// attack: E31, E32
#[tokio::test]
async fn a_row_of_another_organization_is_no_parent() {
    let wall = Wall::built().await;
    let mut session = wall.armed().await;
    // 102 is B's: the composite key says the same of it as of one that does not exist.
    let line = |invoice: i32| format!("INSERT INTO invoice_lines VALUES ('{A}', 7, {invoice})");
    session.refused(&line(102), "invoice_lines_invoice_id_tenancy_fkey").await;
    session.attempt(&line(101)).await.expect("its own parent is taken");
}

// attack: H26, H01
#[tokio::test]
async fn a_partition_that_is_named_directly_shows_nothing() {
    let wall = Wall::bare();
    wall.db.psql(&format!(
        "DROP TABLE blobs;
         CREATE TABLE blobs (id int, org_id bytea NOT NULL, PRIMARY KEY (org_id, id)) PARTITION BY HASH (org_id);
         CREATE TABLE blobs_0 PARTITION OF blobs FOR VALUES WITH (MODULUS 1, REMAINDER 0);
         INSERT INTO blobs VALUES (1, uuid_send('{A}')), (2, uuid_send('{B}'));
         CREATE ROLE \"{app}\" LOGIN; GRANT ALL ON blobs_0 TO \"{app}\"",
        app = wall.options.app_role
    ));
    wall.build(&wall.options).await;
    assert!(wall.diff(&wall.options).await.is_empty());
    let mut session = wall.armed().await;
    assert_eq!(session.count("blobs").await, Ok("1".to_owned()));
    session.refused("SELECT * FROM blobs_0", DENIED).await;
    wall.db.psql(&format!("GRANT SELECT ON blobs_0 TO \"{}\"", wall.options.app_role));
    assert_eq!(session.count("blobs_0").await, Ok("0".to_owned()), "and a grant alone does not open it");
}

/// What PostgreSQL does not let us take away, as `docs/limits.md` says it; and what a superuser may.
// attack: F20
#[tokio::test]
async fn what_a_role_may_do_to_its_own_sessions_is_said() {
    let wall = Wall::built().await;
    let app = &wall.options.app_role;
    let advice =
        |plan: &tenancy_rls::Plan, what: &str| plan.advice.iter().find(|advice| advice.id.starts_with(what)).cloned();
    // DELETE is a privilege of the whole table, and a role that holds it may lock the table against every other role.
    let mut session = wall.armed().await;
    for table in TENANT {
        session.attempt(&format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")).await.expect("DELETE is enough");
    }
    for table in ["currencies", "operators", "tenancy.key"] {
        session.refused(&format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"), DENIED).await;
    }
    wall.db.psql(&format!("REVOKE DELETE ON invoices FROM \"{app}\""));
    // From PostgreSQL 16 on INSERT gives the weaker locks.
    session.refused("LOCK TABLE invoices IN SHARE MODE", DENIED).await;
    wall.db.psql(&format!("GRANT DELETE ON invoices TO \"{app}\""));
    // Its defaults are its own to set, the wall's setting and a superuser's are not. The plan names them, and how to be rid of them.
    let set = |setting: &str| format!("ALTER ROLE \"{app}\" SET {setting}");
    session.attempt(&set("tenancy.scope = 'x'")).await.expect_err("the wall's");
    session.attempt(&set("session_replication_role = replica")).await.expect_err("a superuser's");
    session.run(&set("statement_timeout = '1ms'")).await.expect("its own");
    session.run("COMMIT").await.expect("for good");
    let said = advice(&wall.diff(&wall.options).await, "role-settings").expect("it is said");
    assert!(said.reason.contains("statement_timeout"), "{}", said.reason);
    wall.db.psql(&said.sql.join(";"));
    assert_eq!(advice(&wall.diff(&wall.options).await, "role-settings"), None);
    // It may end its other sessions, until a superuser takes that from everybody.
    let mut other = wall.session().await;
    let pid = other.ask("pg_backend_pid()").await.expect("a session");
    let mut session = wall.session().await;
    assert_eq!(session.ask(&format!("pg_terminate_backend({pid}, 5000)")).await, Ok("true".to_owned()));
    other.ask("1").await.expect_err("it is over");
    let said = advice(&wall.diff(&wall.options).await, "signals").expect("it is said");
    wall.db.psql(&said.sql.join(";"));
    for signal in ["pg_terminate_backend(pg_backend_pid())", "pg_cancel_backend(pg_backend_pid())"] {
        assert!(session.ask(signal).await.is_err_and(|why| why.contains(DENIED)), "{signal}");
    }
    assert_eq!(advice(&wall.diff(&wall.options).await, "signals"), None);
}

/// What the catalog tells every role about all organizations' rows: how many an index holds, and so how many meet its predicate. In
/// `docs/limits.md`; without the predicate it is the number of rows.
// attack: H27
#[tokio::test]
async fn a_partial_index_counts_everybodys_rows_as_limits_says() {
    let wall = Wall::built().await;
    wall.db.psql("CREATE INDEX flagged ON texts (org_id) WHERE id > 1000000; CREATE INDEX whole ON texts (org_id, id)");
    wall.db.psql("VACUUM ANALYZE texts");
    let mut session = wall.session().await;
    let held = |index: &str| format!("(SELECT reltuples::int::text FROM pg_class WHERE relname = '{index}')");
    let rows = wall.db.psql("SELECT count(*) FROM texts");
    assert_eq!(session.ask(&held("flagged")).await, Ok("0".to_owned()));
    assert_eq!(session.ask(&held("whole")).await, Ok(rows.clone()));
    wall.db.psql(&format!("INSERT INTO texts VALUES (1000001, '{B}')"));
    wall.db.psql("VACUUM ANALYZE texts");
    assert_eq!(session.ask(&held("flagged")).await, Ok("1".to_owned()));
    // The version of a row, and never what is in it.
    assert!(session.ask("currtid2('texts', '(0,1)')::text").await.is_ok());
}
