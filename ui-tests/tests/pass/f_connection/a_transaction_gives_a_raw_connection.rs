use diesel_async::AsyncPgConnection;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

type Raw = AsyncPgConnection;

async fn in_transaction(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) -> QueryResult<()> {
    conn.transaction(async |conn| {
        let _: Option<Raw> = None;
        let _ = (scope, conn);
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
