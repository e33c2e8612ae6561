// attack: F10
//~ E0614 OrgConn
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, invoices::id, &**conn);
}

fn main() {
    let _ = case;
}
