// attack: F01
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

async fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (invoices::id, scope.delete(invoices::table).execute(conn).await);
}

fn main() {
    let _ = case;
}
