// attack: F05
//~ E0277 OrgConn
use diesel_async::AsyncConnectionCore;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, AsyncConnectionCore::execute_returning_count(conn, diesel::sql_query("DELETE FROM invoices")), invoices::id);
}

fn main() {
    let _ = case;
}
