// attack: F01
//~ E0277 TEN0006
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, diesel::sql_query("DELETE FROM invoices").execute(conn), invoices::id);
}

fn main() {
    let _ = case;
}
