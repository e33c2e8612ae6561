//! Background work: whose scope a claimed row gets, and what happens to one organization when another fails.
#![cfg(all(unix, feature = "jobs", feature = "postgres", feature = "sqlite"))]
#![allow(missing_docs)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::walled::Walled;
use tenancy::OrgId;
use tenancy::db::{Driver, Postgres, Sqlite, TenantDb};
use tenancy::job::{
    Claimed, Directory, EachError, EachOrg, Job, JobError, JobToken, MAX_LIFETIME, OrgResult, Standing, StandingError,
    Worker,
};
use tenancy::prelude::*;
use tenancy::scope::{
    Actor, Authority, Epochs, Grant, GrantError, GrantSigner, RequestBody, RequestContext, RequestGuard, Subject, Tier,
};
use uuid::Uuid;

use tenancy_test_support as support;

tenancy::schema! {
    diesel::table! {
        jobs (org_id, id) {
            org_id -> Uuid,
            id -> Integer,
            payload -> Text,
            token -> Text,
            state -> Text,
        }
    }
}

const TABLE: &str =
    "CREATE TABLE jobs (org_id uuid NOT NULL, id int NOT NULL, payload text NOT NULL, token text NOT NULL,
                     state text NOT NULL DEFAULT 'ready', PRIMARY KEY (org_id, id))";

const A: OrgId = OrgId::new(Uuid::from_u128(0xA));
const B: OrgId = OrgId::new(Uuid::from_u128(0xB));
const C: OrgId = OrgId::new(Uuid::from_u128(0xC));
const D: OrgId = OrgId::new(Uuid::from_u128(0xD));
const GONE: OrgId = OrgId::new(Uuid::from_u128(0xF));

fn alice() -> Subject {
    Subject { issuer: "https://id.test".into(), subject: "alice".into() }
}

/// Alice belongs to every organization but those that are listed with what the directory says of them.
#[derive(Default)]
struct Members {
    not: Mutex<HashMap<OrgId, &'static str>>,
    asked: AtomicUsize,
}

impl Directory for Members {
    async fn standing(&self, org: OrgId, subject: &Subject) -> Result<Standing, StandingError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let not = self.not.lock().expect("nobody panics here").get(&org).copied();
        match not {
            Some("suspended") => Err(StandingError::Suspended),
            Some("unavailable") => Err(StandingError::Unavailable("no answer".into())),
            None if *subject == alice() => Ok(Standing { epochs: Epochs { org: 7, sub: 9 }, tier: Tier::Org }),
            _ => Err(StandingError::NotAMember),
        }
    }
}

struct Shop {
    signer: Arc<GrantSigner>,
    authority: Arc<Authority>,
    members: Arc<Members>,
    worker: Worker<Arc<Members>>,
    request: RequestGuard,
}

impl Shop {
    fn new() -> Shop {
        let signer = Arc::new(GrantSigner::generate("gateway").expect("randomness"));
        let authority = Arc::new(Authority::new("gateway", "shop", [signer.public_key()]).admit_staff());
        let members = Arc::<Members>::default();
        let worker = Worker::new(Arc::clone(&signer), Arc::clone(&authority), Arc::clone(&members));
        Shop { signer, authority, members, worker, request: RequestGuard::new() }
    }

    /// A request's scope.
    fn scope(&self, org: OrgId) -> OrgScope {
        self.scope_of(org, Tier::Org, None)
    }

    fn scope_of(&self, org: OrgId, tier: Tier, actor: Option<Actor>) -> OrgScope {
        let context = RequestContext {
            method: "POST",
            authority: "shop",
            path_and_query: "/",
            body: RequestBody::Bytes(&[]),
            certificate: None,
        };
        let grant = Grant {
            audience: "shop".into(),
            org,
            subject: alice(),
            session: "s".into(),
            epochs: Epochs { org: 1, sub: 1 },
            tier,
            assurance: "aal1".into(),
            authenticated_at: None,
            actor,
            lifetime: Duration::from_secs(60),
        };
        let token = self.signer.sign(&grant, &context).expect("it is signed");
        self.authority.admit(&token, &context, &self.request).expect("it is admitted")
    }

    fn token(&self, org: OrgId, job: &Job<'_>) -> JobToken {
        self.worker.issue(&self.scope(org), job, Duration::from_secs(600)).expect("it is issued")
    }

    /// Whose scope the work gets.
    async fn run(&self, org: OrgId, job: Job<'_>, token: &JobToken) -> Result<OrgId, JobError> {
        self.worker.enter(&Claimed { org, job, token }, async |scope| scope.org_id()).await
    }
}

