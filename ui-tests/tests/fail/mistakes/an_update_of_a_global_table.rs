// attack: none, an ordinary mistake
//~ E0277 TEN0007
use tenancy::prelude::*;
use ui_tests::billing::currencies;

fn case(scope: &OrgScope) {
    let _ = scope.update(currencies::table);
}

fn main() {
    let _ = case;
}
