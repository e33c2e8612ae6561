// attack: F32
//~ E0308 Platform
use tenancy::db::{PlatformConn, Postgres};
use tenancy::prelude::*;
use ui_tests::billing::{currencies, invoices};

fn case(scope: &OrgScope, conn: &mut PlatformConn<'_, Postgres>) {
    let _ = (scope.from(invoices::table).select(invoices::id).load::<i32>(conn), currencies::code);
}

fn main() {
    let _ = case;
}
