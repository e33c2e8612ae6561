// attack: F14
//~ E0308 OrgConn
use diesel_async::AsyncPgConnection;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

async fn in_transaction(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) -> QueryResult<()> {
    conn.transaction(async |conn| {
        let raw: &mut AsyncPgConnection = conn;
        let _ = (scope, raw);
        Ok(())
    })
        .await
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (in_transaction(scope, conn), invoices::id);
}

fn main() {
    let _ = case;
}
