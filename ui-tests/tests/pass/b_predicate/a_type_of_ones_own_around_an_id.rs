use tenancy::OrgId;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

struct AccountId(OrgId);

fn case(scope: &OrgScope, account: AccountId) {
    let _ = scope.from(invoices::table).filter(invoices::org_id.eq(account.0));
}

fn main() {
    let _ = case;
}
