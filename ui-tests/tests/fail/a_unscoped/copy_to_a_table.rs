// attack: A15
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = diesel::copy_to(invoices::table);
}

fn main() {
    let _ = case;
}
