//! Foreign keys come from the database: whatever the declaration leaves out, a row's parent is of its own organization.

use crate::support::walled::Walled;
use crate::wall::{A, B, Session};
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use std::time::Duration;
use tenancy::OrgId;
use tenancy::db::seal::{Access, Sealer};
use tenancy::schema::Manifest;
use tenancy_rls::Plan;

mod schema {
    tenancy::schema! {
        diesel::table! { accounts (id) { id -> Integer, org_id -> Uuid, number -> Text, } }
        diesel::table! { transfers (id) { id -> Integer, org_id -> Uuid, source -> Integer, target -> Integer, note -> Nullable<Text>, } }
        diesel::table! { ledger.staff (id) { id -> Integer, org_id -> Uuid, boss -> Nullable<Integer>, account -> Nullable<Integer>, } }
        diesel::table! { periods (year, month) { org_id -> Uuid, year -> Integer, month -> Integer, } }
        diesel::table! { postings (id) { id -> Integer, org_id -> Uuid, year -> Nullable<Integer>, month -> Nullable<Integer>, } }
        diesel::table! { events (org_id, id) { org_id -> Uuid, id -> Integer, account -> Integer, } }
        diesel::allow_tables_to_appear_in_same_query!(accounts, transfers, staff, periods, postings, events);
    }
}

/// Two keys to one parent, a key to a unique column, one to another schema, one to its own table, one of two columns, one of a
/// partition alone; deferrable or not, with each action. `diesel print-schema` writes no `joinable!` for most of them.
const TABLES: &str = "
    CREATE SCHEMA ledger;
    CREATE TABLE accounts (id int PRIMARY KEY, org_id uuid NOT NULL, number text NOT NULL UNIQUE);
    CREATE TABLE transfers (id int PRIMARY KEY, org_id uuid NOT NULL,
        source int NOT NULL REFERENCES accounts ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        target int NOT NULL REFERENCES accounts ON DELETE RESTRICT DEFERRABLE,
        note text REFERENCES accounts (number) ON UPDATE CASCADE ON DELETE SET NULL);
    CREATE TABLE ledger.staff (id int PRIMARY KEY, org_id uuid NOT NULL, boss int REFERENCES ledger.staff ON DELETE SET NULL,
        account int REFERENCES accounts ON DELETE SET DEFAULT);
    CREATE TABLE periods (org_id uuid NOT NULL, year int, month int, PRIMARY KEY (year, month));
    CREATE TABLE postings (id int PRIMARY KEY, org_id uuid NOT NULL, year int, month int,
        FOREIGN KEY (year, month) REFERENCES periods MATCH FULL);
    CREATE TABLE events (org_id uuid NOT NULL, id int, account int NOT NULL, PRIMARY KEY (org_id, id)) PARTITION BY HASH (org_id);
    CREATE TABLE ledger.events_0 PARTITION OF events FOR VALUES WITH (MODULUS 1, REMAINDER 0);
    ALTER TABLE ledger.events_0 ADD CONSTRAINT events_0_account FOREIGN KEY (account) REFERENCES accounts;
";

fn rows() -> String {
    let each = |id: i32, org: &str| {
        format!(
            "INSERT INTO accounts VALUES ({id}, '{org}', 'n{id}'), ({id}0, '{org}', 'n{id}0');
             INSERT INTO ledger.staff VALUES ({id}, '{org}', NULL, {id});
             INSERT INTO periods VALUES ('{org}', {id}, 1);
             INSERT INTO postings VALUES ({id}, '{org}', NULL, NULL);
             INSERT INTO events VALUES ('{org}', 1, {id});
             INSERT INTO transfers VALUES ({id}, '{org}', {id}, {id}0, 'n{id}');"
        )
    };
    each(1, A) + &each(2, B)
}

fn manifest() -> Manifest {
    schema::schema_manifest()
}

async fn session(wall: &Walled, org: &str) -> Session {
    let mut session = Session(AsyncPgConnection::establish(&wall.app_url()).await.expect("the server answers"));
    let org: OrgId = org.parse().expect("a UUID");
    let token = Sealer::new(&wall.key).seal(org, Access::ReadWrite, &wall.name, Duration::from_secs(60));
    session.begin(token.expect("it is sealed").expose()).await;
    session.run("SET CONSTRAINTS ALL IMMEDIATE").await.expect("what is checked is checked at once");
    session
}

