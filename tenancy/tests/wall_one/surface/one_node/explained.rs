//! The server itself says which partitions a statement reads and writes: one of each organization table, A's.
//!
//! Two looks at each statement of the surface: the custom plan for its values (EXPLAIN), and the counters of what its run
//! touched, which include the partitions that new rows and foreign keys' checks went to.

use super::partitioned::{Partitioned, Touched};
use super::{A, NOT_DISTRIBUTED, Statement};
use crate::surface::{billing, router};
use std::collections::{BTreeMap, BTreeSet};

/// Statements that touch nothing, each with the reason.
const TOUCHES_NOTHING: [(&str, &str); 1] = [("inserts: no rows", "INSERT of no rows selects WHERE 1 = 0")];

/// The organization tables of a statement that does not meet A's partition and no other.
fn astray(statement: &Statement, touched: &Touched, own: &BTreeMap<String, String>) -> Vec<String> {
    let nothing = TOUCHES_NOTHING.iter().any(|(name, _)| *name == statement.name);
    let carries = router::values::carries_as_shown(&statement.binds, A);
    let named: BTreeSet<String> = match router::check(&statement.sql, &carries, &billing::schema_manifest()) {
        Ok(tables) => tables.into_iter().collect(),
        // For statements that are shown to fail: whatever was touched.
        Err(_) => touched.keys().cloned().collect(),
    };
    let wrong = own.iter().filter(|(table, partition)| match touched.get(*table) {
        Some(partitions) => nothing || partitions.len() != 1 || !partitions.contains(*partition),
        None => named.contains(*table) && !nothing,
    });
    wrong.map(|(table, _)| table.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_of_the_surface_touches_one_partition_of_each_table() {
    let mut server = Partitioned::open().await;
    let own = server.own().await;
    let (mut statements, mut partitions) = (0, 0);
    for statement in Statement::all().iter().filter(|statement| statement.excepted().is_none()) {
        let seen =
            server.see(statement).await.unwrap_or_else(|why| panic!("{}: {why}: {}", statement.name, statement.sql));
        let astray = astray(statement, &seen.touched, &own);
        let told = || format!("{}: {astray:?}\n{}\n{:?}\n{}", statement.name, statement.sql, seen.touched, seen.plan);
        assert!(astray.is_empty(), "{}", told());
        statements += 1;
        partitions += seen.touched.len();
    }
    println!("{statements} statements, {partitions} tables in them, one partition of each");
    assert!(statements > 100, "{statements}");
}

/// The look finds what reaches further than one organization's partition.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_of_several_partitions_is_found_out() {
    let mut server = Partitioned::open().await;
    let own = server.own().await;
    let scoped = |table| format!("(SELECT * FROM {table} AS t WHERE t.org_id = $1) AS {table}");
    let (invoices, customers) = (scoped("invoices"), scoped("customers"));
    for sql in [
        "SELECT * FROM invoices WHERE number = 1 AND $1::uuid IS NOT NULL".to_owned(),
        "SELECT * FROM invoices WHERE org_id = $1 OR number = 1".to_owned(),
        "SELECT * FROM invoices LEFT JOIN customers ON invoices.org_id = $1 AND customers.org_id = $1".to_owned(),
        format!("SELECT * FROM {invoices} JOIN customers ON customers.id = customer_id"),
        format!("SELECT * FROM {invoices} WHERE EXISTS (SELECT 1 FROM lines WHERE invoice_id = invoices.id)"),
        format!("SELECT id FROM {customers} UNION SELECT id FROM invoices"),
        format!("WITH every AS MATERIALIZED (SELECT * FROM invoices) SELECT * FROM {customers} JOIN every USING (id)"),
        "SELECT * FROM invoices WHERE org_id IN ($1, '00000000-0000-0000-0000-00000000000b')".to_owned(),
        "SELECT * FROM invoices WHERE org_id = '00000000-0000-0000-0000-00000000000b' AND $1::uuid IS NOT NULL"
            .to_owned(),
        "UPDATE invoices SET amount = 1 WHERE number = 1 AND $1::uuid IS NOT NULL".to_owned(),
        "DELETE FROM lines WHERE position = 1 AND $1::uuid IS NOT NULL".to_owned(),
        "INSERT INTO customers (org_id, id, name) SELECT o, 90, 'x' FROM unnest(ARRAY[$1::uuid, \
         '00000000-0000-0000-0000-00000000000b']) AS o"
            .to_owned(),
    ] {
        let statement = Statement { name: "planted".to_owned(), sql, binds: "[organization of the scope]".to_owned() };
        let seen = server.see(&statement).await.unwrap_or_else(|why| panic!("{why}: {}", statement.sql));
        let astray = astray(&statement, &seen.touched, &own);
        assert!(!astray.is_empty(), "{}\n{:?}\n{}", statement.sql, seen.touched, seen.plan);
    }
}

/// What is excepted is excepted for the reason that is given.
#[tokio::test(flavor = "multi_thread")]
async fn the_exceptions_are_what_they_are_said_to_be() {
    let mut server = Partitioned::open().await;
    let all = Statement::all();
    for (name, why) in NOT_DISTRIBUTED {
        let statement = all.iter().find(|statement| statement.name == name).expect("an exception is a statement");
        match server.see(statement).await {
            Err(error) => {
                assert!(
                    error.to_string().contains("no unique or exclusion constraint matching"),
                    "{name} ({why}): {error}"
                );
            }
            Ok(seen) => {
                // Two organizations at once: the planner sees that there are none.
                assert!(
                    name.ends_with("another organization") && seen.touched.is_empty(),
                    "{name}: {:?}",
                    seen.touched
                );
            }
        }
    }
}

/// A volatile function in a write gives another value on each node, so Citus refuses it.
#[tokio::test(flavor = "multi_thread")]
async fn no_write_of_the_surface_calls_a_volatile_function() {
    let mut server = Partitioned::open().await;
    let mut called = BTreeSet::new();
    for statement in Statement::all() {
        called.extend(router::functions_of_a_write(&statement.sql).expect("it is a statement"));
    }
    assert!(called.contains("max"), "{called:?}");
    assert_eq!(server.volatile(&called).await, [""; 0]);
    called.extend(["random".to_owned(), "clock_timestamp".to_owned()]);
    assert_eq!(server.volatile(&called).await, ["clock_timestamp", "random"]);
}
