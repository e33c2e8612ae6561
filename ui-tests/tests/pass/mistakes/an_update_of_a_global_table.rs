use tenancy::prelude::*;
use ui_tests::billing::currencies;

fn case(scope: &OrgScope) {
    let _ = (scope, currencies::table.find("EUR"));
}

fn main() {
    let _ = case;
}
