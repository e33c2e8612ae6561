use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;
use ui_tests::billing::invoices;

#[derive(Selectable, Queryable)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
    #[diesel(select_expression = customers::parent_id)]
    largest: Option<i32>,
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope.from(customers::table).select(Customer::as_select()).load(conn), invoices::id);
}

fn main() {
    let _ = case;
}
