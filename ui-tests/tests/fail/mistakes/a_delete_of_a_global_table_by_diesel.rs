// attack: none, an ordinary mistake
//~ E0308 mismatched
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::currencies;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, diesel::delete(currencies::table.find("EUR")).execute(conn));
}

fn main() {
    let _ = case;
}
