//! Foreign keys and the rows that were there before them.

use crate::wall::{A, B, Wall, manifest};
use tenancy_rls::{Advice, live};

const KEY: &str = "invoice_lines_invoice_id_tenancy_fkey";

/// Whether PostgreSQL holds the composite key to be true of every row.
fn validated(wall: &Wall) -> String {
    wall.db.psql(&format!("SELECT DISTINCT convalidated FROM pg_constraint WHERE conname = '{KEY}'"))
}

fn left_to_validate(left: &[Advice]) -> Vec<&Advice> {
    left.iter().filter(|advice| advice.id.starts_with("foreign-key-validate")).collect()
}

// attack: E31
#[tokio::test]
async fn a_new_foreign_key_is_validated_when_every_row_holds() {
    let wall = Wall::bare();
    let plan = wall.diff(&wall.options).await;
    assert_eq!(plan.validations.len(), 1, "{:?}", plan.validations);
    let left = live::apply(&mut wall.admin().await, &plan, |_| {}).await.expect("it is applied");
    assert_eq!((validated(&wall).as_str(), left_to_validate(&left)), ("t", vec![]));
    assert!(wall.diff(&wall.options).await.validations.is_empty(), "and is not looked at again");
}

/// PostgreSQL validates a key with the rights of the connected role. The owner of a table with forced row-level security sees no
/// row, and a row that is not seen is held to be good: without lifting FORCE this key would be called valid.
// attack: E31
#[tokio::test]
async fn mixed_rows_are_seen_by_an_owner_whom_row_level_security_holds() {
    let wall = Wall::bare();
    wall.db.psql(&format!("UPDATE invoice_lines SET invoice_id = 102 WHERE org_id = '{A}'"));
    let migrator = wall.hand_to_migrator();
    let mut conn = migrator.connect().await;
    for run in ["the first run", "the next one"] {
        let plan = live::diff(&mut conn, &manifest(), &wall.options).await.expect("the catalogue is read");
        let left = live::apply(&mut conn, &plan, |_| {}).await.expect("the wall is built all the same");
        assert_eq!(validated(&wall), "f", "{run}");
        let [advice] = left_to_validate(&left)[..] else { panic!("{run}: {left:?}") };
        assert!(advice.reason.contains("another organization"), "{}", advice.reason);
        assert!(advice.sql[0].contains("NOT EXISTS") && advice.sql[1].contains("NO FORCE"), "{:?}", advice.sql);
        let again = live::diff(&mut conn, &manifest(), &wall.options).await.expect("the catalogue is read");
        assert!(again.is_empty(), "a validation that waits is no step: {:?}", again.steps);
    }
    // What the advice says is what helps.
    let plan = live::diff(&mut conn, &manifest(), &wall.options).await.expect("the catalogue is read");
    let broken = &plan.validations[0].broken;
    assert_eq!(wall.db.psql(&format!("SELECT org_id, invoice_id FROM ({broken}) q")), format!("{A}|102"));
    wall.db.psql(&format!("UPDATE invoice_lines SET invoice_id = 101 WHERE org_id = '{A}'"));
    let left = live::apply(&mut conn, &plan, |_| {}).await.expect("it is applied");
    assert_eq!((validated(&wall).as_str(), left_to_validate(&left)), ("t", vec![]));
    let forced = "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname IN ('invoices', 'invoice_lines')";
    assert_eq!(wall.db.psql(forced), "t", "FORCE is back");
}

/// A partitioned table takes no foreign key that is not valid from the start.
#[tokio::test]
async fn a_partitioned_child_gets_its_key_with_its_rows() {
    for (row, holds) in [(A, true), (B, false)] {
        let wall = Wall::bare();
        wall.db.psql(&format!(
            "DROP TABLE invoice_lines;
             CREATE TABLE invoice_lines (org_id uuid NOT NULL, id int, invoice_id int NOT NULL, PRIMARY KEY (org_id, id))
                PARTITION BY HASH (org_id);
             CREATE TABLE lines_0 PARTITION OF invoice_lines FOR VALUES WITH (MODULUS 1, REMAINDER 0);
             INSERT INTO invoice_lines VALUES ('{row}', 1, 101)"
        ));
        let migrator = wall.hand_to_migrator();
        let mut conn = migrator.connect().await;
        let plan = live::diff(&mut conn, &manifest(), &wall.options).await.expect("the catalogue is read");
        let left = live::apply(&mut conn, &plan, |_| {}).await.expect("it is applied");
        assert_eq!(validated(&wall), if holds { "t" } else { "" });
        assert_eq!(left_to_validate(&left).is_empty(), holds, "{left:?}");
        let again = live::diff(&mut conn, &manifest(), &wall.options).await.expect("the catalogue is read");
        assert!(again.is_empty(), "{:?}", again.steps);
    }
}
