use tenancy::prelude::*;
use ui_tests::billing::customers;

#[derive(Identifiable)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
}

fn case(scope: &OrgScope, record: &Customer) {
    let _ = scope.delete(customers::table).find(record.id());
}

fn main() {
    let _ = case;
}