const JOB: Job<'static> = Job { queue: "dunning", id: "17", payload: br#"{"invoice": 4}"# };

#[tokio::test]
async fn a_claimed_row_gets_the_scope_of_its_organization() {
    let shop = Shop::new();
    let token = shop.token(A, &JOB);
    assert_eq!(shop.run(A, JOB, &token).await.expect("it runs"), A);
    let from_row = JobToken::from_row(token.as_str());
    let claimed = Claimed { org: A, job: JOB, token: &from_row };
    let epochs = shop.worker.enter(&claimed, async |scope| (scope.epochs(), scope.subject().clone(), scope.check()));
    // The epochs of now, not those of the request that queued it.
    assert_eq!(epochs.await.expect("it runs"), (Epochs { org: 7, sub: 9 }, alice(), Ok(())));
    assert_eq!(format!("{token:?}"), "JobToken(..)");
    // Nobody proves anything while a job runs, so nothing in it passes for fresh.
    let proof = shop.worker.enter(&claimed, async |scope| {
        (scope.assurance().to_owned(), scope.authenticated_at(), scope.authenticated_within(Duration::MAX))
    });
    assert_eq!(proof.await.expect("it runs"), ("job".to_owned(), None, false));
}

/// It would run when their entry is over, and as nobody's member.
#[tokio::test]
async fn staff_of_the_platform_queue_nothing() {
    let shop = Shop::new();
    for (org, writes) in [(A, false), (B, true)] {
        let actor = Actor { staff: alice(), entry: Uuid::from_u128(1), writes };
        let scope = shop.scope_of(org, Tier::Platform, Some(actor));
        let refused = shop.worker.issue(&scope, &JOB, Duration::from_secs(600));
        assert!(matches!(refused, Err(JobError::Staff)), "{refused:?}");
        assert_eq!(shop.run(org, JOB, &shop.token(org, &JOB)).await.expect("a member's runs"), org);
    }
}

