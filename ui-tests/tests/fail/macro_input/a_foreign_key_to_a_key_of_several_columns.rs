// attack: none, a join that one column cannot say
//~ - TEN0122
tenancy::schema! {
    diesel::table! { periods (org_id, year, month) { org_id -> Uuid, year -> Integer, month -> Integer, } }
    diesel::table! { postings (org_id, id) { org_id -> Uuid, id -> Integer, period -> Integer, } }
    diesel::joinable!(postings -> periods (period));
}

fn main() {}
