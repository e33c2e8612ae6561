//! `tenancy gateway`, as a person and as CI would use it.

use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tenancy_test_support::pg::Database;

fn command(database: &Database, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
    command.args(line.split(' ')).env("DATABASE_URL", database.url());
    command
}

/// The exit code, and what was printed on standard output and on standard error.
fn run(database: &Database, line: &str) -> (Option<i32>, String, String) {
    said(command(database, line).output().expect("it runs"))
}

fn said(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).expect("it is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn start(database: &Database, line: &str) -> Child {
    let mut command = command(database, line);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
}

#[test]
fn tables_are_checked_migrated_and_up_to_date() {
    let database = Database::create();
    let (code, out, _) = run(&database, "gateway migrate --check");
    assert!(
        code == Some(1) && out.contains("the gateway's tables are missing: run `tenancy gateway migrate`"),
        "{out}"
    );
    let (code, out, _) = run(&database, "gateway migrate --print");
    assert!(code == Some(0) && out.contains("CREATE TABLE IF NOT EXISTS gateway_users"), "{out}");
    assert_eq!(database.psql("SELECT to_regclass('gateway_users')"), "", "printing changes nothing");
    let (code, out, _) = run(&database, "gateway migrate");
    assert!(code == Some(0) && out.contains("applied migration 1 `tables`"), "{out}");
    let (code, out, _) = run(&database, "gateway migrate --check --format json");
    let json: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(
        (code, &json["pending"], &json["applied"][0]["name"]),
        (Some(0), &serde_json::json!([]), &"tables".into())
    );
    let (code, out, _) = run(&database, "gateway migrate");
    assert!(code == Some(0) && out.contains("nothing to do"), "{out}");
    database.psql("INSERT INTO gateway_migrations VALUES (7, 'later', 'x', 0)");
    for line in ["gateway migrate", "gateway migrate --check"] {
        let (code, _, why) = run(&database, line);
        assert!(code == Some(2) && why.contains("migration 7 `later`, which this program does not know"), "{why}");
    }
}

#[test]
fn a_printed_migration_is_one_that_psql_takes() {
    let printed = Command::new(env!("CARGO_BIN_EXE_tenancy"))
        .args(["gateway", "migrate", "--print"])
        .env_remove("DATABASE_URL")
        .output()
        .expect("it runs");
    let (code, script, why) = said(printed);
    assert_eq!(code, Some(0), "{why}");
    let database = Database::create();
    database.psql_script(&script).expect("it runs");
    assert_eq!(run(&database, "gateway migrate --check").0, Some(0));
}

#[test]
fn two_runs_at_once_migrate_once() {
    let database = Database::create();
    let runs = [(); 2].map(|()| start(&database, "gateway migrate --format json"));
    let applied = runs.map(|run| {
        let (code, out, why) = said(run.wait_with_output().expect("it ends"));
        assert_eq!(code, Some(0), "{why}");
        let json: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
        json["applied"].as_array().expect("a list").len()
    });
    assert_eq!(applied[0] + applied[1], 1);
    assert_eq!(database.psql("SELECT count(*) FROM gateway_migrations"), "1");
}

/// The run stands in the middle of its migration when it is killed: nothing of it remains, and the next one succeeds.
#[tokio::test]
async fn a_killed_run_leaves_nothing_behind() {
    let database = Database::create();
    let mut other = AsyncPgConnection::establish(database.url()).await.expect("a connection");
    // The migration waits where it makes the table of this name.
    other.batch_execute("BEGIN; CREATE TABLE gateway_memberships (id int)").await.expect("it is ours");
    let mut run = start(&database, "gateway migrate");
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND wait_event_type = 'Lock' AND query LIKE '%gateway_users%' AND pid <> pg_backend_pid()";
    until(&database, waiting, "1").await;
    run.kill().expect("it is ours");
    run.wait().expect("it ends");
    other.batch_execute("ROLLBACK").await.expect("it ends");
    drop(other);
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    until(&database, others, "0").await;
    let left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'gateway%'";
    assert_eq!(database.psql(left), "0");
    let (code, out, why) = self::run(&database, "gateway migrate");
    assert!(code == Some(0) && out.contains("applied migration 1 `tables`"), "{out}{why}");
}

