use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).group_by((customers::id, customers::name)).select((customers::id, customers::name));
}

fn main() {
    let _ = case;
}
