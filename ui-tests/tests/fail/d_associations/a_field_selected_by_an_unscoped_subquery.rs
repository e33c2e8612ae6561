// attack: D09
//~ E0277 TEN0001
//~ E0308 Unscoped
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;
use ui_tests::billing::invoices;

#[derive(Selectable, Queryable)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
    #[diesel(select_expression = invoices::table.select(invoices::amount).single_value())]
    largest: Option<i32>,
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.from(customers::table).select(Customer::as_select()).load(conn);
}

fn main() {
    let _ = case;
}
