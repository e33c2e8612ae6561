// attack: F01
use tenancy::OrgConn;
use tenancy::db::{Postgres, WallTwo};
use tenancy::prelude::*;
use ui_tests::billing::invoices;

async fn case(proof: &WallTwo, scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, invoices::id, conn.raw_sql(proof, "DELETE FROM invoices", "spring cleaning").execute().await);
}

fn main() {
    let _ = case;
}
