// attack: B18
//~ E0277 TEN0009
//~ E0277 AsExpression
//~ E0277 OrganizationIsSetByTheScope
//~ E0277 OrganizationIsSetByTheScope
use tenancy::prelude::*;
use tenancy::Claim;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, claim: Claim) {
    let _ = scope.from(invoices::table).filter(invoices::org_id.eq(claim));
}

fn main() {
    let _ = case;
}
