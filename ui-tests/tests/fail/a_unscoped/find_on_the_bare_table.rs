// attack: A03
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.find(7);
}

fn main() {
    let _ = case;
}
