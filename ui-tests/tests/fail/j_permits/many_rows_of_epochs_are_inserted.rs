// attack: J01
//~ E0271 WrittenByTheEngine
use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::permission_epochs;

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let rows = [permission_epochs::epoch.eq(0)];
    let _ = (permits, scope.insert_many(permission_epochs::table, rows).execute(conn).await);
}

fn main() {
    let _ = case;
}
