// attack: none, a mistake of types: the message is diesel's, and says nothing of organizations
//~ E0271 AppearsInFromClause
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.from(customers::table).filter(invoices::amount.gt(1)).select(customers::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