fn lacking(plan: &Plan) -> Vec<&str> {
    plan.advice.iter().filter(|advice| advice.lacking).map(|advice| advice.id.as_str()).collect()
}

// attack: E31
#[tokio::test]
async fn no_row_names_another_organizations_parent_whatever_is_declared() {
    let wall = Walled::built(manifest(), &[TABLES, &rows()]).await;
    let plan = wall.diff(&wall.options).await;
    assert!(plan.is_whole(), "{:?} {:?} {:?}", plan.steps, plan.validations, lacking(&plan));
    let mut session = session(&wall, B).await;
    // Each names a row of A, whose organization is not B's; then the same with a row of B's own.
    for (write, theirs, own) in [
        (format!("INSERT INTO transfers VALUES (9, '{B}', PARENT, 20, NULL)"), "1", "2"),
        (format!("INSERT INTO transfers VALUES (9, '{B}', 2, PARENT, NULL)"), "1", "20"),
        (format!("INSERT INTO transfers VALUES (9, '{B}', 2, 20, PARENT)"), "'n1'", "'n2'"),
        ("UPDATE transfers SET target = PARENT".to_owned(), "1", "20"),
        (format!("INSERT INTO ledger.staff VALUES (9, '{B}', PARENT, NULL)"), "1", "2"),
        (format!("INSERT INTO ledger.staff VALUES (9, '{B}', NULL, PARENT)"), "1", "2"),
        (format!("INSERT INTO postings VALUES (9, '{B}', PARENT, 1)"), "1", "2"),
        (format!("INSERT INTO events VALUES ('{B}', 9, PARENT)"), "1", "2"),
    ] {
        session.refused(&write.replace("PARENT", theirs), "violates foreign key constraint").await;
        session.attempt(&write.replace("PARENT", own)).await.unwrap_or_else(|why| panic!("{write}: {why}"));
    }
}

/// Old rows are looked at, and those that hold are no obstacle.
// attack: E31
#[tokio::test]
async fn rows_that_were_mixed_before_fail_the_check() {
    let wall = Walled::bare(manifest(), &[TABLES, &rows()]);
    wall.db.psql("UPDATE transfers SET target = 1 WHERE id = 2");
    wall.build(&wall.options).await;
    let plan = wall.diff(&wall.options).await;
    let left: Vec<_> = plan.validations.iter().map(|look| look.id.as_str()).collect();
    assert_eq!(left, ["foreign-key-validate public.transfers transfers_target_tenancy_fkey"]);
    assert!(plan.is_empty() && !plan.is_whole());
    assert_eq!(wall.db.psql(&format!("SELECT id FROM ({}) q", plan.validations[0].broken)), "2");
    wall.db.psql("UPDATE transfers SET target = 20 WHERE id = 2");
    wall.apply(&plan).await;
    assert!(wall.diff(&wall.options).await.is_whole());
}

