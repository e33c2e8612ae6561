use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.insert_into(customers::table).values(customers::name.eq("x")).execute(conn);
}

fn main() {
    let _ = case;
}
