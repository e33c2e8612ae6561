// attack: D10
//~ E0277 -
//~ E0271 AppearsInFromClause
//~ E0277 OrgConn
//~ E0271 OrgConn
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

#[derive(Selectable, Queryable)]
#[diesel(table_name = customers)]
struct Customer {
    name: String,
}

#[derive(Selectable, Queryable)]
#[diesel(table_name = invoices)]
struct Invoice {
    id: i32,
    #[diesel(embed)]
    customer: Customer,
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.from(invoices::table).select(Invoice::as_select()).load(conn);
}

fn main() {
    let _ = case;
}
