// attack: none, an ordinary mistake
//~ E0277 TEN0001
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
    let _ = (scope, Customer::query().filter(customers::id.eq(1)).first::<Customer>(conn));
}

fn main() {
    let _ = case;
}
