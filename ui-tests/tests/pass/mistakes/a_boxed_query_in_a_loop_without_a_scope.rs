use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let mut query = scope.from(invoices::table).into_boxed();
    for amount in [1, 2] {
        query = query.filter(invoices::amount.gt(amount));
    }
    let _ = query.select(invoices::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
