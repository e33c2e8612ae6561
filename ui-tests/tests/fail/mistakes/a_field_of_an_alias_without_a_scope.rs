// attack: none, an ordinary mistake
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let c = tenancy::alias!(customers as c);
    let _ = (scope, c.filter(c.field(customers::id).eq(1)));
}

fn main() {
    let _ = case;
}
