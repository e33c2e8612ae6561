use tenancy::prelude::*;
use diesel::dsl::sum;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).select(sum(invoices::amount).partition_by(invoices::customer_id));
}

fn main() {
    let _ = case;
}
