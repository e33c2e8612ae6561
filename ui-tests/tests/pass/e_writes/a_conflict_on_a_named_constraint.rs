use tenancy::prelude::*;
use diesel::upsert::on_constraint;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope.insert_into(invoices::table).values(invoices::amount.eq(1)).on_conflict(invoices::id), on_constraint("invoices_number_key"));
}

fn main() {
    let _ = case;
}
