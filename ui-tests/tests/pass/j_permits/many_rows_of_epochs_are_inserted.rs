use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::notes;

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let rows = [(notes::id.eq(1), notes::text.eq("x"))];
    let _ = (permits, scope.insert_many(notes::table, rows).execute(conn).await);
}

fn main() {
    let _ = case;
}
