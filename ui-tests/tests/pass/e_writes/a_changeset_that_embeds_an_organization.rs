use tenancy::prelude::*;
use tenancy::OrgId;
use ui_tests::billing::invoices;

#[derive(AsChangeset)]
#[diesel(table_name = invoices)]
struct Owner {
    amount: i32,
}

#[derive(AsChangeset)]
#[diesel(table_name = invoices)]
struct Changes {
    #[diesel(embed)]
    owner: Owner,
}

type Unused = OrgId;

fn case(scope: &OrgScope, changes: Changes) {
    let _ = scope.update(invoices::table).set(changes);
}

fn main() {
    let _ = case;
}
