tenancy::schema! {
    platform(operators);
    diesel::table! { operators (id) { id -> Integer, } }
    diesel::table! { notes (id) { id -> Integer, org_id -> Uuid, operator_id -> Integer, } }
}

fn main() {}
