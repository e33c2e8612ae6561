use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let c = scope.from(tenancy::alias!(customers as c));
    let _ = c.filter(c.field(customers::id).eq(1));
}

fn main() {
    let _ = case;
}
