use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

#[derive(HasQuery, Identifiable, AsChangeset)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
    name: String,
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let customer = Customer { id: 1, name: String::new() };
    let _ = scope.update(&customer).set(&customer).execute(conn);
}

fn main() {
    let _ = case;
}