/// The organization is the row's and the token's, which must agree; the payload says what it likes.
#[tokio::test]
async fn the_payload_names_no_organization() {
    let shop = Shop::new();
    let payload = format!(r#"{{"org_id": "{B}", "org": "{B}"}}"#);
    let job = Job { payload: payload.as_bytes(), ..JOB };
    let token = shop.token(A, &job);
    assert_eq!(shop.run(A, job, &token).await.expect("it runs"), A);
    assert!(matches!(shop.run(B, job, &token).await, Err(JobError::OtherOrganization)));
}

#[tokio::test]
async fn a_token_is_worth_nothing_on_another_row() {
    let shop = Shop::new();
    let token = shop.token(A, &JOB);
    for other in [
        Job { id: "18", ..JOB },
        Job { queue: "export", ..JOB },
        Job { payload: br#"{"invoice": 5}"#, ..JOB },
        // The same bytes, divided otherwise.
        Job { queue: "dunning1", id: "7", ..JOB },
    ] {
        let refused = shop.run(A, other, &token).await;
        assert!(matches!(refused, Err(JobError::Token(GrantError::Signature))), "{other:?}: {refused:?}");
    }
    assert_eq!(
        AtomicUsize::load(&shop.members.asked, Ordering::Relaxed),
        0,
        "nothing was asked for what is not signed"
    );
}

// attack: G32, I06
#[tokio::test]
async fn what_we_did_not_sign_is_refused() {
    let (shop, other) = (Shop::new(), Shop::new());
    let foreign = other.token(A, &JOB);
    assert!(matches!(shop.run(A, JOB, &foreign).await, Err(JobError::Token(GrantError::UnknownKey))));
    for text in ["", "v4.public.", "x", &"v".repeat(5000)] {
        assert!(matches!(shop.run(A, JOB, &JobToken::from_row(text)).await, Err(JobError::Token(_))), "{text}");
    }
    // A job's token is no grant, and a grant is no job's token: their domains differ.
    let context = RequestContext {
        method: "JOB",
        authority: "dunning",
        path_and_query: "17",
        body: RequestBody::Bytes(JOB.payload),
        certificate: None,
    };
    let token = shop.token(A, &JOB);
    assert_eq!(shop.authority.admit(token.as_str(), &context, &shop.request).map(drop), Err(GrantError::Signature));
}

#[tokio::test]
async fn a_token_ends() {
    let shop = Shop::new();
    let scope = shop.scope(A);
    for lifetime in [Duration::ZERO, Duration::from_millis(999), MAX_LIFETIME + Duration::from_secs(1)] {
        assert!(matches!(shop.worker.issue(&scope, &JOB, lifetime), Err(JobError::Lifetime)));
    }
    let short = shop.worker.issue(&scope, &JOB, Duration::from_secs(1)).expect("it is issued");
    assert!(shop.run(A, JOB, &short).await.is_ok());
    // A second, and the five that clocks may differ by.
    tokio::time::sleep(Duration::from_millis(6_100)).await;
    assert!(matches!(shop.run(A, JOB, &short).await, Err(JobError::Token(GrantError::Expired))));
}

// attack: G33, I08
/// What held when the job was queued need not hold when it runs.
#[tokio::test]
async fn whoever_no_longer_stands_does_not_run() {
    let shop = Shop::new();
    let token = shop.token(A, &JOB);
    let ran = AtomicUsize::new(0);
    for (said, expected) in [("suspended", "Suspended"), ("unavailable", "Unavailable"), ("removed", "NotAMember")] {
        shop.members.not.lock().expect("nobody panics here").insert(A, said);
        let claimed = Claimed { org: A, job: JOB, token: &token };
        let refused = shop.worker.enter(&claimed, async |_| ran.fetch_add(1, Ordering::Relaxed)).await;
        assert!(format!("{refused:?}").contains(expected), "{refused:?}");
        let shown = refused.expect_err("it is refused").to_string();
        assert!(!shown.contains(&A.to_string()), "{shown}");
    }
    assert_eq!(ran.into_inner(), 0);
}

fn name<E: std::fmt::Debug>(result: &Result<usize, EachError<E>>) -> String {
    match result {
        Ok(rows) => format!("{rows} rows"),
        Err(EachError::Job(JobError::Standing(standing))) => format!("{standing:?}"),
        Err(EachError::Work(error)) => format!("{error:?}"),
        Err(other) => format!("{other:?}"),
    }
}

/// A works, B fails after it wrote, C panics after it wrote, GONE is suspended, D works again.
async fn one_fails_and_the_others_do_not<Db: Driver>(shop: &Shop, db: &TenantDb<Db>, count: impl Fn(OrgId) -> String)
where
    Write: ForDb<Db>,
{
    shop.members.not.lock().expect("nobody panics here").insert(GONE, "suspended");
    let results: Vec<OrgResult<usize, diesel::result::Error>> = Write::each(shop, db, [A, B, C, GONE, D]).await;
    let told: Vec<_> = results.iter().map(|turn| (turn.org, name(&turn.result))).collect();
    let said = |org, text: &str| (org, text.to_owned());
    assert_eq!(
        told,
        [said(A, "3 rows"), said(B, "NotFound"), said(C, "Panicked"), said(GONE, "Suspended"), said(D, "3 rows")]
    );
    for (org, rows) in [(A, "3"), (B, "0"), (C, "0"), (GONE, "0"), (D, "3")] {
        assert_eq!(count(org), rows, "{org}");
    }
    // The pool is whole again.
    let scope = shop.scope(D);
    let mut conn = db.scoped(&scope).await.expect("a connection");
    assert_eq!(Write::rows(&scope, &mut conn).await, Ok(3));
}

/// The work, for one database: diesel's bounds on a statement cannot be written for every driver.
struct Write;

trait ForDb<Db: Driver> {
    fn each(
        shop: &Shop,
        db: &TenantDb<Db>,
        orgs: [OrgId; 5],
    ) -> impl Future<Output = Vec<OrgResult<usize, diesel::result::Error>>>;
    fn rows(scope: &OrgScope, conn: &mut tenancy::OrgConn<'_, Db>) -> impl Future<Output = diesel::QueryResult<i64>>;
}

macro_rules! for_db {
    ($db:ty) => {
        impl ForDb<$db> for Write {
            async fn each(
                shop: &Shop,
                db: &TenantDb<$db>,
                orgs: [OrgId; 5],
            ) -> Vec<OrgResult<usize, diesel::result::Error>> {
                let work = async |EachOrg { scope, conn }: EachOrg<'_, '_, '_, $db>| {
                    let rows = (1..=3).map(|id| (jobs::id.eq(id), jobs::payload.eq("nightly"), jobs::token.eq("")));
                    let rows = scope.insert_into(jobs::table).values(rows.collect::<Vec<_>>()).execute(conn).await?;
                    if scope.org_id() == B {
                        return Err(diesel::NotFound);
                    }
                    assert_ne!(scope.org_id(), C, "on purpose");
                    Ok(rows)
                };
                let alice = alice();
                let run = shop.worker.for_each_org(db, "nightly", &alice, orgs, work);
                // In a task of its own its future must be `Send`.
                fn is_send<T: Send>(future: T) -> T {
                    future
                }
                is_send(run).await
            }

            async fn rows(scope: &OrgScope, conn: &mut tenancy::OrgConn<'_, $db>) -> diesel::QueryResult<i64> {
                scope.from(jobs::table).count().get_result::<i64>(conn).await
            }
        }
    };
}
for_db!(Sqlite);
for_db!(Postgres);

// attack: I07
#[tokio::test(flavor = "multi_thread")]
async fn each_organization_has_its_own_result_on_sqlite() {
    let shop = Shop::new();
    let url = format!("file:/jobs-{}?vfs=memdb", Uuid::new_v4());
    let table = TABLE.replace("uuid", "blob");
    let db = TenantDb::sqlite(url, &shop.authority).schema(schema_manifest()).migrations(&[&table]).pool_size(1);
    let db = db.build().await.expect("it opens");
    let look = db.clone();
    let count = |org| {
        let (shop, look) = (&shop, &look);
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let scope = shop.scope(org);
                let mut conn = look.scoped(&scope).await.expect("a connection");
                Write::rows(&scope, &mut conn).await.expect("a number").to_string()
            })
        })
    };
    one_fails_and_the_others_do_not(&shop, &db, count).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_organization_has_its_own_result_behind_both_walls() {
    let shop = Shop::new();
    let wall = Walled::built(schema_manifest(), &[TABLE]).await;
    let db = wall.tenant_db(&shop.authority).pool_size(1).build().expect("a pool");
    let count = |org: OrgId| wall.db.psql(&format!("SELECT count(*) FROM jobs WHERE org_id = '{org}'"));
    one_fails_and_the_others_do_not(&shop, &db, count).await;
}

