use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: OrgConn<'static, Postgres>) {
    let _ = (scope, conn, invoices::id, None::<AsyncConnectionWrapper<diesel_async::AsyncPgConnection>>);
}

fn main() {
    let _ = case;
}
