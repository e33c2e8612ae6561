// attack: A07
use tenancy::prelude::*;
use ui_tests::billing::customers;

#[derive(diesel::HasQuery)]
#[diesel(table_name = customers)]
#[diesel(base_query = customers::table.or_filter(customers::id.gt(0)))]
struct Customer {
    id: i32,
}

fn case(customer: &Customer) {
    let _ = customer.id;
}

fn main() {
    let _ = case;
}
