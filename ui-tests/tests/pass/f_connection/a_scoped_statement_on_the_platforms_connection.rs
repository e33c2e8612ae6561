use tenancy::db::{PlatformConn, Postgres};
use tenancy::prelude::*;
use ui_tests::billing::{currencies, invoices};

fn case(scope: &OrgScope, conn: &mut PlatformConn<'_, Postgres>) {
    let _ = (scope.from(invoices::table).select(invoices::id), currencies::table.select(currencies::code).load::<String>(conn));
}

fn main() {
    let _ = case;
}
