// attack: C12
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::dsl::exists;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let other = tenancy::alias!(customers as other);
    let _ = scope.from(customers::table).filter(exists(other.filter(customers::id.gt(0))));
}

fn main() {
    let _ = case;
}
