// attack: A09
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::dsl::{max, select};
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = select(invoices::table.select(max(invoices::amount)).single_value());
}

fn main() {
    let _ = case;
}
