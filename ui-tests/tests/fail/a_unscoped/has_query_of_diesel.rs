// attack: A06
//~ E0277 TEN0001
//~ E0308 NeedsOrgScope
use ui_tests::billing::customers;

#[derive(diesel::HasQuery)]
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
