use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(one: &OrgScope, two: &OrgScope) {
    one.enter_sync(|one| {
        two.enter_sync(|two| {
            let _ = (one.from(customers::table).inner_join(one.from(invoices::table).on(customers::id.eq(invoices::customer_id))), two.org_id());
        })
    })
}

fn main() {
    let _ = case;
}
