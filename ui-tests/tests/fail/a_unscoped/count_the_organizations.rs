// attack: A13
use tenancy::prelude::*;
use diesel::dsl::count_distinct;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.select(count_distinct(invoices::org_id));
}

fn main() {
    let _ = case;
}
