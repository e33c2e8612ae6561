use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.from(invoices::table).select((invoices::id, invoices::amount)).load::<(i32, i32)>(conn);
}

fn main() {
    let _ = case;
}
