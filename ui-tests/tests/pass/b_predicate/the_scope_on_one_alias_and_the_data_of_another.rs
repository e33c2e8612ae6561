use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let (one, two) = tenancy::alias!(customers as one, customers as two);
    let (one, two) = (scope.from(one), scope.from(two));
    let _ = one.inner_join(two.on(two.field(customers::id).nullable().eq(one.field(customers::parent_id)))).select(one.field(customers::name));
}

fn main() {
    let _ = case;
}
