// attack: F01
use tenancy::db::Postgres;
use tenancy::prelude::*;
use tenancy::{OrgConn, TenantDb};
use ui_tests::billing::invoices;

async fn case(db: &TenantDb<Postgres>, scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (db, invoices::id, scope.delete(invoices::table).execute(conn).await);
}

fn main() {
    let _ = case;
}
