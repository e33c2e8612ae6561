use tenancy::prelude::*;
use ui_tests::billing::customers;

mod shadow {
    diesel::table! {
        invoices {
            id -> Integer,
        }
    }
}

fn case(scope: &OrgScope) {
    let _ = (scope.from(customers::table).select(customers::id), shadow::invoices::id);
}

fn main() {
    let _ = case;
}
