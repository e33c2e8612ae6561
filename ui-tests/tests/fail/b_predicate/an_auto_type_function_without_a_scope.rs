// attack: B19
use diesel::dsl::auto_type;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

#[auto_type]
fn large() -> _ {
    invoices::table.filter(invoices::amount.gt(5))
}

fn case(scope: &OrgScope) {
    let _ = (scope, large());
}

fn main() {
    let _ = case;
}
