use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::permission_epochs;

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let epoch = scope.from(permission_epochs::table).select(permission_epochs::epoch);
    let _ = (permits, epoch.load::<i64>(conn).await);
}

fn main() {
    let _ = case;
}
