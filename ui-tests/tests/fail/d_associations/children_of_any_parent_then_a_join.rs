// attack: D03
//~ E0277 TEN0002
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

#[derive(Identifiable)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
}

#[derive(Identifiable, Associations, Selectable, Queryable)]
#[diesel(table_name = invoices, belongs_to(Customer))]
struct Invoice {
    id: i32,
    customer_id: i32,
}

fn case(scope: &OrgScope, parent: &Customer) {
    let _ = Invoice::belonging_to(parent).inner_join(scope.from(customers::table));
}

fn main() {
    let _ = case;
}
