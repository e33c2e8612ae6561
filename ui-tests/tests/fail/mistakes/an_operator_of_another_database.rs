// attack: none, an ordinary mistake
//~ E0277 TEN0024
use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Sqlite>) {
    let _ = scope.from(customers::table).filter(customers::name.ilike("a%")).select(customers::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
