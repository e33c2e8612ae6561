// attack: F11
//~ E0308 OrgConn
use diesel_async::AsyncPgConnection;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: OrgConn<'_, Postgres>) {
    let _ = (scope, AsyncPgConnection::from(conn), invoices::id);
}

fn main() {
    let _ = case;
}
