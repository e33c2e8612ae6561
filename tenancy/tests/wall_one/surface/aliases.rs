//! Aliases and self joins.

use super::stage;
use crate::surface::billing::{customers, invoices};
use tenancy::prelude::*;

mod declared {
    use crate::surface::billing::customers;
    tenancy::alias!(customers as elder: Elder, customers as younger: Younger);
    tenancy::alias! { pub(super) const SOLE: Alias<Sole> = customers as sole; }
}

// attack: C08
// attack: B17
#[tokio::test(flavor = "multi_thread")]
async fn a_self_join_scopes_both_sides() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let (child, parent) = tenancy::alias!(customers as child, customers as parent);
    let (child, parent) = (t.a.from(child), t.a.from(parent));
    let on = child.field(customers::parent_id).eq(parent.field(customers::id).nullable());
    let pairs = child.inner_join(JoinOnDsl::on(parent, on));
    let pairs = pairs.select((child.field(customers::name), parent.field(customers::name)));
    let rows = load!(conn, "self join", pairs.order(child.field(customers::id)) => (String, String));
    assert_eq!(rows, [("Bob", "Ada"), ("Cyd", "Ada")].map(|(c, p)| (c.to_owned(), p.to_owned())));
    let on = child.field(customers::parent_id).eq(parent.field(customers::id).nullable());
    let roots = child.left_join(JoinOnDsl::on(parent, on)).filter(parent.field(customers::id).is_null());
    assert_eq!(load!(conn, "self left join", roots.select(child.field(customers::name)) => String), ["Ada"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_joins_its_own_alias() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let parent = t.a.from(tenancy::alias!(customers as parent));
    let on = customers::parent_id.eq(parent.field(customers::id).nullable());
    let pairs = t.a.from(customers::table).inner_join(JoinOnDsl::on(parent, on));
    let pairs = pairs.select((customers::name, parent.field(customers::name))).order(customers::id);
    let rows = load!(conn, "table and alias", pairs => (String, String));
    assert_eq!(rows, [("Bob", "Ada"), ("Cyd", "Ada")].map(|(c, p)| (c.to_owned(), p.to_owned())));
}

// attack: A10
#[tokio::test(flavor = "multi_thread")]
async fn an_alias_alone_and_joined() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let c = t.a.from(tenancy::alias!(customers as c));
    assert_eq!(
        load!(conn, "alias", c.filter(c.field(customers::id).eq(2)).select(c.field(customers::name)) => String),
        ["Bob"]
    );
    let joined = t.a.from(invoices::table).inner_join(c).select((invoices::id, c.field(customers::name)));
    assert_eq!(load!(conn, "declared join of an alias", joined.order(invoices::id) => (i32, String)).len(), 3);
}

// attack: C12
#[tokio::test(flavor = "multi_thread")]
async fn an_alias_in_a_correlated_subquery_finds_no_other_organization() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let twin = t.a.from(tenancy::alias!(customers as twin));
    let same_name = twin.field(customers::name).eq(customers::name);
    let elsewhere = twin.filter(same_name).filter(twin.fields(customers::org_id).ne(customers::org_id));
    let shared = t.a.from(customers::table).filter(diesel::dsl::exists(elsewhere)).count();
    assert_eq!(load!(conn, "alias in exists", shared => i64), [0]);
}

/// A table is grouped by a tuple of its columns; so is an alias.
#[tokio::test(flavor = "multi_thread")]
async fn an_alias_grouped_by_its_key_and_more() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let parent = t.a.from(tenancy::alias!(customers as parent));
    let on = customers::parent_id.eq(parent.field(customers::id).nullable());
    let children = parent.inner_join(t.a.from(customers::table).on(on));
    let children = children.group_by(parent.grouping((customers::id, customers::name)));
    let columns = (parent.field(customers::id), parent.field(customers::name), diesel::dsl::count_star());
    let rows =
        load!(conn, "grouped alias", children.select(columns).order(parent.field(customers::id)) => (i32, String, i64));
    assert_eq!(rows, [(1, "Ada".to_owned(), 2)]);
}

/// Aliases of a module: public, with a type of their name, and no constant that stands in the way of a `let`.
#[tokio::test(flavor = "multi_thread")]
async fn aliases_that_a_module_declares() {
    use declared::{SOLE, elder, younger};
    let t = stage().await;
    let conn = &mut t.conn().await;
    let of = |scope: &tenancy::OrgScope| -> elder { scope.from(elder) };
    assert_eq!(of(&t.a).count().get_result::<i64>(conn).await, Ok(3));
    let elder = t.a.from(elder);
    let younger: younger = t.a.from(younger);
    let on = younger.field(customers::parent_id).eq(elder.field(customers::id).nullable());
    let pairs = younger
        .inner_join(JoinOnDsl::on(elder, on))
        .select((younger.field(customers::name), elder.field(customers::name)));
    let rows = load!(conn, "declared aliases", pairs.order(younger.field(customers::id)) => (String, String));
    assert_eq!(rows, [("Bob", "Ada"), ("Cyd", "Ada")].map(|(c, p)| (c.to_owned(), p.to_owned())));
    let sole: SOLE = t.a.from(SOLE);
    assert_eq!(sole.count().get_result::<i64>(conn).await, Ok(3));
}
