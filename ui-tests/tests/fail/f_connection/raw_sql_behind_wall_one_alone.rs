// attack: F01
//~ E0277 TEN0011
use tenancy::db::Postgres;
use tenancy::prelude::*;
use tenancy::{OrgConn, TenantDb};
use ui_tests::billing::invoices;

async fn case(db: &TenantDb<Postgres>, scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, invoices::id, conn.raw_sql(db, "DELETE FROM invoices", "spring cleaning").execute().await);
}

fn main() {
    let _ = case;
}
