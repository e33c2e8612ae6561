use diesel::prelude::*;
use tenancy::OrgScope;
use ui_tests::billing::invoices;

#[derive(Queryable, Selectable)]
#[diesel(table_name = invoices, check_for_backend(diesel::pg::Pg))]
struct Row {
    #[diesel(column_name = org_id)]
    org: tenancy::OrgId,
}

type Unused = OrgScope;

fn case(row: Row) {
    let _ = row.org;
}

fn main() {
    let _ = case;
}
