use tenancy::prelude::*;
use tenancy::OrgId;
use ui_tests::billing::invoices;

#[derive(Insertable)]
#[diesel(table_name = invoices)]
struct New {
    amount: i32,
}

type Unused = OrgId;

fn case(scope: &OrgScope, new: New) {
    let _ = scope.insert_into(invoices::table).values(new);
}

fn main() {
    let _ = case;
}
