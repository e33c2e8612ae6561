// attack: F04
//~ E0277 OrgConn
use diesel::connection::SimpleConnection;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, SimpleConnection::batch_execute(conn, "DELETE FROM invoices"), invoices::id);
}

fn main() {
    let _ = case;
}
