//! One client process: tasks that write and read for organizations, and say on its output what was committed.

use std::env;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tenancy::OrgId;
use tenancy::db::seal::{SealKey, Sealer};
use tenancy::db::{Postgres, TenantDb};
use tenancy::prelude::*;
use tenancy_test_support::walled::wall_two;
use tenancy_testkit::TestKit;
use uuid::Uuid;

pub(crate) const URL: &str = "TENANCY_KILL_URL";
pub(crate) const KEY: &str = "TENANCY_KILL_KEY";
pub(crate) const ORGANIZATIONS: u128 = 50;
/// In all client processes together.
pub(crate) const TASKS: usize = 32;

pub(crate) mod schema {
    tenancy::schema! {
        diesel::table! { ledger (org_id, id) { org_id -> Uuid, id -> Uuid, owner -> Text, turns -> Integer, } }
    }
}
use schema::ledger;

type Db = TenantDb<Postgres>;

pub(crate) fn organization(number: u128) -> OrgId {
    OrgId::new(Uuid::from_u128(0x00C0_FFEE_0000 + number))
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // The reader may be gone, as this process soon will be.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

#[test]
#[ignore = "a process of `nothing_is_seen_and_nothing_is_lost`, not a test"]
fn a_client_of_the_kill_test() {
    let Ok(url) = env::var(URL) else { return };
    let key: SealKey = env::var(KEY).expect("the key").parse().expect("a key");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let kit = Arc::new(TestKit::new());
        let db = TenantDb::postgres(url, kit.authority()).schema(schema::schema_manifest());
        let db = db.pool_size(8).connect_timeout(Duration::from_secs(2));
        let db = db.sealed(Arc::new(Sealer::new(&key))).expect("a database").build().expect("a pool");
        let tasks: Vec<_> = (0..TASKS / 2).map(|_| tokio::spawn(work(db.clone(), kit.clone()))).collect();
        for task in tasks {
            if let Err(error) = task.await {
                say(&format!("wrong {error}"));
            }
        }
    });
}

async fn work(db: Db, kit: Arc<TestKit>) {
    loop {
        let org = organization(u128::from(fastrand::u64(..)) % ORGANIZATIONS);
        // Whatever fails, fails because something was killed: the next turn takes another connection.
        if turn(&db, &kit, org).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn turn(db: &Db, kit: &TestKit, org: OrgId) -> Result<(), tenancy::Error> {
    let scope = kit.scope(org);
    let mut conn = db.scoped(&scope).await?;
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    let row = |id: Uuid| (ledger::id.eq(id), ledger::owner.eq(org.to_string()));
    if fastrand::bool() {
        conn.transaction(async |conn| {
            scope.insert_into(ledger::table).values(row(one)).execute(conn).await?;
            scope.insert_into(ledger::table).values(row(two)).execute(conn).await.map(drop)
        })
        .await?;
    } else {
        scope.insert_into(ledger::table).values(vec![row(one), row(two)]).execute(&mut conn).await?;
    }
    say(&format!("committed {one}"));
    say(&format!("committed {two}"));
    let newest = scope.from(ledger::table).select((ledger::org_id, ledger::owner)).limit(50);
    for (of, owner) in newest.load::<(OrgId, String)>(&mut conn).await? {
        if of != org || owner != org.to_string() {
            say(&format!("wrong a row of {of} for {org}"));
        }
    }
    let seen: Seen = conn
        .raw_sql(wall_two(), SEEN, "wall two alone")
        .bind::<diesel::sql_types::Text, _>(org.to_string())
        .get_result()
        .await?;
    if seen.others > 0 {
        say(&format!("wrong {} rows of others for {org}", seen.others));
    }
    let own = scope.update(ledger::table).filter(ledger::id.eq(one)).set(ledger::turns.eq(ledger::turns + 1));
    own.execute(&mut conn).await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Seen {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    others: i64,
}

const SEEN: &str = "SELECT count(*) AS others FROM ledger WHERE org_id::text <> $1";
