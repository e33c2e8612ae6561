// attack: A12
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.group_by(invoices::org_id).select(invoices::org_id);
}

fn main() {
    let _ = case;
}
