// attack: E05
//~ E0277 TEN0004
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, orgs: Vec<tenancy::OrgId>) {
    let rows: Vec<_> = orgs.into_iter().map(|org| (invoices::org_id.eq(org), invoices::amount.eq(1))).collect();
    let _ = scope.insert_into(invoices::table).values(rows);
}

fn main() {
    let _ = case;
}
