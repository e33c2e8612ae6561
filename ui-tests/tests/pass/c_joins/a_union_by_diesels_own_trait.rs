use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let ours = scope.from(customers::table).select(customers::id);
    let all = diesel::CombineDsl::union(ours, scope.from(invoices::table).select(invoices::id));
    let _ = all.load::<i32>(conn);
}

fn main() {
    let _ = case;
}
