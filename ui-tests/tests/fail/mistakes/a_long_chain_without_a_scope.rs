// attack: none, an ordinary mistake
//~ E0277 TEN0001
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = invoices::table
        .filter(invoices::amount.gt(1))
        .order(invoices::id)
        .limit(3)
        .select(invoices::id)
        .load::<i32>(conn);
    let _ = scope;
}

fn main() {
    let _ = case;
}
