// attack: F11
//~ E0599 OrgConn
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, conn.into_inner(), invoices::id);
}

fn main() {
    let _ = case;
}
