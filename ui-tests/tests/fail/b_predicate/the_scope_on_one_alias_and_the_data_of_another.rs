// attack: B17
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
//~ E0277 NoTableValue
//~ E0277 NeedsOrgScope
//~ E0599 NoTableValue
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let (one, two) = tenancy::alias!(customers as one, customers as two);
    let one = scope.from(one);
    let _ = one.inner_join(two).select(one.field(customers::name));
}

fn main() {
    let _ = case;
}
