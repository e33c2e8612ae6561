// attack: none, an ordinary mistake
//~ E0277 deserialize
//~ E0277 TEN0024
use tenancy::OrgConn;
use tenancy::db::Driver;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case<Db: Driver>(scope: &OrgScope, conn: &mut OrgConn<'_, Db>) {
    let _ = scope.from(customers::table).select(customers::id).load::<i32>(conn);
}

fn main() {
    let _ = case::<tenancy::db::Sqlite>;
}
