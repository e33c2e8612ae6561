//! One Rust type, many texts: no statement runs under the prepared text of another one.
//!
//! A boxed value has one type whatever it renders. If the type alone told the prepared text, the values of one statement would be
//! bound where another one has its organization.

use super::{Backend, like_an_organization, stage};
use crate::surface::billing::{self, customers, invoices};
use crate::surface::support::ids;
use crate::surface::support::sql::rendered;
use diesel::dsl::{case_when, exists};
use diesel::expression::BoxableExpression;
use diesel::internal::table_macro::NoFromClause;
use diesel::sql_types::{Bool, Integer, Nullable, Text};
use tenancy::OrgScope;
use tenancy::prelude::*;
use uuid::Uuid;

/// A text that is inserted, and whose own text depends on what the request asks for.
type Value<'a> = Box<dyn BoxableExpression<NoFromClause, Backend, SqlType = Nullable<Text>> + 'a>;

/// The organization that the client would like to act for.
const ASKED: Uuid = Uuid::from_u128(billing::B);

/// The last customer's name. The organization stands before the request's value.
fn last_name_where(scope: &OrgScope, asked: Uuid) -> Value<'static> {
    let last = scope.from(customers::table).into_boxed::<Backend>().order(customers::id.desc());
    Box::new(last.filter(like_an_organization(asked).is_not_null()).select(customers::name).single_value())
}

/// The last customer's name. The request's value stands before the organization.
fn last_name_in_case(scope: &OrgScope, asked: Uuid) -> Value<'static> {
    let last = scope.from(customers::table).into_boxed::<Backend>().order(customers::id.desc());
    let name = case_when(like_an_organization(asked).is_not_null(), customers::name).otherwise(customers::name);
    Box::new(last.select(name).single_value())
}

// attack: B23
#[tokio::test(flavor = "multi_thread")]
async fn a_value_of_the_request_is_not_bound_where_another_text_has_its_organization() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    // More than once: the text gets its name behind the first.
    for id in [90, 91] {
        let first = t.a.insert_into(invoices::table).values([(
            invoices::id.eq(id),
            invoices::number.eq(id),
            invoices::memo.eq(last_name_where(&t.a, ASKED)),
        )]);
        assert_eq!(first.execute(conn).await, Ok(1));
    }
    let second = t.a.insert_into(invoices::table).values([(
        invoices::id.eq(92),
        invoices::number.eq(92),
        invoices::memo.eq(last_name_in_case(&t.a, ASKED)),
    )]);
    assert_eq!(second.execute(conn).await, Ok(1));
    let memos = t.a.from(invoices::table).filter(invoices::id.ge(90)).select(invoices::memo.assume_not_null());
    assert_eq!(memos.load::<String>(conn).await, Ok(vec!["Cyd".to_owned(); 3]), "another organization's customer");
}

/// Its values are, in this order, those of a text, of an organization and of two integers, and of a text.
fn planted(asked: Uuid) -> Value<'static> {
    let told = like_an_organization(asked).is_not_null();
    let told = told.and(5.into_sql::<Integer>().is_not_null()).and(6.into_sql::<Integer>().is_not_null());
    let text = |text: &'static str| Some(text).into_sql::<Nullable<Text>>();
    Box::new(text("planted").concat(case_when(told, text("!"))))
}

fn nothing() -> Value<'static> {
    Box::new(Some("own").into_sql::<Nullable<Text>>())
}

// attack: B23
#[tokio::test(flavor = "multi_thread")]
async fn nor_does_it_become_the_organization_of_a_row() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let two = |first: i32, memos: [Value<'static>; 2]| {
        let [one, other] = memos;
        t.a.insert_into(invoices::table).values([
            (invoices::id.eq(first), invoices::number.eq(first), invoices::memo.eq(one)),
            (invoices::id.eq(first + 1), invoices::number.eq(first + 1), invoices::memo.eq(other)),
        ])
    };
    for first in [90, 92] {
        assert_eq!(two(first, [nothing(), planted(ASKED)]).execute(conn).await, Ok(2));
    }
    assert_eq!(two(94, [planted(ASKED), nothing()]).execute(conn).await, Ok(2));
    assert_eq!(t.foreign(), foreign, "a row was put into another organization");
    let own = t.a.from(invoices::table).filter(invoices::id.ge(90)).count();
    assert_eq!(own.get_result::<i64>(conn).await, Ok(6));
}

/// Statements of one Rust type whose texts differ: each form that can hold a boxed part.
macro_rules! one_type {
    ($($what:literal: |$part:ident: $of:ty| $statement:expr, [$($one:expr),+];)*) => {$({
        let build = |$part: $of| $statement;
        let mut texts = Vec::new();
        $(
            let statement = build($one);
            let text = rendered::<Backend, _>(&statement);
            ids::hold::<Backend, _>(&statement, &text).unwrap_or_else(|why| panic!("{}: {why}", $what));
            texts.push(text);
        )+
        texts.dedup();
        assert!(texts.len() > 1, "{}: these texts are one", $what);
    })*};
}

type Predicate = Box<dyn BoxableExpression<invoices::table, Backend, SqlType = Bool>>;
type Shown = Box<dyn BoxableExpression<invoices::table, Backend, SqlType = Integer>>;

fn amount_over() -> Predicate {
    Box::new(invoices::amount.gt(5))
}

fn number_is() -> Predicate {
    Box::new(invoices::number.eq(5).and(invoices::amount.lt(9)))
}

