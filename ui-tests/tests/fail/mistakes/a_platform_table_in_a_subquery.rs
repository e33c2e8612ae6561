// attack: none, an ordinary mistake
//~ E0277 TEN0007
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;

tenancy::schema! {
    platform(operators);

    diesel::table! { operators (id) { id -> Integer, name -> Text, } }
    diesel::table! { tasks (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let of = operators::table.select(operators::id);
    let _ = scope.from(tasks::table).filter(tasks::operator_id.eq_any(of)).select(tasks::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
