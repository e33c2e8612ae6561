// attack: F16
//~ E0308 OrgConn
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: OrgConn<'static, Postgres>) {
    let _ = (scope, AsyncConnectionWrapper::<OrgConn<'_, Postgres>>::from(conn), invoices::id);
}

fn main() {
    let _ = case;
}
