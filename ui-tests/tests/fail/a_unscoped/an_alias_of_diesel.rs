// attack: A10
//~ E0308 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::alias!(invoices as other));
}

fn main() {
    let _ = case;
}
