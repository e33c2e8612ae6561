tenancy::schema! {
    diesel::table! { periods (org_id, number) { org_id -> Uuid, number -> Integer, month -> Integer, } }
    diesel::table! { postings (org_id, id) { org_id -> Uuid, id -> Integer, period -> Integer, } }
    diesel::joinable!(postings -> periods (period));
    diesel::allow_tables_to_appear_in_same_query!(postings, periods);
}

fn main() {}
