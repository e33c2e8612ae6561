//! Permits at run time, on both databases: attacks J02 to J05, J11, and 11 to 27 of the permission catalogue.

mod lists;
mod stage;

use axum::response::IntoResponse as _;
use stage::actions::invoice::{Delete, View, Void};
use stage::actions::organization::ChangePayout;
use stage::{A, B, Says, invoices, payouts};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tenancy::permit::{
    Answer, Decision, DecisionsFuture, Denied, EngineError, EngineFuture, PermissionEngine, PermitAuthority,
    PermitCounts, Question,
};
use tenancy::prelude::*;
use tenancy::scope::RequestGuard;
use tenancy::{OrgId, ScopeError};
use tenancy_testkit::TestKit;

/// The code of the refusal.
fn refused(result: diesel::QueryResult<usize>) -> Option<String> {
    let refusal = result.err().as_ref().and_then(ScopeError::in_error)?;
    refusal.to_string().split(':').next().map(str::to_owned)
}

/// The tests of one database. `$open` makes the pool, and what it has to keep.
macro_rules! on {
    ($database:ident, |$kit:ident, $permits:ident| $open:expr) => {
        mod $database {
            use super::*;

            #[tokio::test(flavor = "multi_thread")]
            async fn a_permit_allows_its_object_and_no_other() {
                let ($kit, $permits) = (&TestKit::new(), &PermitAuthority::new(Says::yes()));
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                // No filter that is written before or after loosens it.
                let permit = $permits.require(&scope, Delete(2)).await.expect("permitted");
                let delete = scope.delete(invoices::table).filter(invoices::id.gt(0)).permitted(permit);
                let deleted = delete.or_filter(invoices::id.gt(0)).returning(invoices::id);
                assert_eq!(deleted.get_results::<i32>(&mut conn).await, Ok(vec![2]));
                // The object's key is compared within the organization: 11 is B's.
                let permit = $permits.require(&scope, Delete(11)).await.expect("the engine says yes to everything");
                assert_eq!(scope.delete(invoices::table).permitted(permit).execute(&mut conn).await, Ok(0));
                let permit = $permits.require(&scope, Void(1)).await.expect("permitted");
                let void = scope.update(invoices::table).set(invoices::status.eq("void")).permitted(permit);
                assert_eq!(void.execute(&mut conn).await, Ok(1));
                let states = scope.from(invoices::table).select((invoices::id, invoices::status)).order(invoices::id);
                let states = states.load::<(i32, String)>(&mut conn).await.expect("rows");
                assert_eq!(states, [(1, "void".to_owned()), (3, "open".to_owned())]);
                // An action on the organization is about all of its rows, and nobody else's.
                let permit = $permits.require(&scope, ChangePayout).await.expect("permitted");
                let payout = scope.update(payouts::table).set(payouts::iban.eq("DE1")).permitted(permit);
                assert_eq!(payout.filter(payouts::id.lt(3)).execute(&mut conn).await, Ok(2));
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_revocation_after_the_check_leaves_the_statement_without_rows() {
                let says = Says::yes();
                let ($kit, $permits) = (&TestKit::new(), &PermitAuthority::new(says.clone()));
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                // The engine read the epoch before the revocation.
                says.epoch.store(6, Ordering::Relaxed);
                let permit = $permits.require(&scope, Void(1)).await.expect("permitted");
                let void = scope.update(invoices::table).set(invoices::status.eq("void")).permitted(permit);
                assert_eq!(void.execute(&mut conn).await, Ok(0));
                let permit = $permits.require(&scope, Delete(1)).await.expect("permitted");
                assert_eq!(scope.delete(invoices::table).permitted(permit).execute(&mut conn).await, Ok(0));
                let permit = $permits.require(&scope, ChangePayout).await.expect("permitted");
                let payout = scope.update(payouts::table).set(payouts::iban.eq("DE1")).permitted(permit);
                assert_eq!(payout.execute(&mut conn).await, Ok(0));
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_permit_of_another_authority_or_scope_runs_nothing() {
                let ($kit, $permits) = (&TestKit::new(), &PermitAuthority::new(Says::yes()));
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                let rogue = PermitAuthority::new(Says::yes());
                let permit = rogue.require(&scope, Delete(1)).await.expect("its engine says yes");
                let delete = scope.delete(invoices::table).permitted(permit).execute(&mut conn).await;
                assert_eq!(refused(delete).as_deref(), Some("TEN0213"));
                // Another person's scope of the same organization: the permit is that person's.
                let other = $kit.scope(OrgId::new(A));
                let permit = $permits.require(&other, Delete(1)).await.expect("permitted");
                let delete = scope.delete(invoices::table).permitted(permit).execute(&mut conn).await;
                assert_eq!(refused(delete).as_deref(), Some("TEN0214"));
                // And a scope that the attacker's own gateway granted, for the organization of the connection.
                let foreign = TestKit::new();
                let forged = foreign.scope(OrgId::new(A));
                let permit = $permits.require(&forged, Delete(1)).await.expect("the engine knows no gateway");
                let delete = scope.delete(invoices::table).permitted(permit).execute(&mut conn).await;
                assert_eq!(refused(delete).as_deref(), Some("TEN0214"));
                assert_eq!(scope.from(invoices::table).count().get_result(&mut conn).await, Ok(3));
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn an_expired_permit_runs_nothing() {
                let permits = PermitAuthority::new(Says::yes()).permit_life(Duration::ZERO);
                let ($kit, $permits) = (&TestKit::new(), &permits);
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                let permit = $permits.require(&scope, Delete(1)).await.expect("permitted");
                let delete = scope.delete(invoices::table).permitted(permit).execute(&mut conn).await;
                assert_eq!(refused(delete).as_deref(), Some("TEN0215"));
            }

            /// A text that closes the parentheses of the permit reaches past the organization as well, and the review sees that.
            #[tokio::test(flavor = "multi_thread")]
            async fn a_raw_filter_does_not_loosen_a_permit() {
                let ($kit, $permits) = (&TestKit::new(), &PermitAuthority::new(Says::yes()));
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                let attacks = [("1 = 1) OR (1 = 1", 3), ("1 = 1)) OR ((1 = 1", 3), ("1 = 1 OR 1 = 1", 2)];
                for (raw, rows) in attacks {
                    let permit = $permits.require(&scope, Delete(2)).await.expect("permitted");
                    #[expect(clippy::disallowed_methods, reason = "an attack")]
                    let filter = diesel::dsl::sql::<diesel::sql_types::Bool>(raw);
                    let _ = scope.delete(invoices::table).permitted(permit).filter(filter).execute(&mut conn).await;
                    assert_eq!(scope.from(invoices::table).count().get_result(&mut conn).await, Ok(rows), "{raw}");
                }
            }

            /// A raw value that ends its row, and a raw change that ends its clause, and moves the permit behind RETURNING.
            #[tokio::test(flavor = "multi_thread")]
            #[expect(clippy::disallowed_methods, reason = "an attack")]
            async fn a_raw_value_or_change_is_no_clause() {
                use diesel::dsl::sql;
                use diesel::sql_types::{Bool, Text};
                let ($kit, $permits) = (&TestKit::new(), &PermitAuthority::new(Says::yes()));
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                let of = |table: &str, rest: &str| format!("{table}.org_id = $1 AND (1 = 1{rest}");
                let upsert = format!("'x') ON CONFLICT (id) DO UPDATE SET iban = 'M' WHERE {}", of("payouts", ""));
                let row = (payouts::id.eq(1), payouts::iban.eq(sql::<Text>(&upsert)));
                let inserted = scope.insert_into(payouts::table).values(row).execute(&mut conn).await;
                assert_eq!(refused(inserted).as_deref(), Some("TEN0210"));
                let row = (payouts::id.eq(1), payouts::iban.eq(sql::<Text>(&upsert)));
                let many = scope.insert_many(payouts::table, [row]).execute(&mut conn).await;
                assert_eq!(refused(many).as_deref(), Some("TEN0210"));
                let permit = $permits.require(&scope, Void(1)).await.expect("permitted");
                let set = format!("'void' WHERE {} RETURNING (SELECT 1", of("invoices", ")"));
                let void = scope.update(invoices::table).set(invoices::status.eq(sql::<Text>(&set))).permitted(permit);
                let void = void.filter(sql::<Bool>("1 = 1)), (1 = 1")).execute(&mut conn).await;
                assert_eq!(refused(void).as_deref(), Some("TEN0210"));
                // An expression that stays in its place passes.
                let permit = $permits.require(&scope, Void(1)).await.expect("permitted");
                let set = sql::<Text>("CASE WHEN (1 = 1) THEN 'void' ELSE 'it''s WHERE' END");
                let void = scope.update(invoices::table).set(invoices::status.eq(set)).permitted(permit);
                assert_eq!(void.execute(&mut conn).await, Ok(1));
                assert_eq!(
                    scope.from(payouts::table).filter(payouts::iban.eq("M")).count().get_result(&mut conn).await,
                    Ok(0)
                );
            }

            /// Permits name rows by it.
            #[tokio::test(flavor = "multi_thread")]
            async fn the_key_of_a_table_with_permits_never_changes() {
                let ($kit, $permits) = (&TestKit::new(), &PermitAuthority::new(Says::yes()));
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                let moved = scope.update(invoices::table).find(1).set(invoices::id.eq(1001)).execute(&mut conn).await;
                assert_eq!(refused(moved).as_deref(), Some("TEN0216"));
                let permit = $permits.require(&scope, Void(1)).await.expect("permitted");
                let moved = scope.update(invoices::table).set(invoices::id.eq(1001)).permitted(permit);
                assert_eq!(refused(moved.execute(&mut conn).await).as_deref(), Some("TEN0216"));
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_privileged_column_is_set_with_its_permit_alone() {
                let ($kit, $permits) = (&TestKit::new(), &PermitAuthority::new(Says::yes()));
                let (_kept, db) = $open;
                let scope = $kit.scope(OrgId::new(A));
                let mut conn = db.scoped(&scope).await.expect("a connection");
                let forbidden = Some("TEN0216".to_owned());
                for _ in 0..2 {
                    let memo = scope.update(invoices::table).set(invoices::memo.eq("x"));
                    assert_eq!(memo.execute(&mut conn).await, Ok(3), "other columns need none");
                    let status =
                        scope.update(invoices::table).set((invoices::memo.eq("x"), invoices::status.eq("void")));
                    assert_eq!(refused(status.execute(&mut conn).await), forbidden);
                    let permit = $permits.require(&scope, View(1)).await.expect("permitted");
                    let status = scope.update(invoices::table).set(invoices::status.eq("void")).permitted(permit);
                    assert_eq!(refused(status.execute(&mut conn).await), forbidden, "a permit for something else");
                    let row = (invoices::id.eq(1), invoices::status.eq("new"), invoices::memo.eq("new"));
                    let upsert = scope.insert_into(invoices::table).values(row).on_conflict(invoices::id).do_update();
                    let upsert = upsert.set(invoices::status.eq(diesel::upsert::excluded(invoices::status)));
                    assert_eq!(
                        refused(upsert.execute(&mut conn).await),
                        forbidden,
                        "an upsert has no place for a permit"
                    );
                    // The text is the same as that of the refused one before.
                    let permit = $permits.require(&scope, Void(1)).await.expect("permitted");
                    let status = scope.update(invoices::table).set(invoices::status.eq("void")).permitted(permit);
                    assert_eq!(status.execute(&mut conn).await, Ok(1));
                }
            }
        }
    };
}

on!(sqlite, |kit, permits| ((), stage::sqlite(kit, permits).await));
on!(postgres, |kit, permits| stage::postgres(kit, permits));

/// What a function that demands a permit asks.
#[tokio::test(flavor = "multi_thread")]
async fn a_permit_is_spent_with_its_authority_in_its_time() {
    let (kit, permits) = (TestKit::new(), PermitAuthority::new(Says::yes()));
    let request = RequestGuard::new();
    let scope = kit.scope_within(OrgId::new(A), &request);
    let rogue = PermitAuthority::new(Says::yes());
    let old = PermitAuthority::new(Says::yes()).permit_life(Duration::ZERO);
    assert_eq!(permits.spend(permits.require(&scope, Void(1)).await.expect("yes")), Ok(Void(1)));
    let spent = permits.spend(rogue.require(&scope, Void(1)).await.expect("its engine says yes"));
    assert_eq!(spent, Err(ScopeError::OtherPermitAuthority));
    assert_eq!(old.spend(old.require(&scope, Void(1)).await.expect("yes")), Err(ScopeError::PermitExpired));
    let permit = permits.require(&scope, Void(1)).await.expect("yes");
    drop(request);
    assert_eq!(permits.spend(permit), Err(ScopeError::RequestEnded));
}

/// Rendered when it is called for, sent when it is awaited.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_is_awaited_after_its_request_is_not_sent() {
    let (kit, permits) = (TestKit::new(), PermitAuthority::new(Says::yes()));
    let (_kept, db) = stage::postgres(&kit, &permits);
    let request = RequestGuard::new();
    let scope = kit.scope_within(OrgId::new(A), &request);
    let mut conn = db.scoped(&scope).await.expect("a connection");
    let permit = permits.require(&scope, Delete(1)).await.expect("permitted");
    let delete = scope.delete(invoices::table).permitted(permit).execute(&mut conn);
    drop(request);
    assert_eq!(refused(delete.await).as_deref(), Some("TEN0204"));
    let short = PermitAuthority::new(Says::yes()).permit_life(Duration::from_millis(300));
    let (_kept, db) = stage::postgres(&kit, &short);
    let scope = kit.scope(OrgId::new(A));
    let mut conn = db.scoped(&scope).await.expect("a connection");
    let permit = short.require(&scope, Delete(1)).await.expect("permitted");
    let delete = scope.delete(invoices::table).permitted(permit).execute(&mut conn);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(refused(delete.await).as_deref(), Some("TEN0215"));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_but_yes_denies_and_says_nothing_of_the_object() {
    let says = Says::yes();
    let (kit, permits) = (TestKit::new(), PermitAuthority::new(says.clone()).engine_timeout(Duration::from_millis(20)));
    let scope = kit.scope(OrgId::new(A));
    for (answer, unavailable) in [(1, false), (2, false), (3, true), (4, true)] {
        says.now(answer);
        let denied = permits.require(&scope, Void(1)).await.expect_err("denied");
        assert_eq!(matches!(denied, Denied::Unavailable(_)), unavailable, "{answer}");
        let text = denied.to_string();
        let response = denied.into_response();
        assert_eq!(response.status(), if unavailable { 503 } else { 403 });
        assert_eq!(response.headers().contains_key("retry-after"), unavailable);
        assert!(!text.contains("secret") && !text.contains('1') && !text.contains("invoice"), "{text}");
    }
    says.now(4);
    let denied = permits.require(&scope, Void(1)).await.expect_err("denied");
    assert!(matches!(denied, Denied::Unavailable(EngineError::TimedOut)));
    says.now(0);
    let permit = permits.require(&scope, Void(1)).await.expect("permitted");
    assert_eq!(format!("{permit:?}"), r#"Permit { permission: "void", .. }"#);
    let PermitCounts { allowed, denied, unanswered, .. } = permits.counts();
    assert_eq!((allowed, denied, unanswered), (1, 2, 3));
}

/// Several at once: each has its answer, and a reply of another length denies all.
#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_objects_has_its_own_answer() {
    struct Even(usize);
    impl PermissionEngine for Even {
        fn check<'a>(&'a self, question: Question<'a>) -> EngineFuture<'a> {
            let even = question.object_id.parse::<i32>().is_ok_and(|id| id % 2 == 0);
            let answer = if even { Answer::Yes } else { Answer::No };
            Box::pin(async move { Ok(Decision { answer, epoch: None }) })
        }

        fn check_each<'a>(&'a self, questions: &'a [Question<'a>]) -> DecisionsFuture<'a> {
            Box::pin(async move {
                let mut decisions = Vec::new();
                for question in questions.iter().take(questions.len() - self.0) {
                    decisions.push(self.check(*question).await?);
                }
                Ok(decisions)
            })
        }
    }
    let kit = TestKit::new();
    let scope = kit.scope(OrgId::new(A));
    let permits = PermitAuthority::new(Even(0)).without_epochs("a test");
    let answers = permits.require_each(&scope, vec![Void(1), Void(2), Void(4)]).await.expect("answers");
    let allowed: Vec<_> = answers.iter().map(|answer| answer.as_ref().ok().map(|permit| permit.action().0)).collect();
    assert_eq!(allowed, [None, Some(2), Some(4)]);
    assert!(permits.require_each::<Void, _>(&scope, Vec::new()).await.expect("no question").is_empty());
    let short = PermitAuthority::new(Even(1)).without_epochs("a test");
    let denied = short.require_each(&scope, vec![Void(2), Void(4)]).await.expect_err("one answer is missing");
    assert!(matches!(denied, Denied::Unavailable(EngineError::Malformed(_))));
    assert_eq!(short.counts().unanswered, 2);
}

/// The scope ended while the engine was asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_ended_meanwhile_gets_no_permit() {
    struct Ends(std::sync::Mutex<Option<RequestGuard>>);
    impl tenancy::permit::PermissionEngine for Ends {
        fn check<'a>(&'a self, _: tenancy::permit::Question<'a>) -> tenancy::permit::EngineFuture<'a> {
            drop(self.0.lock().expect("no panic").take());
            let answer = tenancy::permit::Answer::Yes;
            Box::pin(async move { Ok(tenancy::permit::Decision { answer, epoch: Some(0) }) })
        }
    }
    let (kit, request) = (TestKit::new(), RequestGuard::new());
    let scope = kit.scope_within(OrgId::new(B), &request);
    let permits = PermitAuthority::new(Ends(std::sync::Mutex::new(Some(request))));
    let denied = permits.require(&scope, Void(1)).await.expect_err("denied");
    assert!(matches!(denied, Denied::Scope(ScopeError::RequestEnded)));
}
