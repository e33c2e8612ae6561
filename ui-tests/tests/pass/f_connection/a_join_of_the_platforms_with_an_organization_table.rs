use tenancy::prelude::*;

tenancy::schema! {
    platform(operators);

    diesel::table! { operators (id) { id -> Integer, name -> Text, } }
    diesel::table! { tasks (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
    diesel::table! { notes (id) { id -> Integer, org_id -> Uuid, } }
    diesel::allow_tables_to_appear_in_same_query!(tasks, notes);
}

fn case(scope: &OrgScope) {
    let _ = scope.from(tasks::table).inner_join(scope.from(notes::table).on(notes::id.eq(7)));
}

fn main() {
    let _ = case;
}
