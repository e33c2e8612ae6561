// attack: J02
//~ E0277 TEN0025
use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::{Action, OrganizationLevel, PermitAuthority, Row};
use tenancy::prelude::*;
use ui_tests::ledger::invoices;

struct Mine;

impl Action for Mine {
    type Level = OrganizationLevel;
    type Object = Row<i32>;
    const OBJECT_TYPE: &'static str = "invoice";
    const PERMISSION: &'static str = "view";
    fn object(&self) -> Row<i32> {
        Row(1)
    }
}

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let permit = permits.require(scope, Mine).await.unwrap();
    let _ = scope.delete(invoices::table).permitted(permit).execute(conn).await;
}

fn main() {
    let _ = case;
}
