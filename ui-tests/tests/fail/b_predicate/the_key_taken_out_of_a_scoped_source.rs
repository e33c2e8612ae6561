// attack: B22
//~ E0609 -
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).key;
}

fn main() {
    let _ = case;
}
