// attack: B05
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = invoices::table.filter(invoices::org_id.ne(org));
}

fn main() {
    let _ = case;
}
