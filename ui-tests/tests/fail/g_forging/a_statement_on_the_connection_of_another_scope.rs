// attack: G28
//~ E0621 OrgConn
//~ E0621 OrgConn
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use tenancy::scope::Brand;
use ui_tests::billing::invoices;

fn case<'x>(one: &OrgScope<Brand<'_>>, two: &OrgScope<Brand<'x>>, conn: &mut OrgConn<'_, Postgres, Brand<'x>>) {
    let _ = two;
    let _ = one.from(invoices::table).count().get_result::<i64>(conn);
}

fn main() {
    let _ = case;
}
