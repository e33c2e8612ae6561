// attack: C08
//~ E0277 TEN0001
//~ E0277 NamesNoOrganization
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let parent = tenancy::alias!(customers as parent);
    let _ = scope.from(customers::table).inner_join(parent);
}

fn main() {
    let _ = case;
}
