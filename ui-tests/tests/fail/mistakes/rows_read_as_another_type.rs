// attack: none, a mistake of types: the message is diesel's, and says nothing of organizations
//~ E0277 FromSqlRow
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.from(customers::table).select(customers::id).load::<String>(conn);
}

fn main() {
    let _ = case;
}
