//! The two databases on PostgreSQL.

use crate::dice::Dice;
use crate::run::{Both, Databases, Rows, Step};
use crate::side::Side;
use crate::support::pg::Database;
use crate::world::{self, Dialect, Line};
use crate::{plain_postgres, scoped_postgres};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use std::marker::PhantomData;
use tenancy::OrgId;
use tenancy::db::{Postgres, TenantDb};
use tenancy_testkit::TestKit;

type Conn = AsyncPgConnection;

const DIALECT: Dialect =
    Dialect { organization: "uuid", literal: |org| format!("'{}'", org.as_hyphenated()), shown: "org_id::text" };

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
    db: TenantDb<Postgres>,
    plain: plain_postgres::Side<'static>,
    behind: Behind,
    _databases: [Database; 2],
}

impl Pair {
    pub(crate) async fn open() -> Self {
        let kit = TestKit::new();
        let databases = [Database::create(), Database::create()];
        let db = TenantDb::postgres(databases[0].url(), kit.authority()).schema(crate::schema::manifest().clone());
        let db = db.pool_size(1).build().expect("a pool");
        let behind = Behind::open(databases[0].url(), databases[1].url()).await;
        let plain = Conn::establish(databases[1].url()).await.expect("the database of the one");
        Self { kit, db, plain: Side::plain(PhantomData, plain), behind, _databases: databases }
    }
}

impl Databases for Pair {
    fn shapes(&self) -> &'static [&'static str] {
        scoped_postgres::shapes::NAMES
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
            let many = scoped_postgres::shapes::run(step.shape, &mut scoped, &mut step.dice.clone()).await;
            let one = plain_postgres::shapes::run(step.shape, &mut self.plain, &mut step.dice.clone()).await;
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
