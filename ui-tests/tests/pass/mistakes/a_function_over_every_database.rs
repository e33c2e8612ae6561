use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Sqlite>) {
    let _ = scope.from(customers::table).select(customers::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
