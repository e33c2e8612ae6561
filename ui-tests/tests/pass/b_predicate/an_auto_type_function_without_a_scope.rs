use diesel::dsl::auto_type;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

#[auto_type]
fn large(scope: &OrgScope) -> _ {
    let rows: invoices::table = scope.from(invoices::table);
    rows.filter(invoices::amount.gt(5_i32))
}

fn case(scope: &OrgScope) {
    let _ = large(scope);
}

fn main() {
    let _ = case;
}
