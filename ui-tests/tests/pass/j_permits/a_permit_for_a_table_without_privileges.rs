use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::notes;

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let _ = (permits, scope.delete(notes::table).execute(conn).await);
}

fn main() {
    let _ = case;
}
