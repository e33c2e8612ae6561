use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(one: &OrgScope, two: &OrgScope) {
    one.enter_sync(|one| {
        two.enter_sync(|two| {
            let both = one.from(invoices::table).select(invoices::id).union(one.from(invoices::table).select(invoices::id));
            let _ = (both.union(one.from(invoices::table).select(invoices::id)), two);
        })
    })
}

fn main() {
    let _ = case;
}
