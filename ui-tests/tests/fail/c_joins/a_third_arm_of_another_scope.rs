// attack: C23
//~ E0521 OrgScope
//~ E0521 OrgScope
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(one: &OrgScope, two: &OrgScope) {
    one.enter_sync(|one| {
        two.enter_sync(|two| {
            let both = one.from(invoices::table).select(invoices::id).union(one.from(invoices::table).select(invoices::id));
            let _ = both.union(two.from(invoices::table).select(invoices::id));
        })
    })
}

fn main() {
    let _ = case;
}
