use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.update(customers::table).set(customers::name.eq("1")).execute(conn);
}

fn main() {
    let _ = case;
}
