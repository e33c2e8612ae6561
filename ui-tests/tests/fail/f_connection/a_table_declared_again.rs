// attack: F06
//~ E0277 TEN0006
//~ E0277 OrgConn
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

mod shadow {
    diesel::table! {
        invoices {
            id -> Integer,
        }
    }
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, shadow::invoices::table.load::<i32>(conn), invoices::id);
}

fn main() {
    let _ = case;
}
