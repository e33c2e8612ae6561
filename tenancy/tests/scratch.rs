use diesel::debug_query;
use diesel::dsl::*;
use diesel::pg::Pg;
use diesel::prelude::*;
use tenancy::OrgScope;

tenancy::schema! {
    global(currencies);
    diesel::table! { billing.invoices (id) { id -> Integer, org_id -> Uuid, customer_id -> Integer, amount -> Integer, currency -> Text, memo -> Nullable<Text>, } }
    diesel::table! { customers (id) { id -> Integer, org_id -> Uuid, name -> Text, parent_id -> Nullable<Integer>, } }
    diesel::table! { currencies (code) { code -> Text, label -> Text, } }
    diesel::joinable!(invoices -> customers (customer_id));
    diesel::joinable!(invoices -> currencies (currency));
    diesel::allow_tables_to_appear_in_same_query!(invoices, customers, currencies);
}

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = invoices)]
struct Inv {
    id: i32,
    amount: i32,
}
#[derive(Insertable)]
#[diesel(table_name = invoices)]
struct NewInv<'a> {
    customer_id: i32,
    amount: i32,
    currency: &'a str,
    memo: Option<&'a str>,
}
#[derive(AsChangeset)]
#[diesel(table_name = invoices)]
struct Chg {
    amount: i32,
}

fn show<T: diesel::query_builder::QueryFragment<Pg>>(q: T) {
    println!("{}", debug_query::<Pg, _>(&q));
}

#[test]
fn scratch() {
    let kit = tenancy_testkit::TestKit::new();
    let scope = kit.scope(tenancy::OrgId::new(uuid::Uuid::new_v4()));
    show(
        scope
            .from(invoices::table)
            .filter(invoices::amount.gt(5))
            .or_filter(invoices::amount.lt(1))
            .order(invoices::id.desc())
            .limit(3),
    );
    show(
        scope
            .from(invoices::table)
            .inner_join(scope.from(customers::table))
            .filter(customers::name.eq("x"))
            .select((Inv::as_select(), customers::name)),
    );
    show(
        scope
            .from(customers::table)
            .left_join(scope.from(invoices::table))
            .select((customers::name, Option::<Inv>::as_select())),
    );
    show(
        scope
            .from(invoices::table)
            .inner_join(currencies::table)
            .inner_join(scope.from(customers::table))
            .select((invoices::id, currencies::label)),
    );
    show(currencies::table.inner_join(scope.from(invoices::table)).select((invoices::id, currencies::label)));
    show(
        scope
            .from(customers::table)
            .filter(exists(scope.from(invoices::table).filter(invoices::customer_id.eq(customers::id))))
            .select(customers::name),
    );
    show(
        scope
            .from(customers::table)
            .filter(customers::id.eq_any(scope.from(invoices::table).select(invoices::customer_id)))
            .into_boxed::<Pg>(),
    );
    show(scope.from(invoices::table).group_by(invoices::customer_id).select((
        invoices::customer_id,
        sum(invoices::amount),
        count_star(),
    )));
    show(scope.from(invoices::table).select(invoices::id).union(scope.from(customers::table).select(customers::id)));
    show(scope.from(invoices::table).find(3).for_update());
    show(
        scope
            .from(invoices::table)
            .inner_join(scope.from(customers::table).on(customers::id.eq(invoices::customer_id)))
            .count(),
    );
    let (a, b) = tenancy::alias!(customers as a, customers as b);
    let (a, b) = (scope.from(a), scope.from(b));
    show(
        a.inner_join(b.on(a.field(customers::parent_id).eq(b.field(customers::id).nullable())))
            .select((a.field(customers::name), b.field(customers::name))),
    );
    show(scope.from(invoices::table).inner_join(a).select(a.fields((customers::id, customers::name))));
    show(scope.from(invoices::table).inner_join(a));
    show(a.filter(a.field(customers::id).eq(1)));
    show(
        scope
            .from(invoices::table)
            .inner_join(tenancy::query::JoinOnDsl::on(a, a.field(customers::id).eq(invoices::customer_id)))
            .select(a.fields((customers::id, customers::name))),
    );
    show(scope.insert_into(invoices::table).values(&NewInv {
        customer_id: 1,
        amount: 10,
        currency: "EUR",
        memo: None,
    }));
    show(
        scope
            .insert_into(invoices::table)
            .values((invoices::customer_id.eq(1), invoices::amount.eq(11)))
            .returning(invoices::id),
    );
    show(scope.insert_into(invoices::table).values(vec![
        NewInv { customer_id: 1, amount: 10, currency: "EUR", memo: None },
        NewInv { customer_id: 1, amount: 10, currency: "EUR", memo: Some("x") },
    ]));
    show(scope.insert_into(invoices::table).default_values());
    show(
        scope
            .insert_into(invoices::table)
            .values(scope.from(customers::table).select((customers::id, customers::id + 1)))
            .into_columns((invoices::customer_id, invoices::amount))
            .on_conflict_do_nothing(),
    );
    show(
        scope
            .insert_into(invoices::table)
            .values(&NewInv { customer_id: 1, amount: 10, currency: "EUR", memo: None })
            .on_conflict(invoices::id)
            .do_update()
            .set(invoices::amount.eq(3))
            .filter(invoices::amount.gt(1)),
    );
    show(
        scope
            .insert_into(invoices::table)
            .values(invoices::amount.eq(1))
            .on_conflict((invoices::org_id, invoices::customer_id))
            .do_update()
            .set(invoices::amount.eq(diesel::upsert::excluded(invoices::amount)))
            .returning(Inv::as_returning()),
    );
    show(
        scope
            .update(invoices::table)
            .filter(invoices::amount.gt(11).or(invoices::id.gt(0)))
            .or_filter(invoices::id.eq(3))
            .set(Chg { amount: 99 })
            .returning(invoices::all_columns),
    );
    show(
        scope
            .update(invoices::table)
            .find(3)
            .set((invoices::amount.eq(invoices::amount + 1), invoices::memo.eq(None::<String>))),
    );
    show(
        scope.update(invoices::table).set(
            invoices::amount.eq(scope.from(customers::table).select(customers::id).single_value().assume_not_null()),
        ),
    );
    show(
        scope
            .delete(invoices::table)
            .filter(invoices::customer_id.eq_any(scope.from(customers::table).select(customers::id))),
    );
    show(scope.from(invoices::table).distinct_on(invoices::customer_id));
    show(select(exists(scope.from(invoices::table).filter(invoices::id.eq(1)))));
}

