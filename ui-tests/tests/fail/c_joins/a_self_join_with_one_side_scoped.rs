// attack: C08
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let parent = tenancy::alias!(customers as parent);
    let _ = scope.from(customers::table).inner_join(parent);
}

fn main() {
    let _ = case;
}
