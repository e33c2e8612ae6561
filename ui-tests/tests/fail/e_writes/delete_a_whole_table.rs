// attack: E21
//~ E0277 TEN0001
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
//~ E0277 TEN0001
use tenancy::prelude::*;

// Without a table that diesel knows, so that what rustc lists comes from one place (README, "Bless").
tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, amount -> Integer, } }
}

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::delete(invoices::table));
}

fn main() {
    let _ = case;
}
