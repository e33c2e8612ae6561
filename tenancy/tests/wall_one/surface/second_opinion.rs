//! The review of texts, on what code of a service can write: refused before it is sent, whatever the types say.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "each is the attack")]

use super::stage;
use crate::surface::billing::{customers, invoices};
use crate::surface::stage::refusal;
use diesel::backend::Backend as DieselBackend;
use diesel::dsl::{exists, sql};
use diesel::expression::is_aggregate;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use diesel::{Expression, QueryResult};
use tenancy::ScopeError;
use tenancy::prelude::*;
use tenancy::scope::Finding::{self, Function, Undeclared, Unreadable, Unscoped};

/// The same SQL table, declared without an organization.
mod shadow {
    diesel::table! {
        customers (id) {
            id -> Integer,
            name -> Text,
        }
    }
}

diesel::define_sql_function! { fn leak(of: Integer) -> Integer; }
diesel::infix_operator!(Leaks, " > (SELECT count(*) FROM invoices) + ");

fn found<T: std::fmt::Debug>(result: QueryResult<T>) -> Finding {
    match refusal(result) {
        Some(ScopeError::Text(finding)) => finding,
        other => panic!("refused by something else: {other:?}"),
    }
}

/// A predicate that writes what it is told.
#[derive(Clone, Copy, QueryId)]
struct Writes(&'static str);

impl Expression for Writes {
    type SqlType = Bool;
}
impl<GB> diesel::expression::ValidGrouping<GB> for Writes {
    type IsAggregate = is_aggregate::No;
}
impl<QS> AppearsOnTable<QS> for Writes {}
impl<QS> SelectableExpression<QS> for Writes {}
impl<DB: DieselBackend> QueryFragment<DB> for Writes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

/// Closes the parenthesis that wall one opened, and opens another.
const ESCAPE: &str = "1 = 1) OR (1 = 1";

// attack: B12
// attack: B13
// attack: B24
#[tokio::test(flavor = "multi_thread")]
async fn no_text_reaches_an_organization_table_without_the_organization() {
    let t = stage().await;
    let (foreign, own) = (t.foreign(), t.a.from(invoices::table).count());
    let conn = &mut t.conn().await;
    let read = || t.a.from(invoices::table);
    let everybody = "(SELECT count(*) FROM invoices)";
    assert_eq!(
        found(read().filter(sql::<Bool>(&format!("{everybody} > 3"))).select(invoices::id).load::<i32>(conn).await),
        Unscoped
    );
    assert_eq!(
        found(read().filter(Writes("EXISTS (SELECT 1 FROM customers)")).select(invoices::id).load::<i32>(conn).await),
        Unscoped
    );
    assert_eq!(found(read().order(sql::<BigInt>(everybody)).select(invoices::id).load::<i32>(conn).await), Unscoped);
    let shown = "(SELECT max(name) FROM main.customers)";
    let shown = read().select(sql::<Text>(shown)).load::<String>(conn).await;
    assert!(matches!(found(shown), Unscoped | Undeclared));
    let united = "1 = 1 UNION SELECT number FROM invoices";
    assert_eq!(found(read().filter(Writes(united)).select(invoices::id).load::<i32>(conn).await), Unscoped);
    // The parser keeps the relation of `TABLE t` as text, where no walk over its tree comes.
    let all = t.a.from(invoices::table).filter(Writes("1 = 1 UNION ALL TABLE invoices"));
    assert_eq!(found(all.load::<(i32, i32, i32, i32, String, Option<String>)>(conn).await), Unreadable);
    let leaks = Leaks::new(invoices::id, 0.into_sql::<Integer>());
    assert_eq!(found(read().filter(leaks).select(invoices::id).load::<i32>(conn).await), Unscoped);
    let second = exists(shadow::customers::table.filter(shadow::customers::name.ne("")));
    assert_eq!(found(diesel::select(second).get_result::<bool>(conn).await), Unscoped);
    assert_eq!(found(read().filter(leak(invoices::id).gt(1)).select(invoices::id).load::<i32>(conn).await), Function);
    assert_eq!(found(read().filter(Writes("1 = 1 -- ")).select(invoices::id).load::<i32>(conn).await), Unreadable);
    assert_eq!(
        found(read().filter(Writes("EXISTS (SELECT 1 FROM secrets)")).select(invoices::id).load::<i32>(conn).await),
        Undeclared
    );
    assert_eq!(found(t.a.delete(invoices::table).filter(Writes(ESCAPE)).execute(conn).await), Unscoped);
    assert_eq!(found(t.a.delete(customers::table).filter(sql::<Bool>(ESCAPE)).execute(conn).await), Unscoped);
    let update = t.a.update(invoices::table).filter(Writes(ESCAPE)).set(invoices::amount.eq(0));
    assert_eq!(found(update.execute(conn).await), Unscoped);
    // Nothing was sent, and the connection lives on.
    assert_eq!(own.get_result::<i64>(conn).await, Ok(3));
    assert_eq!(t.foreign(), foreign);
}

/// What stays inside of the own rows is nobody's business.
#[tokio::test(flavor = "multi_thread")]
async fn text_that_names_no_table_passes() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let shouted =
        t.a.from(customers::table).filter(sql::<Bool>("lower(name) LIKE 'a%'")).select(sql::<Text>("upper(name)"));
    assert_eq!(shouted.load::<String>(conn).await, Ok(vec!["ADA".to_owned()]));
    let open = t.a.from(invoices::table).filter(Writes("(amount > 100 OR 1 = 1)"));
    assert_eq!(open.count().get_result::<i64>(conn).await, Ok(3));
}
