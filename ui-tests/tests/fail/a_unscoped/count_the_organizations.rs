// attack: A13
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::dsl::count;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.select(count(invoices::org_id).aggregate_distinct());
}

fn main() {
    let _ = case;
}
