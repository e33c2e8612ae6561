use diesel::expression::AsExpression;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

#[derive(Debug, Clone, Copy, AsExpression)]
#[diesel(sql_type = diesel::sql_types::Integer)]
struct CompanyId(#[allow(dead_code)] i32);

#[derive(Insertable)]
#[diesel(table_name = invoices)]
struct New {
    amount: i32,
}

fn case(scope: &OrgScope, new: New) {
    let _ = scope.insert_into(invoices::table).values(new);
}

fn main() {
    let _ = case;
}
