//! The two databases on SQLite, in memory.

use crate::dice::Dice;
use crate::run::{Both, Databases, Rows, Step};
use crate::side::Side;
use crate::world::{self, Dialect, Line};
use crate::{plain_sqlite, scoped_sqlite};
use diesel::SqliteConnection;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection as _, RunQueryDsl as _, SimpleAsyncConnection as _};
use std::marker::PhantomData;
use tenancy::OrgId;
use tenancy::db::{Sqlite, TenantDb};
use tenancy_testkit::TestKit;

type Conn = SyncConnectionWrapper<SqliteConnection>;

const DIALECT: Dialect =
    Dialect { organization: "blob", literal: |org| format!("x'{}'", org.as_simple()), shown: "hex(org_id)" };

/// A connection to the database of many and one to A's own, past `tenancy`.
struct Behind {
    many: Conn,
    one: Conn,
}

impl Behind {
    async fn open(many: &str, one: &str) -> Self {
        let mut behind = Self {
            many: Conn::establish(many).await.expect("the database of many"),
            one: Conn::establish(one).await.expect("the database of the one"),
        };
        behind.many.batch_execute(&world::tables(DIALECT, true)).await.expect("tables");
        behind.one.batch_execute(&world::tables(DIALECT, false)).await.expect("tables");
        for conn in [&mut behind.many, &mut behind.one] {
            conn.batch_execute("PRAGMA foreign_keys = ON").await.expect("foreign keys");
        }
        behind
    }

    async fn fill(&mut self, dice: &mut Dice) {
        let (many, one) = world::rows(DIALECT, dice);
        self.many.batch_execute(&format!("BEGIN; {many} COMMIT;")).await.expect("rows");
        self.one.batch_execute(&format!("BEGIN; {one} COMMIT;")).await.expect("rows");
    }

    async fn rows(&mut self) -> Rows {
        Rows {
            own: lines(&mut self.many, world::own(DIALECT)).await,
            alone: lines(&mut self.one, world::alone()).await,
            foreign: lines(&mut self.many, world::foreign(DIALECT)).await,
        }
    }
}

async fn lines(conn: &mut Conn, sql: String) -> Vec<String> {
    let lines = diesel::sql_query(sql).load::<Line>(conn).await.expect("a dump");
    lines.into_iter().map(|line| line.one).collect()
}

/// `tenancy` on the database of many, plain diesel on A's own.
pub(crate) struct Pair {
    kit: TestKit,
    db: TenantDb<Sqlite>,
    plain: plain_sqlite::Side<'static>,
    behind: Behind,
}

impl Pair {
    pub(crate) async fn open() -> Self {
        let kit = TestKit::new();
        let (many, one) = (url(), url());
        let db = TenantDb::sqlite(many.clone(), kit.authority()).schema(crate::schema::manifest().clone());
        let db = db.pool_size(1).build().await.expect("SQLite opens");
        let behind = Behind::open(&many, &one).await;
        let mut plain = Conn::establish(&one).await.expect("the database of the one");
        plain.batch_execute("PRAGMA foreign_keys = ON").await.expect("foreign keys");
        Self { kit, db, plain: Side::plain(PhantomData, plain), behind }
    }
}

fn url() -> String {
    format!("file:/non-interference-{}?vfs=memdb", uuid::Uuid::new_v4())
}

impl Databases for Pair {
    fn shapes(&self) -> &'static [&'static str] {
        scoped_sqlite::shapes::NAMES
    }

    async fn fill(&mut self, dice: &mut Dice) {
        self.behind.fill(dice).await;
    }

    async fn rows(&mut self) -> Rows {
        self.behind.rows().await
    }

    async fn steps(&mut self, steps: &[Step], judge: &mut dyn FnMut(&Step, Both, Rows) -> bool) {
        let scope = self.kit.scope(OrgId::new(world::A));
        let conn = self.db.scoped(&scope).await.expect("a connection");
        let mut scoped = Side::scoped(&scope, conn);
        for step in steps {
            let many = scoped_sqlite::shapes::run(step.shape, &mut scoped, &mut step.dice.clone()).await;
            let one = plain_sqlite::shapes::run(step.shape, &mut self.plain, &mut step.dice.clone()).await;
            let both = Both {
                said: [scoped.said.clone(), self.plain.said.clone()],
                outcomes: [many, one],
                unscoped: scoped.unscoped.take().or(self.plain.unscoped.take()),
                carried: std::mem::take(&mut scoped.carried),
            };
            if !judge(step, both, self.behind.rows().await) {
                return;
            }
        }
    }
}

/// Plain diesel on both databases: what `tenancy` would be if it lost every predicate.
pub(crate) struct Mutant {
    many: plain_sqlite::Side<'static>,
    one: plain_sqlite::Side<'static>,
    behind: Behind,
}

impl Mutant {
    pub(crate) async fn open() -> Self {
        let (many, one) = (url(), url());
        let behind = Behind::open(&many, &one).await;
        let many = Conn::establish(&many).await.expect("the database of many");
        let one = Conn::establish(&one).await.expect("the database of the one");
        Self { many: Side::plain(PhantomData, many), one: Side::plain(PhantomData, one), behind }
    }
}

impl Databases for Mutant {
    fn shapes(&self) -> &'static [&'static str] {
        plain_sqlite::shapes::NAMES
    }

    async fn fill(&mut self, dice: &mut Dice) {
        self.behind.fill(dice).await;
    }

    async fn rows(&mut self) -> Rows {
        self.behind.rows().await
    }

    async fn steps(&mut self, steps: &[Step], judge: &mut dyn FnMut(&Step, Both, Rows) -> bool) {
        for step in steps {
            let many = plain_sqlite::shapes::run(step.shape, &mut self.many, &mut step.dice.clone()).await;
            let one = plain_sqlite::shapes::run(step.shape, &mut self.one, &mut step.dice.clone()).await;
            let said = [self.many.said.clone(), self.one.said.clone()];
            let both = Both { said, outcomes: [many, one], unscoped: None, carried: 0 };
            if !judge(step, both, self.behind.rows().await) {
                return;
            }
        }
    }
}
