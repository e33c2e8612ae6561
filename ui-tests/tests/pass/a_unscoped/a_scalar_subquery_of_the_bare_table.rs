use tenancy::prelude::*;
use diesel::dsl::{max, select};
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = select(scope.from(invoices::table).select(max(invoices::amount)).single_value());
}

fn main() {
    let _ = case;
}
