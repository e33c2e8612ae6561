use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;

tenancy::schema! {
    platform(operators);

    diesel::table! { operators (id) { id -> Integer, name -> Text, } }
    diesel::table! { tasks (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let of = vec![1, 2];
    let _ = scope.from(tasks::table).filter(tasks::operator_id.eq_any(of)).select(tasks::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
