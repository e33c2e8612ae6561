//! No oracle: what a session is answered does not depend on what other organizations' rows hold.
//!
//! Two databases are alike but for the values in the rows of B and C; a session asks both the same. Whatever it can see must be
//! equal: rows, errors, EXPLAIN (ANALYZE, BUFFERS), the counters of its own transaction. How many rows there are, and where
//! they lie, is the same on both sides: that is no secret (`docs/limits.md`).
//!
//! `TENANCY_ORACLE_PAIRS` (5,000 unless set) and `TENANCY_ORACLE_SEED` set the run.

mod ask;
mod paths;
mod teeth;

use crate::support::walled::Walled;
use ask::Asked;
use fastrand::Rng;
use std::time::Duration;
use tenancy::db::seal::{Access, Sealer};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

pub(super) const A: &str = "00000000-0000-7000-8000-00000000000a";
pub(super) const B: &str = "00000000-0000-7000-8000-00000000000b";
const C: &str = "00000000-0000-7000-8000-00000000000c";

mod schema {
    tenancy::schema! {
        diesel::table! {
            accounts (org_id, id) {
                org_id -> Uuid, id -> Integer, label -> Nullable<Text>, code -> Uuid, raw -> Binary, amount -> BigInt,
                day -> Nullable<Date>, flag -> Nullable<Bool>, data -> Jsonb,
            }
        }
        diesel::table! {
            events (org_id, id) {
                org_id -> Uuid, id -> Integer, label -> Nullable<Text>, code -> Uuid, raw -> Binary, amount -> BigInt,
                day -> Nullable<Date>, flag -> Nullable<Bool>, data -> Jsonb,
            }
        }
    }
}

/// A table, and one in partitions by the organization. Autovacuum would gather statistics on one side before the other.
const TABLES: &str = "
    CREATE TABLE accounts (org_id uuid NOT NULL, id int NOT NULL, label text, code uuid NOT NULL, raw bytea NOT NULL,
        amount bigint NOT NULL, day date, flag bool, data jsonb NOT NULL, PRIMARY KEY (org_id, id))
        WITH (autovacuum_enabled = false);
    CREATE INDEX accounts_label ON accounts (org_id, label);
    CREATE INDEX accounts_amount ON accounts (org_id, amount) WHERE amount > 2;
    CREATE TABLE events (LIKE accounts, PRIMARY KEY (org_id, id)) PARTITION BY HASH (org_id);
    CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (autovacuum_enabled = false);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 1) WITH (autovacuum_enabled = false);
    CREATE INDEX events_label ON events (org_id, label);
";

/// Read before and after a statement. What it reads itself is the same each time.
const COUNTERS: &str = "SELECT string_agg(format('%s=%s,%s,%s,%s', name, pg_stat_get_xact_numscans(oid),
    pg_stat_get_xact_tuples_returned(oid), pg_stat_get_xact_tuples_fetched(oid), pg_stat_get_xact_blocks_fetched(oid)), ' ')
    FROM unnest('{accounts,accounts_pkey,accounts_label,accounts_amount,events_0,events_0_pkey,events_0_org_id_label_idx,
    events_1,events_1_pkey,events_1_org_id_label_idx}'::text[]) name, CAST(name::regclass AS oid) oid";

/// What is in the setting when a statement is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Armed {
    Not,
    Expired,
    Forged,
    Elsewhere,
    /// By A's own token, to read.
    ToRead,
    /// By A's own token.
    ToWrite,
}

impl Armed {
    const WRONGLY: [Self; 4] = [Self::Not, Self::Expired, Self::Forged, Self::Elsewhere];
}

/// One of the two databases.
struct Side {
    wall: Walled,
    app: Client,
    admin: Client,
    expired: String,
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the server answers");
    tokio::spawn(connection);
    client
}

impl Side {
    fn token(&self, armed: Armed) -> String {
        let seal = |key: &Sealer, access, database: &str| {
            let token = key.seal(A.parse().expect("a UUID"), access, database, Duration::from_secs(3600));
            token.expect("it is sealed").expose().to_owned()
        };
        let (ours, name) = (Sealer::new(&self.wall.key), self.wall.name.as_str());
        match armed {
            Armed::Not => String::new(),
            Armed::Expired => self.expired.clone(),
            Armed::Forged => {
                let mut token = seal(&ours, Access::ReadWrite, name);
                token.replace_range(..A.len(), B);
                token
            }
            Armed::Elsewhere => seal(&ours, Access::ReadWrite, "elsewhere"),
            Armed::ToRead => seal(&ours, Access::Read, name),
            Armed::ToWrite => seal(&ours, Access::ReadWrite, name),
        }
    }

