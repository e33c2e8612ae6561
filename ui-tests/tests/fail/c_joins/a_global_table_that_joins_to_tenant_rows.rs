// attack: C26
//~ - TEN0105
tenancy::schema! {
    global(countries);
    diesel::table! { countries (code) { code -> Text, capital_id -> Integer, } }
    diesel::table! { cities (id) { id -> Integer, org_id -> Uuid, } }
    diesel::joinable!(countries -> cities (capital_id));
}

fn main() {}
