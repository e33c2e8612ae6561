// attack: B18
//~ E0277 TEN0009
use tenancy::OrgId;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

struct AccountId(OrgId);

fn case(scope: &OrgScope, account: AccountId) {
    let _ = scope.from(invoices::table).filter(invoices::org_id.eq(account));
}

fn main() {
    let _ = case;
}