mod live {
    use super::{Chg, Inv, NewInv, currencies, customers, invoices};
    use diesel::dsl::*;
    use tenancy::prelude::*;

    #[tokio::test]
    async fn live() {
        let kit = tenancy_testkit::TestKit::new();
        let db = kit.sqlite(&["create table invoices(id integer primary key, org_id blob not null, customer_id integer not null default 0, amount integer not null default 0, currency text not null default 'EUR', memo text, unique(org_id, amount));
          create table customers(id integer primary key, org_id blob not null, name text not null, parent_id integer); create table currencies(code text primary key, label text not null); insert into currencies values ('EUR','Euro');"]).build().await.unwrap();
        let a = kit.scope(tenancy::OrgId::new(uuid::Uuid::new_v4()));
        let b = kit.scope(tenancy::OrgId::new(uuid::Uuid::new_v4()));
        {
            let conn = &mut db.scoped(&a).await.unwrap();
            let n = a
                .insert_into(customers::table)
                .values(vec![
                    (customers::id.eq(1), customers::name.eq("x")),
                    (customers::id.eq(2), customers::name.eq("y")),
                ])
                .execute(conn)
                .await
                .unwrap();
            assert_eq!(n, 2);
            let n = a
                .insert_into(customers::table)
                .values(scope_sel(&a))
                .into_columns(customers::name)
                .execute(conn)
                .await
                .unwrap();
            assert_eq!(n, 2);
            let r: Vec<String> =
                a.from(customers::table).select(customers::name).order(customers::id).load(conn).await.unwrap();
            println!("{r:?}");
            let r = a
                .from(customers::table)
                .select(customers::name)
                .union(a.from(customers::table).select(customers::name))
                .load::<String>(conn)
                .await
                .unwrap();
            println!("{r:?}");
            let r = a.from(customers::table).count().get_result::<i64>(conn).await.unwrap();
            println!("{r:?}");
            let r = a.from(customers::table).first::<(i32, String, Option<i32>)>(conn).await.unwrap();
            println!("{r:?}");
            let r = select(exists(a.from(customers::table).filter(customers::id.eq(1)))).get_result::<bool>(conn).await;
            println!("{r:?}");
            let r = currencies::table.load::<(String, String)>(conn).await;
            println!("{r:?}");
            let r = a
                .from(customers::table)
                .into_boxed()
                .filter(customers::id.gt(1))
                .select(customers::id)
                .load::<i32>(conn)
                .await;
            println!("{r:?}");
            let r = b.from(customers::table).count().get_result::<i64>(conn).await;
            println!("{r:?}");
            let r = a
                .from(customers::table)
                .filter(exists(b.from(invoices::table).filter(invoices::id.eq(1))))
                .count()
                .get_result::<i64>(conn)
                .await;
            println!("{r:?}");
            let r = a
                .update(customers::table)
                .find(1)
                .set(customers::name.eq("z"))
                .returning(customers::name)
                .get_result::<String>(conn)
                .await;
            println!("{r:?}");
        }
        let mut conn = db.scoped(&b).await.unwrap();
        let n = b.delete(customers::table).execute(&mut conn).await.unwrap();
        assert_eq!(n, 0);
    }
    fn scope_sel(a: &OrgScope) -> diesel::dsl::Select<customers::table, customers::name> {
        a.from(customers::table).select(customers::name)
    }
}
