// attack: C24
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::dsl::sum;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.select(sum(invoices::amount));
}

fn main() {
    let _ = case;
}
