// attack: A05
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::pg::Pg;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.into_boxed::<Pg>();
}

fn main() {
    let _ = case;
}
