use tenancy::prelude::*;
use diesel::pg::Pg;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).into_boxed::<Pg>();
}

fn main() {
    let _ = case;
}
