// attack: F05
//~ E0277 OrgConn
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = diesel_async::RunQueryDsl::execute(scope.delete(invoices::table), conn);
}

fn main() {
    let _ = case;
}
