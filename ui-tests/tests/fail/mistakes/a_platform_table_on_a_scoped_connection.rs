// attack: none, an ordinary mistake
//~ E0308 mismatched
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;

tenancy::schema! {
    platform(operators);

    diesel::table! { operators (id) { id -> Integer, name -> Text, } }
    diesel::table! { tasks (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, operators::table.select(operators::name).load::<String>(conn));
}

fn main() {
    let _ = case;
}
