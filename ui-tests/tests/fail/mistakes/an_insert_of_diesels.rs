// attack: none, an ordinary mistake
//~ E0277 TEN0001
//~ E0599 NeedsOrgScope
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, diesel::insert_into(customers::table).values(customers::name.eq("x")).execute(conn));
}

fn main() {
    let _ = case;
}
