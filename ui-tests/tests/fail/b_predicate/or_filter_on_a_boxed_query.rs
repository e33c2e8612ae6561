// attack: B02
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::pg::Pg;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.into_boxed::<Pg>().or_filter(invoices::amount.lt(1));
}

fn main() {
    let _ = case;
}
