// attack: none, an ordinary mistake
//~ E0277 TEN0023
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let c = scope.from(tenancy::alias!(customers as c));
    let _ = c.group_by(c.field(customers::id)).select((c.field(customers::id), c.field(customers::name)));
}

fn main() {
    let _ = case;
}
