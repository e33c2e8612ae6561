// attack: F01
use tenancy::OrgConn;
use tenancy::db::{BothWalls, Postgres};
use tenancy::prelude::*;
use ui_tests::billing::invoices;

async fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres<BothWalls>>) {
    let _ = (scope, invoices::id, conn.raw_sql("DELETE FROM invoices", "spring cleaning").execute().await);
}

fn main() {
    let _ = case;
}
