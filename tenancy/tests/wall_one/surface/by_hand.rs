//! What a column that was written by hand may not do: name the organization column in a write, whatever its type is.

use super::stage;
use crate::surface::billing::{A, B, invoices, new_invoice};
use crate::surface::stage::refusal;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Text;
use tenancy::ScopeError;
use tenancy::prelude::*;

const ASSIGNED: Option<ScopeError> = Some(ScopeError::OrganizationAssigned);

/// A column of `invoices` that calls itself by the name of the organization's.
#[derive(Debug, Clone, Copy, Default, QueryId)]
struct Owner;

impl Expression for Owner {
    type SqlType = Text;
}

impl Column for Owner {
    type Table = invoices::table;
    const NAME: &'static str = "org_id";
}

impl<QS> AppearsOnTable<QS> for Owner {}
impl<QS> SelectableExpression<QS> for Owner {}

impl<DB: Backend> QueryFragment<DB> for Owner {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_identifier("org_id")
    }
}

/// Changes as text.
#[derive(Debug, Clone, Copy)]
struct Changes(&'static str);

impl AsChangeset for Changes {
    type Target = invoices::table;
    type Changeset = Self;

    fn as_changeset(self) -> Self {
        self
    }
}

impl<DB: Backend> QueryFragment<DB> for Changes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

fn other() -> String {
    uuid::Uuid::from_u128(B).to_string()
}

// attack: E43
#[tokio::test(flavor = "multi_thread")]
async fn no_set_names_the_organization() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let update = t.a.update(invoices::table).find(11);
    assert_eq!(refusal(update.set(Owner.eq(other())).execute(conn).await), ASSIGNED);
    assert_eq!(refusal(update.set((invoices::amount.eq(1), Owner.eq(other()))).execute(conn).await), ASSIGNED);
    assert_eq!(refusal(update.set(Some(Owner.eq(other()))).execute(conn).await), ASSIGNED);
    let returning = update.set(Owner.eq(other())).returning(invoices::id);
    assert_eq!(refusal(returning.load::<i32>(conn).await), ASSIGNED);
    for text in [
        "\"org_id\" = \"org_id\"",
        "\"amount\" = 1, org_id = 'x'",
        "\"amount\" = 1, \"ORG_ID\" = 'x'",
        "(amount, org_id) = (1, 'x')",
        "\"amount\" = 1 --, \"org_id\" = 'x'",
    ] {
        assert_eq!(refusal(update.set(Changes(text)).execute(conn).await), ASSIGNED, "{text}");
    }
    let upsert =
        || t.a.insert_into(invoices::table).values(new_invoice(11, 1, 1, 1)).on_conflict(invoices::id).do_update();
    assert_eq!(refusal(upsert().set(Owner.eq(other())).execute(conn).await), ASSIGNED);
    assert_eq!(refusal(upsert().set(Changes("org_id = 'x'")).execute(conn).await), ASSIGNED);
    // What sets other columns is as welcome as ever.
    assert_eq!(update.set(Changes("\"amount\" = 7")).execute(conn).await, Ok(1));
    drop(t.conn().await);
    assert_eq!(t.foreign(), foreign);
}

// attack: E43
#[tokio::test(flavor = "multi_thread")]
async fn no_row_names_the_organization() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let insert = || t.a.insert_into(invoices::table);
    let row = || (invoices::amount.eq(1), Owner.eq(other()));
    assert_eq!(refusal(insert().values(Owner.eq(other())).execute(conn).await), ASSIGNED);
    assert_eq!(refusal(insert().values(row()).execute(conn).await), ASSIGNED);
    assert_eq!(refusal(insert().values(vec![row(), row()]).execute(conn).await), ASSIGNED);
    assert_eq!(refusal(insert().values([row(), row()]).execute(conn).await), ASSIGNED);
    assert_eq!(refusal(insert().values(row()).returning(invoices::id).load::<i32>(conn).await), ASSIGNED);
    assert_eq!(refusal(t.a.insert_many(invoices::table, [row(), row()]).execute(conn).await), ASSIGNED);
    #[expect(clippy::disallowed_methods, reason = "a value of the type, whatever it is")]
    let source = t.a.from(invoices::table).select((invoices::amount, diesel::dsl::sql::<Text>("'x'")));
    let selected = insert().values(source).into_columns((invoices::amount, Owner));
    assert_eq!(refusal(selected.execute(conn).await), ASSIGNED);
    assert_eq!(t.a.from(invoices::table).count().get_result::<i64>(conn).await, Ok(3), "of {A:x}");
    assert_eq!(t.foreign(), foreign);
}

/// The types' own look at what a write names does not lean on the review of the text.
// attack: E43
#[tokio::test(flavor = "multi_thread")]
async fn without_a_review_no_write_names_the_organization_either() {
    let t = stage().await;
    let foreign = t.foreign();
    let db = t.unreviewed().await;
    let conn = &mut db.scoped(&t.a).await.unwrap();
    let update = t.a.update(invoices::table).find(11);
    let said = update.set(Owner.eq(other())).execute(conn).await.map_err(|error| error.to_string());
    assert!(said.as_ref().is_err_and(|said| said.starts_with("TEN0230")), "{said:?}");
    for _ in 0..2 {
        assert_eq!(refusal(update.set(Owner.eq(other())).execute(conn).await), ASSIGNED);
        assert_eq!(refusal(update.set(Changes("amount = 1, org_id = 'x'")).execute(conn).await), ASSIGNED);
        let row = || (invoices::amount.eq(1), Owner.eq(other()));
        assert_eq!(refusal(t.a.insert_into(invoices::table).values(row()).execute(conn).await), ASSIGNED);
        assert_eq!(refusal(t.a.insert_into(invoices::table).values([row(), row()]).execute(conn).await), ASSIGNED);
        let upsert = t.a.insert_into(invoices::table).values(new_invoice(11, 1, 1, 1)).on_conflict(invoices::id);
        assert_eq!(refusal(upsert.do_update().set(Owner.eq(other())).execute(conn).await), ASSIGNED);
        // One that names others is sent, and one that is known is sent again.
        assert_eq!(update.set(Changes("\"amount\" = 7")).execute(conn).await, Ok(1));
    }
    drop(t.conn().await);
    assert_eq!(t.foreign(), foreign);
}
