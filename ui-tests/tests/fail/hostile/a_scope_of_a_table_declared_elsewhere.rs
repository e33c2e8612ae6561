// attack: none, A16 is a matter of lints; a scope at least knows only the tables of its schema
//~ E0277 TEN0007
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
    let _ = (scope.from(shadow::invoices::table), invoices::id);
}

fn main() {
    let _ = case;
}
