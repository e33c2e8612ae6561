// attack: E05
//~ E0277 TEN0004
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, orgs: Vec<tenancy::OrgId>) {
    let rows = orgs.into_iter().map(|org| (invoices::org_id.eq(org), invoices::amount.eq(1)));
    let _ = scope.insert_many(invoices::table, rows);
}

fn main() {
    let _ = case;
}
