//! One function serves a request, a job and a run over organizations: it is generic over the brand, and runs every kind of
//! statement.

use std::sync::Arc;
use std::time::Duration;
use tenancy::db::{Driver, Sqlite, TenantDb};
use tenancy::job::{Claimed, Directory, EachError, EachOrg, Job, JobError, Standing, StandingError, Worker};
use tenancy::prelude::*;
use tenancy::scope::{AnyBrand, Authority, Epochs, Grant, GrantSigner, RequestGuard, Subject, Tier};
use tenancy::{OrgConn, OrgId};
use tenancy_testkit::{CONTEXT, grant};
use uuid::Uuid;

tenancy::schema! {
    global(currencies);
    diesel::table! { customers (org_id, id) { org_id -> Binary, id -> Integer, name -> Text, } }
    diesel::table! { invoices (org_id, id) { org_id -> Binary, id -> Integer, customer_id -> Integer, currency -> Text, total -> BigInt, } }
    diesel::table! { currencies (code) { code -> Text, label -> Text, } }
    diesel::joinable!(invoices -> customers (customer_id));
    diesel::joinable!(invoices -> currencies (currency));
    diesel::allow_tables_to_appear_in_same_query!(customers, invoices, currencies);
}

const TABLES: &str = "
    CREATE TABLE customers (org_id blob NOT NULL, id int NOT NULL, name text NOT NULL, PRIMARY KEY (org_id, id));
    CREATE TABLE invoices (org_id blob NOT NULL, id int NOT NULL, customer_id int NOT NULL, currency text NOT NULL,
                           total bigint NOT NULL, PRIMARY KEY (org_id, id));
    CREATE TABLE currencies (code text PRIMARY KEY, label text NOT NULL);
    INSERT INTO currencies VALUES ('EUR', 'Euro');";

const A: OrgId = OrgId::new(Uuid::from_u128(0xA));
const B: OrgId = OrgId::new(Uuid::from_u128(0xB));

#[derive(Insertable, AsChangeset, Queryable, Selectable, PartialEq, Debug)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
    name: String,
}

tenancy::alias!(customers as other: Other);

/// Every kind of statement, under whichever brand.
async fn every_kind<B: AnyBrand>(scope: &OrgScope<B>, conn: &mut OrgConn<'_, Sqlite, B>) -> QueryResult<Vec<String>> {
    let ada = Customer { id: 1, name: "ada".into() };
    scope.insert_into(customers::table).values(&ada).execute(conn).await?;
    let more: Vec<_> = (2..=3).map(|id| (customers::id.eq(id), customers::name.eq("bob"))).collect();
    scope.insert_into(customers::table).values(more).execute(conn).await?;
    scope
        .insert_many(customers::table, (4..=9).map(|id| (customers::id.eq(id), customers::name.eq("x"))))
        .execute(conn)
        .await?;
    let invoice =
        (invoices::id.eq(1), invoices::customer_id.eq(1), invoices::currency.eq("EUR"), invoices::total.eq(7));
    let id: i32 = scope.insert_into(invoices::table).values(invoice).returning(invoices::id).get_result(conn).await?;
    let upsert = scope.insert_into(customers::table).values(&ada).on_conflict((customers::org_id, customers::id));
    upsert.do_update().set(customers::name.eq("ada l.")).execute(conn).await?;
    scope.update(customers::table).filter(customers::id.eq(2)).set(customers::name.eq("bea")).execute(conn).await?;
    conn.transaction(async |conn| scope.delete(customers::table).filter(customers::id.gt(3)).execute(conn).await)
        .await?;

    // Joins, aliases, subqueries, set operations, boxed queries: each compares brands.
    let joined = scope.from(invoices::table).inner_join(scope.from(customers::table)).inner_join(currencies::table);
    let joined = joined.filter(invoices::id.eq(id)).select((customers::name, currencies::label));
    assert_eq!(joined.first(conn).await, Ok(("ada l.".to_owned(), "Euro".to_owned())));
    let twin = scope.from(other);
    let on = scope.from(customers::table).inner_join(twin.on(twin.field(customers::id).eq(customers::id)));
    assert_eq!(on.count().get_result(conn).await, Ok(3_i64));
    let owing = scope
        .from(customers::table)
        .filter(customers::id.eq_any(scope.from(invoices::table).select(invoices::customer_id)));
    assert_eq!(owing.select(Customer::as_select()).load(conn).await?.len(), 1);
    let both =
        scope.from(customers::table).select(customers::id).union(scope.from(invoices::table).select(invoices::id));
    assert_eq!(both.load::<i32>(conn).await?.len(), 3);
    let mut boxed = scope.from(customers::table).into_boxed();
    boxed = boxed.filter(customers::id.lt(3));
    boxed.order(customers::id).select(customers::name).load(conn).await
}

