use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::currencies;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, currencies::table.find("EUR").count().get_result::<i64>(conn));
}

fn main() {
    let _ = case;
}
