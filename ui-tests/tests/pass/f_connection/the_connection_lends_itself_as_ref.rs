use diesel_async::AsyncPgConnection;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn _lends<T: AsRef<AsyncPgConnection>>(_: &mut T) {}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, conn, invoices::id);
}

fn main() {
    let _ = case;
}
