//! The surface on a Citus cluster, behind the wall that is planned for it. **Optional, and not run by us**: no Citus server
//! is to be had from a package registry.
//!
//! `TENANCY_CITUS_URL` names a *scratch* database of a coordinator, as a superuser whose roles may connect to the workers.
//! Nothing that is there is dropped: the test refuses to begin where one of its tables exists, and takes its own away when
//! it passes. Without the variable the test says so and passes. What can be run without a cluster is: the same tables,
//! wall, scope and statements on plain PostgreSQL, so that only the distribution itself is untried.
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "sets a server up, and asks it for its plans")]

use super::partitioned::{rows, tables};
use super::{A, Statement};
use crate::surface::billing;
use crate::surface::support::pg::Database;
use diesel::result::{DatabaseErrorKind, Error};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use tenancy_rls::{Level, Options, Plan, Target, live};

/// Deletes an invoice with lines, which the wall's foreign key holds back; the surface's own tables have none there.
const REFERRED_TO: &str = "deletes: find returning";

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
    line: String,
}

/// Tables, rows and the wall; spread over the nodes where there are some.
async fn build(conn: &mut AsyncPgConnection, options: &Options, cluster: bool) {
    conn.batch_execute("CREATE SCHEMA main").await.expect("a scratch database");
    for statement in tables("") {
        conn.batch_execute(&statement).await.expect("a table");
        // Each at once: a table that others refer to is distributed before they are there.
        let Some(table) = statement.strip_prefix("CREATE TABLE ").filter(|_| cluster) else { continue };
        let table = table.split(' ').next().expect("a name");
        let spread = match (statement.contains("org_id"), statement.contains("org_id uuid")) {
            (true, true) => format!("SELECT create_distributed_table('{table}', 'org_id', colocate_with => 'default')"),
            // Another type of organization is another group: `tenancy rls ready` says so of this table.
            (true, false) => format!("SELECT create_distributed_table('{table}', 'org_id', colocate_with => 'none')"),
            (false, _) => format!("SELECT create_reference_table('{table}')"),
        };
        conn.batch_execute(&spread).await.expect("a distributed table");
    }
    for rows in rows() {
        conn.batch_execute(&rows).await.expect("rows");
    }
    let plan = Plan::for_manifest(&billing::schema_manifest(), options).expect("a plan");
    live::apply(conn, &plan, |_| {}).await.expect("the wall");
}

/// Runs each statement as the service's role, and takes it back.
async fn run(conn: &mut AsyncPgConnection, options: &Options, cluster: bool) -> usize {
    // The wall stands: without a scope the role reads nothing.
    let bare = format!("BEGIN; SET LOCAL ROLE {}; SELECT * FROM invoices", options.app_role);
    let refused = conn.batch_execute(&bare).await.expect_err("no scope").to_string();
    assert!(refused.contains("no organization scope"), "{refused}");
    conn.batch_execute("ROLLBACK").await.expect("taken back");
    let mut ran = 0;
    for statement in Statement::all().iter().filter(|statement| statement.excepted().is_none()) {
        let begin = format!(
            "BEGIN; SET LOCAL citus.propagate_set_commands = 'local'; SET LOCAL ROLE {}; \
             SET LOCAL tenancy.scope = '{A}|rw'; PREPARE seen AS {}",
            options.app_role, statement.sql
        );
        let failed = |why: Error| -> String { format!("{}: {why}: {}", statement.name, statement.sql) };
        conn.batch_execute(&begin).await.map_err(failed).expect("a scope");
        let execute = format!("EXECUTE seen{}", statement.values());
        if cluster {
            let plan = diesel::sql_query(format!("EXPLAIN (COSTS OFF) {execute}")).load::<Line>(conn).await;
            let plan = plan.map_err(failed).expect("a plan").into_iter().map(|plan| plan.line).collect::<Vec<_>>();
            assert!(plan.iter().any(|line| line.trim() == "Task Count: 1"), "{}: {plan:#?}", statement.name);
        }
        match conn.batch_execute(&execute).await {
            Err(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) if REFERRED_TO == statement.name => {}
            answer => answer.map_err(failed).expect("an answer"),
        }
        conn.batch_execute("ROLLBACK; DEALLOCATE ALL").await.expect("taken back");
        ran += 1;
    }
    ran
}

async fn built_and_run(url: &str, cluster: bool) -> usize {
    let options = Options::new("tenancy_surface_app").owner_role("tenancy_surface_owner");
    let options = options.target(Target::Citus).level(Level::Unsealed);
    let mut conn = AsyncPgConnection::establish(url).await.expect("TENANCY_CITUS_URL names a database");
    build(&mut conn, &options, cluster).await;
    let ran = run(&mut conn, &options, cluster).await;
    let (app, owner) = (&options.app_role, &options.owner_role);
    for statement in [
        "DROP SCHEMA main, tenancy CASCADE".to_owned(),
        "DROP TABLE invoices, customers, lines, notes, currencies CASCADE".to_owned(),
        format!("DROP OWNED BY {app}, {owner} CASCADE"),
        format!("DROP ROLE {app}, {owner}"),
    ] {
        conn.batch_execute(&statement).await.expect("taken away");
    }
    ran
}

/// All but the distribution: the portable wall lets every statement of the surface through, in its own organization.
#[tokio::test(flavor = "multi_thread")]
async fn the_surface_runs_behind_the_wall_that_is_planned_for_citus() {
    let database = Database::create();
    let ran = built_and_run(database.url(), false).await;
    assert!(ran > 100, "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_surface_runs_on_a_citus_cluster_where_one_is_named() {
    match std::env::var("TENANCY_CITUS_URL") {
        Ok(url) if !url.is_empty() => println!("{} statements, one task each", built_and_run(&url, true).await),
        _ => println!("not run: TENANCY_CITUS_URL names no Citus server (this job is optional)"),
    }
}
