// attack: E13
//~ E0277 TEN0001
//~ E0275 NamesNoOrganization
use tenancy::prelude::*;
use ui_tests::billing::customers;

#[derive(Identifiable)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
}

fn case(scope: &OrgScope, record: &Customer) {
    let _ = (scope, diesel::update(record).set(customers::name.eq("x")));
}

fn main() {
    let _ = case;
}
