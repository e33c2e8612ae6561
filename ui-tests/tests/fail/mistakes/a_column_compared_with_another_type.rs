// attack: none, a mistake of types: the message is diesel's, and says nothing of organizations
//~ E0277 AsExpression
//~ E0277 ValidGrouping
//~ E0277 Expression
//~ E0277 AppearsOnTable
//~ E0277 TEN0024
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::customers;

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.from(customers::table).filter(customers::name.eq(1)).select(customers::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
