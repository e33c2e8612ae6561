//! A relationship that is written, and a plain INSERT.

use super::clock::{Rounds, Row, time};
use super::data::{COLUMNS, Data, ORG, Part, Statement};
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use tenancy_permits::Relationship;
use tenancy_permits::sql::Change;

/// How many operations of one side follow each other.
const BATCH: usize = 100;

pub async fn all(rounds: usize, scale: usize) -> Vec<Row> {
    let data = Data::new().await;
    data.relate(100_000 / scale, "'invoice', 'i' || n, 'viewer', 'user', 'u' || (n % 1000), ''");
    // The same columns, checks and indexes, without what the engine does around an INSERT.
    data.database.psql(&format!(
        "CREATE TABLE plain (LIKE permission_relationships INCLUDING ALL); \
         INSERT INTO plain ({COLUMNS}) SELECT {COLUMNS} FROM permission_relationships"
    ));
    data.settle();
    let mut conn = data.plain().await;
    let mut next = Next(1_000_000);
    vec![one(&data, &mut conn, &mut next, rounds).await, many(&data, &mut conn, &mut next, rounds).await]
}

/// Numbers of invoices that are not used yet.
struct Next(usize);

impl Next {
    fn ids(&mut self) -> Vec<String> {
        self.0 += BATCH;
        (self.0..self.0 + BATCH).map(|number| format!("i{number}")).collect()
    }
}

/// Each in a transaction of its own.
async fn one(data: &Data, (conn, pid): &mut (AsyncPgConnection, u32), next: &mut Next, rounds: usize) -> Row {
    let mut times = Rounds::default();
    for round in 0..=rounds {
        let ids = [next.ids(), next.ids(), next.ids()];
        let plain = time(*pid, insert(conn, &ids[0])).await;
        let written = time(data.engine_pid, async {
            for id in &ids[1] {
                write(data, std::slice::from_ref(id)).await;
            }
        });
        let written = written.await;
        let again = time(*pid, insert(conn, &ids[2])).await;
        if round > 0 {
            times.add(BATCH, [plain, written, again]);
        }
    }
    times.row("one relationship in a transaction", Some(2.0))
}

/// All in one transaction.
async fn many(data: &Data, (conn, pid): &mut (AsyncPgConnection, u32), next: &mut Next, rounds: usize) -> Row {
    let mut times = Rounds::default();
    for round in 0..=rounds {
        let ids = [next.ids(), next.ids(), next.ids()];
        let plain = time(*pid, insert_together(conn, &ids[0])).await;
        let written = time(data.engine_pid, write(data, &ids[1])).await;
        let again = time(*pid, insert_together(conn, &ids[2])).await;
        if round > 0 {
            times.add(BATCH, [plain, written, again]);
        }
    }
    times.row(format!("each of {BATCH} relationships in one transaction"), Some(2.0))
}

async fn insert_together(conn: &mut AsyncPgConnection, ids: &[String]) {
    conn.batch_execute("BEGIN").await.expect("begun");
    insert(conn, ids).await;
    conn.batch_execute("COMMIT").await.expect("committed");
}

async fn insert(conn: &mut AsyncPgConnection, ids: &[String]) {
    let sql = format!("INSERT INTO plain ({COLUMNS}) VALUES (");
    for id in ids {
        let parts = vec![
            Part::Sql(&sql),
            Part::Org(ORG),
            Part::Sql(", 'invoice', "),
            Part::Text(id),
            Part::Sql(", 'viewer', 'user', "),
            Part::Text("u1"),
            Part::Sql(", '', NULL, "),
            Part::Int(0),
            Part::Sql(", "),
            Part::Text("user:bench"),
            Part::Sql(")"),
        ];
        let inserted = Statement::<BigInt>::new(parts).execute(conn).await.expect("inserted");
        assert_eq!(inserted, 1);
    }
}

async fn write(data: &Data, ids: &[String]) {
    let changes: Vec<Change> = ids.iter().map(|id| Change::touch(Some(ORG), viewer(id))).collect();
    let written = data.engine.write(&changes, "user:bench", "a bench").await.expect("written");
    assert_eq!(written.stored, ids.len());
}

fn viewer(id: &str) -> Relationship {
    format!("invoice:{id}#viewer@user:u1").parse().expect("a relationship")
}
