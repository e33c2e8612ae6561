use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, tenancy::alias!(invoices as other));
}

fn main() {
    let _ = case;
}
