use tenancy::prelude::*;
use diesel::pg::Pg;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).into_boxed::<Pg>().or_filter(invoices::amount.lt(1));
}

fn main() {
    let _ = case;
}
