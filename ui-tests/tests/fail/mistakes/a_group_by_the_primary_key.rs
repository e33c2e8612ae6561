// attack: none, an ordinary mistake
//~ E0277 TEN0023
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).group_by(customers::id).select((customers::id, customers::name));
}

fn main() {
    let _ = case;
}
