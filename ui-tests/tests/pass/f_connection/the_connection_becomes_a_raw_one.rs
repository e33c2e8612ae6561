use diesel_async::AsyncPgConnection;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn raw(_: impl Into<Option<AsyncPgConnection>>) {}

fn case(scope: &OrgScope, conn: OrgConn<'_, Postgres>) {
    let _ = (scope, raw(None), conn, invoices::id);
}

fn main() {
    let _ = case;
}
