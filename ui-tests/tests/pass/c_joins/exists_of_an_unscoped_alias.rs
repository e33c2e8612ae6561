use tenancy::prelude::*;
use diesel::dsl::exists;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let other = scope.from(tenancy::alias!(customers as other));
    let _ = scope.from(customers::table).filter(exists(other.filter(other.field(customers::id).ne(customers::id))));
}

fn main() {
    let _ = case;
}