/// A worker that goes from organization to organization and claims inside each: no role sees two of them.
#[tokio::test(flavor = "multi_thread")]
async fn rows_are_claimed_inside_their_organization() {
    let shop = Arc::new(Shop::new());
    let wall = Walled::built(schema_manifest(), &[TABLE]).await;
    let db = wall.tenant_db(&shop.authority).pool_size(4).build().expect("a pool");
    for org in [A, B] {
        let scope = shop.scope(org);
        let mut conn = db.scoped(&scope).await.expect("a connection");
        let rows = (1..=10).map(|id| {
            let (key, payload) = (id.to_string(), format!("claim {B}"));
            let token = shop.token(org, &Job { queue: "jobs", id: &key, payload: payload.as_bytes() });
            (jobs::id.eq(id), jobs::payload.eq(payload), jobs::token.eq(token.as_str().to_owned()))
        });
        scope.insert_many(jobs::table, rows.collect::<Vec<_>>()).execute(&mut conn).await.expect("they are queued");
    }
    let mut workers = Vec::new();
    for _ in 0..4 {
        let (shop, db) = (shop.clone(), db.clone());
        workers.push(tokio::spawn(async move {
            let mut ran = Vec::new();
            loop {
                let claim = async |EachOrg { scope, conn }: EachOrg<'_, '_, '_, Postgres>| {
                    let ready = scope.from(jobs::table).filter(jobs::state.eq("ready")).order(jobs::id);
                    let ready =
                        ready.select((jobs::org_id, jobs::id, jobs::payload, jobs::token)).for_update().skip_locked();
                    let row: Option<(OrgId, i32, String, String)> = ready.first(conn).await.optional()?;
                    if let Some((_, id, _, _)) = &row {
                        let taken = scope.update(jobs::table).filter(jobs::id.eq(*id)).set(jobs::state.eq("taken"));
                        taken.execute(conn).await?;
                    }
                    Ok::<_, diesel::result::Error>(row)
                };
                let turns = shop.worker.for_each_org(&db, "claim", &alice(), [A, B], claim).await;
                let claimed: Vec<_> = turns.into_iter().filter_map(|turn| turn.result.expect("it claims")).collect();
                if claimed.is_empty() {
                    return ran;
                }
                for (org, id, payload, token) in claimed {
                    let (key, token) = (id.to_string(), JobToken::from_row(token));
                    let job = Job { queue: "jobs", id: &key, payload: payload.as_bytes() };
                    let scope =
                        shop.worker.enter(&Claimed { org, job, token: &token }, async |scope| scope.org_id()).await;
                    ran.push((scope.expect("it runs"), org, id));
                }
            }
        }));
    }
    let mut ran = Vec::new();
    for worker in workers {
        ran.extend(worker.await.expect("it ends"));
    }
    ran.sort_unstable_by_key(|(scope, _, id)| (scope.to_string(), *id));
    let all: Vec<_> = [A, B].into_iter().flat_map(|org| (1..=10).map(move |id| (org, org, id))).collect();
    assert_eq!(ran, all, "each row ran once, for its own organization");
}
