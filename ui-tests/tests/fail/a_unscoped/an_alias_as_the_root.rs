// attack: A10
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = tenancy::alias!(invoices as other).filter(invoices::id.eq(1));
}

fn main() {
    let _ = case;
}
