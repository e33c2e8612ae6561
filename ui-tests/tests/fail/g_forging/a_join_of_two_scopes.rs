// attack: G28
//~ E0521 OrgScope
//~ E0521 OrgScope
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(one: &OrgScope, two: &OrgScope) {
    one.enter_sync(|one| {
        two.enter_sync(|two| {
            let _ = one.from(customers::table).inner_join(two.from(invoices::table));
        })
    })
}

fn main() {
    let _ = case;
}
