// attack: A01
//~ E0277 TEN0001
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = invoices::table.load::<(i32, i32)>(conn);
}

fn main() {
    let _ = case;
}
