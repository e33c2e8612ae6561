// attack: F01
//~ E0277 TEN0011
//~ E0277 TEN0011
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

async fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, invoices::id, conn.raw_sql("DELETE FROM invoices", "spring cleaning").execute().await);
}

fn main() {
    let _ = case;
}