/// Waits until a query answers this.
async fn until(database: &Database, query: &str, answer: &str) {
    for _ in 0..1200 {
        if database.psql(query) == answer {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("`{query}` does not answer {answer} within a minute");
}

#[test]
fn grants_are_printed_and_applied_to_a_role_that_they_limit() {
    let (database, role) = (Database::create(), format!("cli_gateway_{}", std::process::id()));
    let (code, out, _) = run(&database, &format!("gateway grants --role {role}"));
    assert!(code == Some(0) && out.contains(&format!("ON gateway_audit TO \"{role}\";")), "{out}");
    let apply = format!("gateway grants --role {role} --apply");
    let (code, _, why) = run(&database, &apply);
    assert!(code == Some(2) && why.contains("run `tenancy gateway migrate`"), "{why}");
    assert_eq!(run(&database, "gateway migrate").0, Some(0));
    let (code, _, why) = run(&database, &apply);
    assert!(code == Some(2) && why.contains("the role does not exist"), "{why}");
    database.psql(&format!("CREATE ROLE {role}; GRANT DELETE ON gateway_audit TO {role}"));
    let (code, out, why) = run(&database, &apply);
    assert!(code == Some(0) && out.contains("has the rights that it needs, and no more"), "{out}{why}");
    let rights = |table: &str, right: &str| {
        database.psql(&format!("SELECT has_table_privilege('{role}', '{table}', '{right}')")) == "t"
    };
    assert!(rights("gateway_logins", "INSERT") && !rights("gateway_audit", "DELETE"), "what it had beyond is taken");
    assert!(rights("gateway_migrations", "SELECT") && !rights("gateway_migrations", "INSERT"));
    let owner = database.psql("SELECT current_user");
    let (code, _, why) = run(&database, &format!("gateway grants --role {owner} --apply"));
    assert!(code == Some(2) && why.contains("a role of its own"), "{why}");
    database.psql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

/// What no REVOKE of the owner takes: the command says where each right comes from, and does not say that there is no more.
#[test]
fn rights_from_elsewhere_are_named() {
    let (database, role) = (Database::create(), format!("cli_more_{}", std::process::id()));
    let (group, other) = (format!("{role}_group"), format!("{role}_other"));
    assert_eq!(run(&database, "gateway migrate").0, Some(0));
    database.psql(&format!(
        "CREATE ROLE {role} NOINHERIT; CREATE ROLE {group}; CREATE ROLE {other}; GRANT {group} TO {role}"
    ));
    for epochs in ["", " --epochs"] {
        let apply = format!("gateway grants --role {role} --apply{epochs}");
        // Its own, which is taken.
        database.psql(&format!("GRANT ALL ON gateway_audit, gateway_sessions TO {role} WITH GRANT OPTION"));
        let (code, out, why) = run(&database, &apply);
        assert!(code == Some(0) && out.contains("and no more"), "{out}{why}");
        for (give, take, said) in [
            (
                "GRANT SELECT ON gateway_audit TO PUBLIC",
                "REVOKE SELECT ON gateway_audit FROM PUBLIC",
                "SELECT on `gateway_audit` from PUBLIC".to_owned(),
            ),
            (
                "GRANT UPDATE (slug) ON gateway_organizations TO GROUP_",
                "REVOKE ALL ON gateway_organizations FROM GROUP_",
                if epochs.is_empty() {
                    String::new()
                } else {
                    format!("UPDATE (`slug`) on `gateway_organizations` from its membership in `{group}`")
                },
            ),
            (
                "GRANT DELETE ON gateway_entries TO GROUP_",
                "REVOKE DELETE ON gateway_entries FROM GROUP_",
                format!("DELETE on `gateway_entries` from its membership in `{group}`"),
            ),
            (
                "GRANT TRIGGER ON gateway_users TO OTHER_ WITH GRANT OPTION; SET ROLE OTHER_; GRANT TRIGGER ON gateway_users TO ROLE_",
                "REVOKE ALL ON gateway_users FROM OTHER_ CASCADE",
                format!("TRIGGER on `gateway_users` from a grant by `{other}`"),
            ),
            (
                "GRANT USAGE ON SEQUENCE gateway_audit_id_seq TO ROLE_",
                "REVOKE ALL ON SEQUENCE gateway_audit_id_seq FROM ROLE_",
                "USAGE on `gateway_audit_id_seq` from a grant by".to_owned(),
            ),
        ] {
            let filled = |sql: &str| sql.replace("GROUP_", &group).replace("OTHER_", &other).replace("ROLE_", &role);
            database.psql(&filled(give));
            let (code, out, why) = run(&database, &apply);
            if said.is_empty() {
                assert_eq!(code, Some(0), "it needs that right: {why}");
            } else {
                assert!(code == Some(2) && why.contains(&said) && !out.contains("no more"), "{give}: {out}{why}");
            }
            database.psql(&filled(take));
        }
        assert_eq!(run(&database, &apply).0, Some(0));
    }
    database.psql(&format!("DROP OWNED BY {role}, {group}, {other}; DROP ROLE {role}, {group}, {other}"));
}

#[test]
fn a_role_that_no_grant_limits_is_rejected() {
    let (database, role) = (Database::create(), format!("cli_strong_{}", std::process::id()));
    assert_eq!(run(&database, "gateway migrate").0, Some(0));
    database.psql(&format!("CREATE ROLE {role}; CREATE ROLE {role}_group; GRANT {role}_group TO {role}"));
    let name = database.psql("SELECT current_database()");
    let owner = database.psql("SELECT current_user");
    for (give, take, said) in [
        ("ALTER ROLE ROLE_ SUPERUSER", "ALTER ROLE ROLE_ NOSUPERUSER", "it is a superuser"),
        ("ALTER ROLE ROLE_ CREATEROLE", "ALTER ROLE ROLE_ NOCREATEROLE", "it may create roles"),
        ("ALTER ROLE ROLE_ BYPASSRLS", "ALTER ROLE ROLE_ NOBYPASSRLS", "BYPASSRLS"),
        ("GRANT pg_read_all_data TO ROLE_", "REVOKE pg_read_all_data FROM ROLE_", "can act as `pg_read_all_data`"),
        (
            "GRANT pg_write_all_data TO ROLE__group",
            "REVOKE pg_write_all_data FROM ROLE__group",
            "can act as `pg_write_all_data`",
        ),
        ("GRANT OWNER_ TO ROLE_", "REVOKE OWNER_ FROM ROLE_", "owns the gateway's tables"),
        (
            "ALTER DATABASE NAME_ OWNER TO ROLE__group",
            "ALTER DATABASE NAME_ OWNER TO OWNER_",
            "which owns the database",
        ),
    ] {
        let filled = |sql: &str| sql.replace("ROLE_", &role).replace("OWNER_", &owner).replace("NAME_", &name);
        database.psql(&filled(give));
        for epochs in ["", " --epochs"] {
            let (code, _, why) = run(&database, &format!("gateway grants --role {role} --apply{epochs}"));
            assert!(code == Some(2) && why.contains(said), "{give}: {why}");
        }
        database.psql(&filled(take));
    }
    let audit = database.psql(&format!("SELECT has_any_column_privilege('{role}', 'gateway_audit', 'INSERT')"));
    assert_eq!(audit, "f", "nothing was granted");
    let (code, _, why) = run(&database, "gateway grants --role public");
    assert!(code == Some(2) && why.contains("`public` and `none` name no role"), "{why}");
    database.psql(&format!("DROP OWNED BY {role}, {role}_group; DROP ROLE {role}, {role}_group"));
}
