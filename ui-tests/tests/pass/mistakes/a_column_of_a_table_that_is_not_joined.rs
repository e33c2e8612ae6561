use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.from(invoices::table).filter(invoices::amount.gt(1)).select(invoices::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
