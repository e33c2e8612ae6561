// attack: A08
//~ E0277 TEN0001
//~ E0277 Unscoped
use tenancy::prelude::*;
use diesel::dsl::{exists, select};
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = select(exists(invoices::table.filter(invoices::amount.gt(5))));
}

fn main() {
    let _ = case;
}
