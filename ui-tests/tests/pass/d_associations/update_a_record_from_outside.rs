use tenancy::prelude::*;
use ui_tests::billing::customers;

#[derive(Identifiable)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
}

fn case(scope: &OrgScope, record: &Customer) {
    let _ = scope.update(customers::table).find(record.id()).set(customers::name.eq("x"));
}

fn main() {
    let _ = case;
}
