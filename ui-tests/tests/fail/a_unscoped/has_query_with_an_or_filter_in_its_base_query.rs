// attack: A07
//~ E0277 TEN0001
//~ E0308 Unscoped
use tenancy::prelude::*;
use ui_tests::billing::customers;

#[derive(diesel::HasQuery)]
#[diesel(table_name = customers)]
#[diesel(base_query = customers::table.or_filter(customers::id.gt(0_i32)))]
struct Customer {
    id: i32,
}

fn case(customer: &Customer) {
    let _ = customer.id;
}

fn main() {
    let _ = case;
}
