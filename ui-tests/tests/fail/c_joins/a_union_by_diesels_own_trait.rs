// attack: C19
//~ E0277 TEN0006
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

mod shadow {
    diesel::table! {
        invoices {
            id -> Integer,
        }
    }
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let ours = scope.from(customers::table).select(customers::id);
    let all = diesel::CombineDsl::union(ours, shadow::invoices::table.select(shadow::invoices::id));
    let _ = all.load::<i32>(conn);
}

fn main() {
    let _ = case;
}
