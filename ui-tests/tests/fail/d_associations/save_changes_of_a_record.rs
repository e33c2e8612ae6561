// attack: D07
//~ E0271 NoTableValue
//~ E0277 TEN0001
//~ E0275 NamesNoOrganization
use diesel::SqliteConnection;
use tenancy::prelude::*;
use ui_tests::billing::customers;

#[derive(Identifiable, AsChangeset, Selectable, Queryable)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
    name: String,
}

fn case(scope: &OrgScope, record: &Customer, conn: &mut SqliteConnection) {
    let _ = (scope, diesel::SaveChangesDsl::save_changes::<Customer>(record, conn));
}

fn main() {
    let _ = case;
}
