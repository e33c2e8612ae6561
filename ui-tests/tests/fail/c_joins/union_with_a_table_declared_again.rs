// attack: C19
//~ E0277 TEN0003
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
    let _ = scope.from(customers::table).select(customers::id).union(shadow::invoices::table.select(shadow::invoices::id));
}

fn main() {
    let _ = case;
}
