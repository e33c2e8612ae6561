// attack: A10
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = diesel::alias!(invoices as other);
}

fn main() {
    let _ = case;
}
