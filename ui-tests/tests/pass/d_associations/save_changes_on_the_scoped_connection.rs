use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

#[derive(Identifiable, AsChangeset, Selectable, Queryable)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
    name: String,
}

fn case(scope: &OrgScope, record: &Customer, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope.update(customers::table).find(record.id()).set(record), conn);
}

fn main() {
    let _ = case;
}
