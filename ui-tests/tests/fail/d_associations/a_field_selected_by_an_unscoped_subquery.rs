// attack: D09
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

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).select(Customer::as_select());
}

fn main() {
    let _ = case;
}
