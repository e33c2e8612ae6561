// attack: none, an ordinary mistake
//~ E0277 TEN0001
//~ E0277 TEN0006
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, diesel::delete(invoices::table.find(1)).execute(conn));
}

fn main() {
    let _ = case;
}