    /// Everything that a session sees of a statement.
    async fn answer(&self, armed: Armed, asked: &Asked) -> String {
        let token = self.token(armed);
        // Compiling takes most of the time where plans look dear, and reads no row.
        let open = format!(
            "DEALLOCATE ALL; BEGIN; SET LOCAL jit = off; SELECT set_config('tenancy.scope', '{token}', true); {}; {COUNTERS}; SAVEPOINT asked",
            asked.settings
        );
        let close = format!("ROLLBACK TO asked; {COUNTERS}; ROLLBACK");
        // In one flight: none waits for the answer to another.
        let (before, said, after) = tokio::join!(
            biased;
            self.app.simple_query(&open),
            self.app.simple_query(&asked.sql),
            self.app.simple_query(&close)
        );
        let before = rows(before.expect("these are its own settings"));
        let said = said.map_or_else(|error| vec![refusal(&error)], rows);
        let after = rows(after.expect("the savepoint is there"));
        let touched = if asked.counts { touched(&before, &after) } else { String::new() };
        let said = said.join("\n");
        // What the planner itself read is of the catalogs.
        let said = said.split("\nPlanning:").next().unwrap_or_default();
        format!("{}\n{touched}", said.replace(&self.wall.name, "<database>"))
    }

    /// The same when the session's caches are filled.
    async fn settled(&self, armed: Armed, asked: &Asked) -> String {
        self.answer(armed, asked).await;
        self.answer(armed, asked).await
    }

    /// What everybody may know of the tables.
    async fn sizes(&self) -> String {
        let sizes = "SELECT string_agg(format('%s %s %s %s', relname, reltuples, relpages, pg_relation_size(oid)), ', ' \
                     ORDER BY relname) FROM pg_class WHERE relname ~ '^(accounts|events)'";
        rows(self.admin.simple_query(sizes).await.expect("they are read")).join("\n")
    }

    /// Gives B and C rows with other values, and everybody's tables the same layout as on the other side.
    async fn fill(&self, own: &mut Rng, others: &mut Rng, analyzed: bool) {
        let mut sql = String::from("TRUNCATE accounts, events;");
        for (org, count) in [(B, 5), (A, 4), (C, 3)] {
            for id in 1..=count {
                let rng = if org == A { &mut *own } else { &mut *others };
                for table in ["accounts", "events"] {
                    sql += &format!("INSERT INTO {table} VALUES ('{org}', {id}, {});", ask::values(rng));
                }
            }
        }
        self.admin.batch_execute(&sql).await.expect("the rows are taken");
        // Statistics of an earlier filling stay with a table that is emptied.
        let forget = "DELETE FROM pg_statistic WHERE starelid::regclass::text ~ '^(accounts|events)'";
        self.admin.batch_execute(forget).await.expect("a superuser may");
        // So that no reader is the first, who writes down what it has found out about a row.
        let vacuum = if analyzed { "VACUUM (FREEZE, ANALYZE)" } else { "VACUUM (FREEZE)" };
        // A worker of the server's that reads at this moment keeps rows from being marked: then again.
        let marked = "SELECT bool_and(relallvisible = relpages) FROM pg_class WHERE relname ~ '^(accounts|events)' AND relkind = 'r'";
        for _ in 0..200 {
            for table in ["accounts", "events"] {
                self.admin.batch_execute(&format!("{vacuum} {table}")).await.expect("it is vacuumed");
            }
            if rows(self.admin.simple_query(marked).await.expect("it is read"))[0] == "t" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the tables are not vacuumed: something in this database holds an old snapshot");
    }
}

fn rows(messages: Vec<SimpleQueryMessage>) -> Vec<String> {
    let line = |message: SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|at| row.get(at).unwrap_or("NULL").to_owned()).collect::<Vec<_>>().join("|"))
        }
        SimpleQueryMessage::CommandComplete(count) => Some(format!("{count} rows")),
        _ => None,
    };
    messages.into_iter().filter_map(line).collect()
}

