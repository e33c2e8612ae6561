use tenancy::prelude::*;
use ui_tests::billing::invoices;

mod shadow {
    diesel::table! {
        invoices {
            id -> Integer,
        }
    }
}

fn case(scope: &OrgScope) {
    let _ = (scope.from(invoices::table), shadow::invoices::id);
}

fn main() {
    let _ = case;
}
