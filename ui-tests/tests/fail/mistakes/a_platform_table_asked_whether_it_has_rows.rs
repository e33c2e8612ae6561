// attack: none, an ordinary mistake
//~ E0277 TEN0007
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::diesel::dsl::exists;
use tenancy::prelude::*;

tenancy::schema! {
    platform(operators);

    diesel::table! { operators (id) { id -> Integer, name -> Text, } }
    diesel::table! { tasks (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let rows = operators::table.select(1.into_sql::<tenancy::diesel::sql_types::Integer>());
    let _ = scope.from(tasks::table).filter(exists(rows)).select(tasks::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
