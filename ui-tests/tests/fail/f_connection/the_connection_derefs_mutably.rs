// attack: F09
//~ E0277 OrgConn
use std::ops::DerefMut;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn needs_deref_mut<T: DerefMut>(_: &mut T) {}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, needs_deref_mut(conn), invoices::id);
}

fn main() {
    let _ = case;
}
