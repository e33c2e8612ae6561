// attack: B14
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::dsl::sum;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.group_by(invoices::customer_id).having(sum(invoices::amount).gt(1)).select(invoices::customer_id);
}

fn main() {
    let _ = case;
}
