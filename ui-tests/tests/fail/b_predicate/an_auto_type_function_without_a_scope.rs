// attack: B19
//~ E0277 TEN0001
//~ E0308 Unscoped
use diesel::dsl::auto_type;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

#[auto_type]
fn large() -> _ {
    invoices::table.filter(invoices::amount.gt(5_i32))
}

fn case(scope: &OrgScope) {
    let _ = (scope, large());
}

fn main() {
    let _ = case;
}
