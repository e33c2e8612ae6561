// attack: A15
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = diesel::dsl::copy_to(invoices::table);
}

fn main() {
    let _ = case;
}
