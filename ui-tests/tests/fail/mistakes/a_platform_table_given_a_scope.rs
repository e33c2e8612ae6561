// attack: none, an ordinary mistake
//~ E0277 TEN0007
use tenancy::prelude::*;

tenancy::schema! {
    platform(operators);

    diesel::table! { operators (id) { id -> Integer, name -> Text, } }
    diesel::table! { tasks (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
}

fn case(scope: &OrgScope) {
    let _ = scope.from(operators::table);
}

fn main() {
    let _ = case;
}
