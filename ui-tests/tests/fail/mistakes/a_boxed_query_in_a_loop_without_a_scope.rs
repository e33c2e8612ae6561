// attack: none, an ordinary mistake
//~ E0277 TEN0001
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let mut query = invoices::table.into_boxed();
    for amount in [1, 2] {
        query = query.filter(invoices::amount.gt(amount));
    }
    let _ = (scope, query.select(invoices::id).load::<i32>(conn));
}

fn main() {
    let _ = case;
}
