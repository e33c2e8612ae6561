//! A ledger with privileged statements, an engine whose answers the test decides, and both databases.

use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use tenancy::OrgId;
use tenancy::db::{Postgres, Sqlite, TenantDb};
use tenancy::permit::{
    Answer, Decision, EngineError, EngineFuture, ListQuestion, Listed, ListedFuture, PermissionEngine, PermitAuthority,
    Question,
};
use tenancy_test_support::pg::Database;
use tenancy_testkit::TestKit;
use uuid::Uuid;

pub(super) mod actions {
    tenancy::permissions! {
        file = "tests/wall_one/permits/permissions.zed";
        ids(invoice = i32);
    }
}

use actions::{invoice, organization};

tenancy::schema! {
    privileged(invoices: delete = invoice::Delete, update(status) = invoice::Void);
    privileged(payouts: update = organization::ChangePayout);

    diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, status -> Text, memo -> Text, } }
    diesel::table! { payouts (id) { id -> Integer, org_id -> Uuid, iban -> Text, } }
    diesel::table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }

    diesel::allow_tables_to_appear_in_same_query!(invoices, payouts);
}

pub(crate) const A: Uuid = Uuid::from_u128(0xA);
pub(crate) const B: Uuid = Uuid::from_u128(0xB);

fn setup(uuid: &str, value: impl Fn(Uuid) -> String) -> Vec<String> {
    let mut sql = vec![
        format!(
            "CREATE TABLE invoices (id integer PRIMARY KEY, org_id {uuid} NOT NULL, status text NOT NULL, memo text NOT NULL)"
        ),
        format!("CREATE TABLE payouts (id integer PRIMARY KEY, org_id {uuid} NOT NULL, iban text NOT NULL)"),
        format!("CREATE TABLE permission_epochs (org_id {uuid} PRIMARY KEY, epoch bigint NOT NULL)"),
    ];
    for (number, org) in [A, B].map(&value).into_iter().enumerate() {
        sql.push(format!("INSERT INTO permission_epochs VALUES ({org}, 7)"));
        for id in 1..=3 {
            let id = id + 10 * number;
            sql.push(format!("INSERT INTO invoices VALUES ({id}, {org}, 'open', 'm')"));
            sql.push(format!("INSERT INTO payouts VALUES ({id}, {org}, 'AT{id}')"));
        }
    }
    sql
}

/// An engine that answers what the test says.
#[derive(Clone, Default)]
pub(crate) struct Says {
    answer: Arc<AtomicU8>,
    pub(crate) epoch: Arc<AtomicI64>,
    list: Arc<Mutex<(bool, Vec<String>)>>,
}

impl Says {
    /// The list that it answers with.
    pub(crate) fn lists(&self, otherwise: bool, exceptions: &[&str]) {
        *self.list.lock().expect("no panic") = (otherwise, exceptions.iter().map(|id| (*id).to_owned()).collect());
    }

    pub(crate) fn yes() -> Self {
        let says = Self::default();
        says.epoch.store(7, Ordering::Relaxed);
        says
    }

    /// 0: yes. 1: no. 2: it depends. 3: an error. 4: never.
    pub(crate) fn now(&self, answer: u8) {
        self.answer.store(answer, Ordering::Relaxed);
    }
}

impl PermissionEngine for Says {
    fn check<'a>(&'a self, question: Question<'a>) -> EngineFuture<'a> {
        assert_eq!(question.organization, OrgId::new(A));
        Box::pin(async move {
            let answer = match self.answer.load(Ordering::Relaxed) {
                0 => Answer::Yes,
                1 => Answer::No,
                2 => Answer::Conditional,
                3 => return Err(EngineError::Failed("its secret reason".into())),
                _ => std::future::pending().await,
            };
            Ok(Decision { answer, epoch: Some(self.epoch.load(Ordering::Relaxed)) })
        })
    }

    fn list<'a>(&'a self, question: ListQuestion<'a>) -> ListedFuture<'a> {
        assert_eq!((question.organization, question.object_type), (OrgId::new(A), "invoice"));
        Box::pin(async move {
            match self.answer.load(Ordering::Relaxed) {
                0 => {
                    let (otherwise, exceptions) = self.list.lock().expect("no panic").clone();
                    Ok(Listed { otherwise, exceptions })
                }
                3 => Err(EngineError::Failed("its secret reason".into())),
                _ => std::future::pending().await,
            }
        })
    }
}

pub(crate) async fn sqlite(kit: &TestKit, permits: &PermitAuthority) -> TenantDb<Sqlite> {
    let url = format!("file:/permits-{}?vfs=memdb", Uuid::new_v4());
    let setup = setup("blob", |org| format!("x'{}'", org.as_simple()));
    let setup: Vec<&str> = setup.iter().map(String::as_str).collect();
    let db = TenantDb::sqlite(url, kit.authority()).schema(schema_manifest()).migrations(&setup);
    db.permits(permits).build().await.expect("SQLite opens")
}

/// The database is dropped with the first value.
pub(crate) fn postgres(kit: &TestKit, permits: &PermitAuthority) -> (Database, TenantDb<Postgres>) {
    let database = Database::create();
    for sql in setup("uuid", |org| format!("'{org}'")) {
        database.psql(&sql);
    }
    let db = TenantDb::postgres(database.url(), kit.authority()).schema(schema_manifest());
    let db = db.permits(permits).build().expect("a pool");
    (database, db)
}
