// attack: E19
//~ E0277 TEN0001
use tenancy::prelude::*;

// Without a table that diesel knows, so that what rustc lists comes from one place (README, "Bless").
tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, amount -> Integer, } }
}

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::update(invoices::table.filter(invoices::id.eq(1)).or_filter(invoices::amount.gt(0))));
}

fn main() {
    let _ = case;
}
