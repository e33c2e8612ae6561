// attack: A02
//~ E0275 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = QueryDsl::select(invoices::table, invoices::id);
}

fn main() {
    let _ = case;
}
