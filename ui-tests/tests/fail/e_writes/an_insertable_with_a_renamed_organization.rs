// attack: E04
//~ E0277 TEN0022
//~ E0277 TEN0022
//~ E0277 TEN0004
use tenancy::prelude::*;
use tenancy::OrgId;
use ui_tests::billing::invoices;

#[derive(Insertable)]
#[diesel(table_name = invoices)]
struct New {
    #[diesel(column_name = org_id)]
    owner: OrgId,
    amount: i32,
}

fn case(scope: &OrgScope, new: New) {
    let _ = scope.insert_into(invoices::table).values(new);
}

fn main() {
    let _ = case;
}
