// attack: E16
//~ E0277 TEN0022
//~ E0277 TEN0022
//~ E0277 TEN0022
use tenancy::prelude::*;
use tenancy::OrgId;
use ui_tests::billing::invoices;

#[derive(AsChangeset)]
#[diesel(table_name = invoices)]
struct Changes {
    org_id: OrgId,
    amount: i32,
}

fn case(scope: &OrgScope, changes: Changes) {
    let _ = scope.update(invoices::table).set(changes);
}

fn main() {
    let _ = case;
}
