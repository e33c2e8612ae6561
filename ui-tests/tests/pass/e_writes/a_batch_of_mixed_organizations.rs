use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, orgs: Vec<tenancy::OrgId>) {
    let rows: Vec<_> = orgs.into_iter().map(|_| (invoices::amount.eq(1),)).collect();
    let _ = scope.insert_into(invoices::table).values(rows);
}

fn main() {
    let _ = case;
}
