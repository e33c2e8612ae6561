use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let parent = scope.from(tenancy::alias!(customers as parent));
    let _ = scope.from(customers::table).inner_join(parent.on(customers::parent_id.eq(parent.field(customers::id).nullable())));
}

fn main() {
    let _ = case;
}