struct Everyone;

impl Directory for Everyone {
    async fn standing(&self, _: OrgId, _: &Subject) -> Result<Standing, StandingError> {
        Ok(Standing { epochs: Epochs { org: 1, sub: 1 }, tier: Tier::Org })
    }
}

struct Shop {
    db: TenantDb<Sqlite>,
    worker: Worker<Everyone>,
    signer: Arc<GrantSigner>,
    authority: Arc<Authority>,
    request: RequestGuard,
}

impl Shop {
    async fn new() -> Self {
        let signer = Arc::new(GrantSigner::generate("gateway").expect("randomness"));
        let authority = Arc::new(Authority::new("gateway", "shop", [signer.public_key()]));
        let db = TenantDb::sqlite(":memory:", &authority).schema(schema_manifest()).migrations(&[TABLES]);
        let db = db.build().await.expect("it opens");
        let worker = Worker::new(Arc::clone(&signer), Arc::clone(&authority), Everyone);
        Self { db, worker, signer, authority, request: RequestGuard::new() }
    }

    fn scope(&self, org: OrgId) -> OrgScope {
        let grant = Grant { audience: "shop".to_owned(), ..grant(org) };
        let token = self.signer.sign(&grant, &CONTEXT).expect("it is signed");
        self.authority.admit(&token, &CONTEXT, &self.request).expect("it is admitted")
    }
}

const JOB: Job<'static> = Job { queue: "dunning", id: "17", payload: b"" };

fn is_send<T: Send>(future: T) -> T {
    future
}

#[tokio::test(flavor = "multi_thread")]
async fn one_function_serves_a_request_a_job_and_a_run_over_organizations() {
    let names = vec!["ada l.".to_owned(), "bea".to_owned()];
    let shop = Shop::new().await;
    let scope = shop.scope(A);
    let mut conn = shop.db.scoped(&scope).await.expect("a connection");
    assert_eq!(is_send(every_kind(&scope, &mut conn)).await.as_ref(), Ok(&names));
    drop(conn);

    let token = shop.worker.issue(&shop.scope(B), &JOB, Duration::from_secs(60)).expect("it is issued");
    let claimed = Claimed { org: B, job: JOB, token: &token };
    let job = async |EachOrg { scope, conn }: EachOrg<'_, '_, '_, Sqlite>| every_kind(scope, conn).await;
    let ran = is_send(shop.worker.run(&shop.db, &claimed, job)).await;
    assert_eq!(ran.expect("it runs"), names);

    let orgs = [3, 4].map(|org| OrgId::new(Uuid::from_u128(org)));
    let alice = grant(A).subject;
    let turns = is_send(shop.worker.for_each_org(&shop.db, "nightly", &alice, orgs, job)).await;
    for turn in turns {
        assert_eq!(turn.result.expect("it runs"), names);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_commits_when_its_work_succeeds_and_only_then() {
    let shop = Shop::new().await;
    let token = shop.worker.issue(&shop.scope(A), &JOB, Duration::from_secs(60)).expect("it is issued");
    let claimed = Claimed { org: A, job: JOB, token: &token };
    let fails = async |EachOrg { scope, conn }: EachOrg<'_, '_, '_, Sqlite>| {
        every_kind(scope, conn).await?;
        Err::<(), _>(diesel::NotFound)
    };
    let failed = shop.worker.run(&shop.db, &claimed, fails).await;
    assert!(matches!(failed, Err(EachError::Work(diesel::NotFound))), "{failed:?}");
    let count = async |EachOrg { scope, conn }: EachOrg<'_, '_, '_, Sqlite>| {
        scope.from(customers::table).count().get_result::<i64>(conn).await
    };
    assert_eq!(shop.worker.run(&shop.db, &claimed, count).await.expect("it runs"), 0, "the failed job left nothing");

    // A token of another row's organization opens no connection.
    let foreign = Claimed { org: B, ..claimed };
    let refused = shop.worker.run(&shop.db, &foreign, count).await;
    assert!(matches!(refused, Err(EachError::Job(JobError::OtherOrganization))), "{refused:?}");
}

/// The bound is enough to hand a scope on, whatever the database.
#[test]
fn a_generic_function_can_pass_a_scope_on() {
    fn org<B: AnyBrand, Db: Driver>(scope: &OrgScope<B>, _: &OrgConn<'_, Db, B>) -> OrgId {
        scope.org_id()
    }
    let _: fn(&OrgScope, &OrgConn<'_, Sqlite>) -> OrgId = org;
}