fn refusal(error: &tokio_postgres::Error) -> String {
    let error = error.as_db_error().unwrap_or_else(|| panic!("{error}"));
    format!("{} {} {:?} {:?}", error.code().code(), error.message(), error.detail(), error.where_())
}

/// The difference of two readings of the counters.
fn touched(before: &[String], after: &[String]) -> String {
    let numbers = |lines: &[String]| -> Vec<i64> {
        let line = lines.iter().find(|line| line.contains("accounts=")).expect("they were read");
        line.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
    };
    let pairs = numbers(before).into_iter().zip(numbers(after));
    pairs.map(|(before, after)| (after - before).to_string()).collect::<Vec<_>>().join(" ")
}

/// Both of them.
struct Pair([Side; 2]);

static TEMPLATE: OnceCell<Walled> = OnceCell::const_new();

impl Pair {
    async fn new() -> Self {
        let sides = [Self::side().await, Self::side().await];
        // The tokens of one second.
        tokio::time::sleep(Duration::from_millis(2100)).await;
        Self(sides)
    }

    async fn side() -> Side {
        let wall = Walled::copy(&TEMPLATE, schema::schema_manifest(), &[TABLES]).await;
        let expired = Sealer::new(&wall.key).seal(
            A.parse().expect("a UUID"),
            Access::ReadWrite,
            &wall.name,
            Duration::from_secs(1),
        );
        let expired = expired.expect("it is sealed").expose().to_owned();
        let (app, admin) = (connect(&wall.app_url()).await, connect(wall.db.url()).await);
        Side { wall, app, admin, expired }
    }

    async fn admin(&self, sql: &str) {
        for side in &self.0 {
            side.admin.batch_execute(sql).await.unwrap_or_else(|why| panic!("{sql}: {why}"));
        }
    }

    async fn fill(&self, rng: &mut Rng, analyzed: bool) {
        let own = rng.fork();
        for side in &self.0 {
            side.fill(&mut own.clone(), &mut rng.fork(), analyzed).await;
        }
    }

    /// The two answers, when they differ every time.
    async fn differs(&self, armed: Armed, asked: &Asked) -> Option<[String; 2]> {
        let mut answers = [const { String::new() }; 2];
        // A cache that was filled at another moment is no answer about rows; an oracle answers each time it is asked.
        for _ in 0..3 {
            let [left, right] = &self.0;
            answers = tokio::join!(left.answer(armed, asked), right.answer(armed, asked)).into();
            if answers[0] == answers[1] {
                return None;
            }
        }
        Some(answers)
    }

    /// Asks so many pairs; the first that differs, told.
    async fn ask(&self, rng: &mut Rng, pairs: usize, armed: impl Fn(&mut Rng, bool) -> Armed) -> Result<(), String> {
        for number in 0..pairs {
            if number % ROUND == 0 {
                self.fill(rng, number / ROUND % 2 == 1).await;
            }
            // Statistics are of all rows: a plan of A's is chosen by them, so they are compared without (docs/limits.md).
            let armed = armed(rng, number / ROUND % 2 == 1);
            let asked = ask::statement(rng);
            if let Some([left, right]) = self.differs(armed, &asked).await {
                let sizes = [self.0[0].sizes().await, self.0[1].sizes().await];
                return Err(format!(
                    "pair {number}, {armed:?}\n{}\n{}\n--- left\n{left}\n--- right\n{right}\n{sizes:?}",
                    asked.settings, asked.sql
                ));
            }
        }
        Ok(())
    }
}

/// Pairs to one filling of the tables.
const ROUND: usize = 125;

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A session with nothing true in the setting, and A's own.
fn any_scope(rng: &mut Rng, analyzed: bool) -> Armed {
    match rng.u8(..4) {
        _ if analyzed => Armed::WRONGLY[rng.usize(..4)],
        0 => Armed::ToRead,
        _ => Armed::ToWrite,
    }
}

// attack: F19, H10, H12, H27, H28, H29
#[tokio::test(flavor = "multi_thread")]
async fn no_answer_depends_on_the_values_of_another_organization() {
    let (pairs, seed) = (number("TENANCY_ORACLE_PAIRS", 5_000), number("TENANCY_ORACLE_SEED", 16));
    let pair = Pair::new().await;
    let asked = pair.ask(&mut Rng::with_seed(seed as u64), pairs, any_scope).await;
    asked.unwrap_or_else(|why| panic!("TENANCY_ORACLE_SEED={seed}, {why}"));
}
