// attack: F16
//~ E0277 OrgConn
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::AsyncConnection;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn wrap<C: AsyncConnection>(_: impl Into<Option<C>>) -> Option<AsyncConnectionWrapper<C>> {
    None
}

fn case(scope: &OrgScope, conn: OrgConn<'static, Postgres>) {
    let _ = (scope, wrap::<OrgConn<'_, Postgres>>(conn), invoices::id);
}

fn main() {
    let _ = case;
}
