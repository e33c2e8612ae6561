//! The surface's tables as a distributed database has them: every key holds the organization, and each organization table is
//! partitioned by its hash, as Citus spreads it over nodes.
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "the server is asked for its plans, in SQL")]

use super::{A, Statement};
use crate::surface::billing;
use crate::surface::support::pg::Database;
use diesel::QueryResult;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use std::collections::{BTreeMap, BTreeSet};

/// Of each organization table.
const PARTITIONS: usize = 16;

/// The tables, keyed as a distributed table must be: a list of statements.
pub(super) fn tables(behind: &str) -> Vec<String> {
    let setup = billing::setup("uuid", "serial", |_| String::new());
    let statements = setup[0].split(';').map(str::trim).filter(|statement| !statement.is_empty());
    let keyed = statements.map(|statement| {
        let keyed = statement.replace("id serial PRIMARY KEY", "id serial");
        let keyed = keyed.replace("UNIQUE (org_id, number)", "PRIMARY KEY (org_id, id), UNIQUE (org_id, number)");
        if keyed.contains("org_id") { format!("{keyed}{behind}") } else { keyed }
    });
    keyed.collect()
}

/// The rows of two organizations.
pub(super) fn rows() -> Vec<String> {
    billing::setup("uuid", "serial", |org| format!("'{}'", org.as_hyphenated())).split_off(1)
}

/// Which partitions of which table; a table that is missing was not touched.
pub(super) type Touched = BTreeMap<String, BTreeSet<String>>;

/// What the server planned for a statement, and what it did.
pub(super) struct Seen {
    pub(super) plan: String,
    pub(super) touched: Touched,
}

pub(super) struct Partitioned {
    conn: AsyncPgConnection,
    /// The table of each partition.
    table_of: BTreeMap<String, String>,
    _database: Database,
}

/// A table and how often this session read or wrote it.
const COUNTED: &str = "SELECT relname || ' ' || seq_scan + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del AS line \
                       FROM pg_stat_xact_user_tables";

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

#[derive(diesel::QueryableByName)]
struct Plan {
    #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
    line: String,
}

impl Partitioned {
    pub(super) async fn open() -> Self {
        let database = Database::create();
        let mut conn = AsyncPgConnection::establish(database.url()).await.expect("a connection");
        let mut ddl = vec!["CREATE SCHEMA main".to_owned()];
        ddl.extend(tables(" PARTITION BY HASH (org_id)"));
        let mut table_of = BTreeMap::new();
        for (table, _) in billing::TENANT_TABLES {
            let schema = if *table == "payments" { "main" } else { "public" };
            for number in 0..PARTITIONS {
                let name = format!("{table}_part_{number}");
                let values = format!("FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})");
                ddl.push(format!("CREATE TABLE {schema}.{name} PARTITION OF {schema}.{table} {values}"));
                table_of.insert(name, (*table).to_owned());
            }
        }
        ddl.extend(rows());
        conn.batch_execute(&ddl.join(";")).await.expect("the tables");
        Self { conn, table_of, _database: database }
    }

    /// The partition of each table that holds A's rows.
    pub(super) async fn own(&mut self) -> BTreeMap<String, String> {
        let mut own = BTreeMap::new();
        for (table, _) in billing::TENANT_TABLES {
            let schema = if *table == "payments" { "main." } else { "" };
            let sql = format!(
                "SELECT DISTINCT relname::text AS line FROM {schema}{table} t JOIN pg_class ON pg_class.oid = t.tableoid \
                 WHERE t.org_id::text = '{A}'"
            );
            let mut names = self.lines(&sql).await.expect("A's rows");
            assert_eq!(names.len(), 1, "{table} holds A's rows in {names:?}");
            own.extend(names.pop().map(|name| ((*table).to_owned(), name)));
        }
        own
    }

    async fn lines(&mut self, sql: &str) -> QueryResult<Vec<String>> {
        let lines = diesel::sql_query(sql).load::<Line>(&mut self.conn).await?;
        Ok(lines.into_iter().map(|line| line.line).collect())
    }

    /// Plans the statement for its values, runs it, and takes it back.
    ///
    /// # Errors
    /// The server's.
    pub(super) async fn see(&mut self, statement: &Statement) -> QueryResult<Seen> {
        let seen = self.see_in_transaction(statement).await;
        self.conn.batch_execute("ROLLBACK; DEALLOCATE ALL").await?;
        seen
    }

    async fn see_in_transaction(&mut self, statement: &Statement) -> QueryResult<Seen> {
        // One custom plan for each execution: the planner sees the values, as Citus's router does.
        self.conn.batch_execute("BEGIN; SET LOCAL plan_cache_mode = force_custom_plan").await?;
        self.conn.batch_execute(&format!("PREPARE seen AS {}", statement.sql)).await?;
        let execute = format!("EXECUTE seen{}", statement.values());
        let plan = diesel::sql_query(format!("EXPLAIN (COSTS OFF) {execute}")).load::<Plan>(&mut self.conn).await?;
        let plan = plan.into_iter().map(|plan| plan.line).collect::<Vec<_>>().join("\n");
        // The server counts on over transactions, until it reports to others between two of them.
        let before: BTreeSet<String> = self.lines(COUNTED).await?.into_iter().collect();
        self.conn.batch_execute(&execute).await?;
        let ran = self.lines(COUNTED).await?.into_iter().filter(|line| !before.contains(line));
        let ran: Vec<_> = ran.filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect();
        let words = plan.split_whitespace().map(str::to_owned);
        let mut touched = Touched::new();
        for name in words.chain(ran) {
            if let Some(table) = self.table_of.get(&name) {
                touched.entry(table.clone()).or_default().insert(name);
            }
        }
        Ok(Seen { plan, touched })
    }

    /// Which of these functions are volatile.
    pub(super) async fn volatile(&mut self, functions: &BTreeSet<String>) -> Vec<String> {
        let names: Vec<_> = functions.iter().map(|name| format!("'{}'", name.replace('\'', "''"))).collect();
        let of = if names.is_empty() { "NULL".to_owned() } else { names.join(", ") };
        let sql = format!(
            "SELECT DISTINCT proname::text AS line FROM pg_proc WHERE provolatile = 'v' AND proname IN ({of}) ORDER BY 1"
        );
        self.lines(&sql).await.expect("the functions")
    }
}
