//! Lists as filters of queries, on both databases.

use super::refused;
use super::stage::actions::invoice::{View, Void};
use super::stage::{self, A, Says, invoices, payouts};
use axum::response::IntoResponse as _;
use std::time::Duration;
use tenancy::permit::{Denied, EngineError, PermissionEngine, PermitAuthority};
use tenancy::prelude::*;
use tenancy::scope::RequestGuard;
use tenancy::{OrgId, ScopeError};
use tenancy_testkit::TestKit;

macro_rules! on {
    ($database:ident, |$kit:ident, $permits:ident| $open:expr) => {
        mod $database {
            use super::*;

            #[tokio::test(flavor = "multi_thread")]
            async fn a_list_filters_before_ordering_and_paging_within_the_organization() {
                let says = Says::yes();
                let ($kit, $permits) = (&TestKit::new(), &PermitAuthority::new(says.clone()));
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                // 11 is another organization's, "x" and "02" are no keys.
                let lists: [(bool, &[&str], &[i32]); 5] = [
                    (false, &["2", "3", "11", "x", "02"], &[3, 2]),
                    (true, &["2", "11", "x"], &[3, 1]),
                    (false, &[], &[]),
                    (true, &[], &[3, 2, 1]),
                    (false, &["11"], &[]),
                ];
                for (otherwise, exceptions, expected) in lists {
                    says.lists(otherwise, exceptions);
                    let list = $permits.list(&scope, View).await.expect("a list");
                    let visible = scope.from(invoices::table).filter(list.contains(invoices::id));
                    let ids = visible.select(invoices::id).order(invoices::id.desc());
                    assert_eq!(ids.load::<i32>(&mut conn).await.as_deref(), Ok(expected), "{otherwise} {exceptions:?}");
                    let visible = || scope.from(invoices::table).filter(list.contains(invoices::id));
                    let count = visible().count().get_result::<i64>(&mut conn).await;
                    assert_eq!(count, Ok(i64::try_from(expected.len()).expect("few")), "{otherwise} {exceptions:?}");
                    let page = visible().select(invoices::id).order((invoices::memo, invoices::id.desc()));
                    let page = page.offset(1).limit(1).load::<i32>(&mut conn).await.expect("a page");
                    assert_eq!(page, expected.iter().copied().skip(1).take(1).collect::<Vec<_>>());
                    let joined = scope.from(payouts::table).filter(payouts::id.eq_any(visible().select(invoices::id)));
                    assert_eq!(joined.count().get_result(&mut conn).await, count);
                }
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_list_of_another_scope_or_authority_or_time_filters_nothing() {
                let says = Says::yes();
                says.lists(true, &[]);
                let ($kit, $permits) = (&TestKit::new(), &PermitAuthority::new(says.clone()));
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                let rogue = PermitAuthority::new(says.clone());
                let other = $kit.scope(OrgId::new(A));
                let lists = [
                    (rogue.list(&scope, View).await.expect("its engine answers"), "TEN0213"),
                    ($permits.list(&other, View).await.expect("a list"), "TEN0214"),
                ];
                for (list, code) in &lists {
                    let read = scope.from(invoices::table).filter(list.contains(invoices::id));
                    let read = read.select(invoices::id).load::<i32>(&mut conn).await.map(|rows| rows.len());
                    assert_eq!(refused(read).as_deref(), Some(*code));
                    let write = scope.update(invoices::table).filter(list.contains(invoices::id));
                    let write = write.set(invoices::memo.eq("x")).execute(&mut conn).await;
                    assert_eq!(refused(write).as_deref(), Some(*code));
                }
                let brief = PermitAuthority::new(says.clone()).permit_life(Duration::ZERO);
                let $permits = &brief;
                let (_kept, db) = $open;
                let mut conn = db.scoped(&scope).await.expect("a connection");
                let list = brief.list(&scope, View).await.expect("a list");
                let read = scope.from(invoices::table).filter(list.contains(invoices::id));
                let read = read.count().get_result::<i64>(&mut conn).await.map(|_| 0);
                assert_eq!(refused(read).as_deref(), Some("TEN0215"));
            }
        }
    };
}

on!(sqlite, |kit, permits| ((), stage::sqlite(kit, permits).await));
on!(postgres, |kit, permits| stage::postgres(kit, permits));

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_whole_or_an_error() {
    let says = Says::yes();
    let kit = TestKit::new();
    let request = RequestGuard::new();
    let scope = kit.scope_within(OrgId::new(A), &request);
    let permits = PermitAuthority::new(says.clone()).engine_timeout(Duration::from_millis(20)).list_limit(2);
    says.lists(false, &["1", "2", "3"]);
    // The engine does not keep to the limit.
    let long = permits.list(&scope, View).await.expect_err("too long");
    assert!(matches!(long, Denied::TooMany { limit: 2 }), "{long:?}");
    let text = long.to_string();
    assert_eq!(long.into_response().status(), 500);
    assert!(!text.contains("invoice") && !text.contains(char::is_numeric), "{text}");
    says.now(3);
    assert!(matches!(permits.list(&scope, View).await, Err(Denied::Unavailable(EngineError::Failed(_)))));
    says.now(4);
    assert!(matches!(permits.list(&scope, View).await, Err(Denied::Unavailable(EngineError::TimedOut))));
    assert_eq!(permits.counts().unanswered, 3);
    let without = PermitAuthority::new(NoLists);
    assert!(matches!(without.list(&scope, Void).await, Err(Denied::Unavailable(EngineError::NoLists))));
    says.now(0);
    says.lists(false, &["1"]);
    assert!(permits.list(&scope, View).await.is_ok());
    drop(request);
    let ended = permits.list(&scope, View).await;
    assert!(matches!(ended, Err(Denied::Scope(ScopeError::RequestEnded))), "{ended:?}");
}

struct NoLists;

impl PermissionEngine for NoLists {
    fn check<'a>(&'a self, _: tenancy::permit::Question<'a>) -> tenancy::permit::EngineFuture<'a> {
        Box::pin(std::future::pending())
    }
}

/// The scope ended while the engine was asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_ended_meanwhile_gets_no_list() {
    struct Ends(std::sync::Mutex<Option<RequestGuard>>);
    impl PermissionEngine for Ends {
        fn check<'a>(&'a self, _: tenancy::permit::Question<'a>) -> tenancy::permit::EngineFuture<'a> {
            Box::pin(std::future::pending())
        }

        fn list<'a>(&'a self, _: tenancy::permit::ListQuestion<'a>) -> tenancy::permit::ListedFuture<'a> {
            drop(self.0.lock().expect("no panic").take());
            Box::pin(async { Ok(tenancy::permit::Listed { otherwise: true, exceptions: Vec::new() }) })
        }
    }
    let (kit, request) = (TestKit::new(), RequestGuard::new());
    let scope = kit.scope_within(OrgId::new(A), &request);
    let permits = PermitAuthority::new(Ends(std::sync::Mutex::new(Some(request))));
    let ended = permits.list(&scope, View).await;
    assert!(matches!(ended, Err(Denied::Scope(ScopeError::RequestEnded))), "{ended:?}");
}