// attack: B23
#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_static_only_where_the_type_tells_the_text() {
    let t = stage().await;
    let a = &t.a;
    let boxed = |predicate| a.from(invoices::table).into_boxed::<Backend>().filter(predicate);
    one_type! {
        "array": |v: Value<'static>| a.insert_into(invoices::table).values([(invoices::id.eq(1), invoices::memo.eq(v))]),
            [last_name_where(a, ASKED), last_name_in_case(a, ASKED), nothing()];
        "boxed array": |v: Value<'static>|
            a.insert_into(invoices::table).values(Box::new([(invoices::id.eq(1), invoices::memo.eq(v))])),
            [last_name_where(a, ASKED), nothing()];
        "row": |v: Value<'static>| a.insert_into(invoices::table).values((invoices::id.eq(1), invoices::memo.eq(v))),
            [last_name_where(a, ASKED), nothing()];
        "vector": |v: Value<'static>| a.insert_into(invoices::table).values(vec![invoices::memo.eq(v)]),
            [last_name_where(a, ASKED), nothing()];
        "ignored array": |v: Value<'static>|
            a.insert_into(invoices::table).values([invoices::memo.eq(v)]).on_conflict_do_nothing(),
            [last_name_where(a, ASKED), nothing()];
        "upsert": |v: Value<'static>| a.insert_into(invoices::table).values([invoices::memo.eq(v)])
            .on_conflict(invoices::id).do_update().set(invoices::amount.eq(1)),
            [last_name_where(a, ASKED), nothing()];
        "partial index": |p: Predicate| a.insert_into(invoices::table).values([invoices::id.eq(1)])
            .on_conflict(invoices::id).filter_target(p).do_nothing(), [amount_over(), number_is()];
        "insert from select": |p: Predicate| a.insert_into(invoices::table)
            .values(boxed(p).select(invoices::amount)).into_columns(invoices::amount), [amount_over(), number_is()];
        "update": |p: Predicate| a.update(invoices::table).filter(p).set(invoices::amount.eq(1)),
            [amount_over(), number_is()];
        "delete": |p: Predicate| a.delete(invoices::table).filter(p), [amount_over(), number_is()];
        "delete, boxed": |p: Predicate| a.delete(invoices::table).into_boxed::<Backend>().filter(p),
            [amount_over(), number_is()];
        "returning": |s: Shown| a.delete(invoices::table).returning(s),
            [Box::new(invoices::id) as Shown, Box::new(invoices::amount + 1)];
        "select": |s: Shown| a.from(invoices::table).select(s),
            [Box::new(invoices::id) as Shown, Box::new(invoices::amount + 1)];
        "order": |s: Shown| a.from(invoices::table).order(s).select(invoices::id),
            [Box::new(invoices::id) as Shown, Box::new(invoices::amount + 1)];
        "where": |p: Predicate| a.from(invoices::table).filter(p).select(invoices::id), [amount_over(), number_is()];
        "boxed": |p: Predicate| boxed(p).select(invoices::id), [amount_over(), number_is()];
        "boxed in a static one": |p: Predicate|
            a.from(customers::table).filter(customers::id.eq_any(boxed(p).select(invoices::customer_id))),
            [amount_over(), number_is()];
        "exists": |p: Predicate| a.from(customers::table).filter(exists(boxed(p))), [amount_over(), number_is()];
        "case": |p: Predicate| a.from(invoices::table).select(case_when(p, invoices::id).otherwise(invoices::amount)),
            [amount_over(), number_is()];
        "union": |p: Predicate| a.from(invoices::table).select(invoices::id).union(boxed(p).select(invoices::id)),
            [amount_over(), number_is()];
    }
}

/// A fragment of free text may have the text of a statement that is kept already. It runs with the organization of its own scope and with
/// its own value.
// attack: B23
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "a fragment is the attack")]
async fn a_fragment_with_the_text_of_a_kept_statement_stays_in_its_organization() {
    let t = stage().await;
    for round in 0..3 {
        for (scope, of_two, of_three) in [(&t.a, 12, 13), (&t.b, 22, 23)] {
            let conn = &mut t.db.scoped(scope).await.expect("a connection");
            let own = scope.from(invoices::table).select((invoices::org_id, invoices::id));
            let typed = own.filter(invoices::number.eq(2));
            let text = rendered::<Backend, _>(&typed);
            let (_, condition) = text.rsplit_once("WHERE ").expect("a condition");
            let (before, _) = condition.split_once(" = ").expect("a comparison");
            let free = diesel::dsl::sql::<Bool>(&format!("{before} = ")).bind::<Integer, _>(3).sql(")");
            let free = own.filter(free);
            assert_eq!(rendered::<Backend, _>(&free).split(" -- ").next(), text.split(" -- ").next());
            let of = |id| Ok(vec![(scope.org_id(), id)]);
            assert_eq!(typed.load::<(tenancy::OrgId, i32)>(conn).await, of(of_two), "round {round}");
            assert_eq!(free.load::<(tenancy::OrgId, i32)>(conn).await, of(of_three), "round {round}");
        }
    }
}

// attack: B21
#[test]
fn what_holds_ids_finds_one_that_two_texts_have() {
    #[derive(diesel::query_builder::QueryId)]
    struct Claimed;
    assert_eq!(ids::hold::<Backend, _>(&Claimed, "one -- binds: [1]"), Ok(()));
    assert_eq!(ids::hold::<Backend, _>(&Claimed, "one -- binds: [2]"), Ok(()));
    ids::hold::<Backend, _>(&Claimed, "other -- binds: [1]").expect_err("two texts");
}
