use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.from(customers::table).filter(customers::name.eq("1")).select(customers::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
