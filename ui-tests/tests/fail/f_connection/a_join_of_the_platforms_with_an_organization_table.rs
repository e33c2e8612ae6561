// attack: F32
//~ E0277 TEN0010
//~ E0277 TEN0007
use tenancy::prelude::*;

tenancy::schema! {
    platform(operators);

    diesel::table! { operators (id) { id -> Integer, name -> Text, } }
    diesel::table! { tasks (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
    diesel::table! { notes (id) { id -> Integer, org_id -> Uuid, } }
    diesel::allow_tables_to_appear_in_same_query!(tasks, notes);
}

fn case(scope: &OrgScope) {
    let _ = scope.from(tasks::table).inner_join(operators::table.on(operators::id.eq(7)));
}

fn main() {
    let _ = case;
}
