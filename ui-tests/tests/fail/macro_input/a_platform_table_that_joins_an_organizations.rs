// attack: none, a schema that no statement could be written for
//~ - TEN0119
tenancy::schema! {
    platform(operators);
    diesel::table! { operators (id) { id -> Integer, } }
    diesel::table! { notes (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
    diesel::joinable!(notes -> operators (operator_id));
}

fn main() {}
