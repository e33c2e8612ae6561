// attack: A14
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.for_update().skip_locked();
}

fn main() {
    let _ = case;
}
