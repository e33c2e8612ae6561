use tenancy::prelude::*;
use ui_tests::billing::customers;

#[derive(HasQuery)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
}

fn case(customer: &Customer) {
    let _ = customer.id;
}

fn main() {
    let _ = case;
}
