use tenancy::prelude::*;

tenancy::schema! {
    platform(operators);
    diesel::table! { operators (id) { id -> Integer, } }
    diesel::table! { teams (id) { id -> Integer, org_id -> Uuid, } }
    diesel::table! { notes (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, team_id -> Integer, } }
    diesel::joinable!(notes -> operators (operator_id));
    diesel::joinable!(notes -> teams (team_id));
    diesel::allow_tables_to_appear_in_same_query!(operators, teams, notes);
}

fn case(scope: &OrgScope) {
    let _ = scope.from(notes::table).inner_join(scope.from(teams::table));
}

fn main() {
    let _ = case;
}