#[tokio::test]
async fn actions_and_deferral_are_those_of_the_key_beside() {
    let wall = Walled::built(manifest(), &[TABLES, &rows()]).await;
    let keys = "SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE contype = 'f' AND conname LIKE '%tenancy_fkey' AND conparentid = 0 ORDER BY 1";
    let expected = [
        "ledger.events_0: FOREIGN KEY (org_id, account) REFERENCES accounts(org_id, id)",
        "ledger.staff: FOREIGN KEY (org_id, account) REFERENCES accounts(org_id, id) ON DELETE SET DEFAULT (account)",
        "ledger.staff: FOREIGN KEY (org_id, boss) REFERENCES ledger.staff(org_id, id) ON DELETE SET NULL (boss)",
        "postings: FOREIGN KEY (org_id, month, year) REFERENCES periods(org_id, month, year)",
        "transfers: FOREIGN KEY (org_id, note) REFERENCES accounts(org_id, number) ON UPDATE CASCADE ON DELETE SET NULL (note)",
        "transfers: FOREIGN KEY (org_id, source) REFERENCES accounts(org_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        "transfers: FOREIGN KEY (org_id, target) REFERENCES accounts(org_id, id) ON DELETE RESTRICT DEFERRABLE",
    ];
    assert_eq!(wall.db.psql(keys).lines().collect::<Vec<_>>(), expected);
    // As the service's role, without the keys of one column: the composite ones do what those did.
    wall.db.psql(
        "ALTER TABLE ledger.staff DROP CONSTRAINT staff_boss_fkey, DROP CONSTRAINT staff_account_fkey;
         ALTER TABLE transfers DROP CONSTRAINT transfers_source_fkey, DROP CONSTRAINT transfers_note_fkey",
    );
    let mut session = session(&wall, B).await;
    session.run("SET CONSTRAINTS ALL DEFERRED").await.expect("they may be deferred");
    session
        .run(&format!(
            "INSERT INTO transfers VALUES (7, '{B}', 70, 20, NULL); INSERT INTO accounts VALUES (70, '{B}', 'n70')"
        ))
        .await
        .expect("in any order");
    session
        .run(&format!("INSERT INTO ledger.staff VALUES (8, '{B}', 2, 2); DELETE FROM ledger.staff WHERE id = 2"))
        .await
        .expect("it is left alone");
    assert_eq!(session.ask("SELECT boss IS NULL FROM ledger.staff WHERE id = 8").await, Ok("true".to_owned()));
    session.run("UPDATE accounts SET number = 'new' WHERE id = 2").await.expect("it goes with it");
    assert_eq!(session.ask("SELECT note FROM transfers WHERE id = 2").await, Ok("new".to_owned()));
    session.run("DELETE FROM accounts WHERE id = 70").await.expect("it takes its children along");
    assert_eq!(session.ask("SELECT count(*) FROM transfers WHERE id = 7").await, Ok("0".to_owned()));
    session.run("COMMIT").await.expect("all hold");
}

/// What cannot be held together, and what is declared otherwise, is said and fails the check.
#[tokio::test]
async fn a_pair_without_a_composite_key_fails_the_check() {
    // Each change, with what the plan says of it; `None`: the plan mends it.
    for (change, said) in [
        ("ALTER TABLE transfers DROP CONSTRAINT transfers_target_tenancy_fkey", None),
        ("ALTER TABLE transfers ALTER CONSTRAINT transfers_source_tenancy_fkey NOT DEFERRABLE", None),
        (
            "UPDATE transfers SET note = NULL; ALTER TABLE accounts ADD UNIQUE (id, number); ALTER TABLE transfers ADD CONSTRAINT again FOREIGN KEY (target, note) REFERENCES accounts (id, number)",
            None,
        ),
        (
            "ALTER TABLE accounts ADD owner uuid UNIQUE; ALTER TABLE transfers ADD CONSTRAINT odd FOREIGN KEY (org_id) REFERENCES accounts (owner) NOT VALID",
            Some("foreign-key-lacking public.transfers odd"),
        ),
        ("ALTER TABLE periods RENAME TO gone", Some("table public.periods")),
    ] {
        let wall = Walled::built(manifest(), &[TABLES, &rows()]).await;
        wall.db.psql(change);
        let plan = wall.diff(&wall.options).await;
        assert!(!plan.is_whole(), "{change}");
        wall.apply(&plan).await;
        let plan = wall.diff(&wall.options).await;
        assert_eq!(lacking(&plan), said.into_iter().collect::<Vec<_>>(), "{change}");
        assert_eq!(plan.is_whole(), said.is_none(), "{change}: {:?}", plan.steps);
    }
    // The declaration leads elsewhere than the database.
    let mut declared = manifest();
    let join = |child: &str, column: &str, parent: &str| tenancy::schema::DeclaredJoin {
        child: child.to_owned(),
        column: column.to_owned(),
        parent: parent.to_owned(),
    };
    declared.joins = vec![join("transfers", "source", "postings"), join("transfers", "note", "periods")];
    let wall = Walled::built(declared, &[TABLES, &rows()]).await;
    let plan = wall.diff(&wall.options).await;
    assert!(plan.is_empty() && !plan.is_whole());
    assert_eq!(
        lacking(&plan),
        ["foreign-key-lacking public.transfers source", "foreign-key-lacking public.transfers note"]
    );
}
