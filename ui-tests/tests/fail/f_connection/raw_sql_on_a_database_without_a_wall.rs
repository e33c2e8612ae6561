// attack: F01
//~ E0277 TEN0011
//~ E0277 TEN0011
use tenancy::OrgConn;
use tenancy::db::{Sqlite, WallTwo};
use tenancy::prelude::*;
use ui_tests::billing::invoices;

async fn case(proof: &WallTwo, scope: &OrgScope, conn: &mut OrgConn<'_, Sqlite>) {
    let _ = (scope, invoices::id, conn.raw_sql(proof, "DELETE FROM invoices", "spring cleaning").execute().await);
}

fn main() {
    let _ = case;
}
