use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(one: &OrgScope, two: &OrgScope) {
    one.enter_sync(|one| {
        two.enter_sync(|two| {
            let _ = (one.from(invoices::table).select(invoices::id).union(one.from(invoices::table).select(invoices::id)), two.org_id());
        })
    })
}

fn main() {
    let _ = case;
}
