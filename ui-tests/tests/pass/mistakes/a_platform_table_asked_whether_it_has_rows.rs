use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::diesel::dsl::exists;
use tenancy::prelude::*;

tenancy::schema! {
    global(operators);

    diesel::table! { operators (id) { id -> Integer, name -> Text, } }
    diesel::table! { tasks (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
    diesel::allow_tables_to_appear_in_same_query!(operators, tasks);
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let rows = operators::table.select(1.into_sql::<tenancy::diesel::sql_types::Integer>());
    let _ = scope.from(tasks::table).filter(exists(rows)).select(tasks::id).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
