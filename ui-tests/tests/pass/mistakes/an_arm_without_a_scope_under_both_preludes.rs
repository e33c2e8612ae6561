#![allow(ambiguous_glob_imported_traits, reason = "both preludes, as people have them; the compiler warns of it")]
use diesel::prelude::*;
use tenancy::OrgConn;
use tenancy::RunQueryDsl;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let arm = scope.from(customers::table).select(customers::id);
    let _ = scope.from(customers::table).select(customers::id).union(arm).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
