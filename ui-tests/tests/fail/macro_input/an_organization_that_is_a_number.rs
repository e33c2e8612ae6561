// attack: none, the scope holds a UUID
//~ - TEN0103
tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Integer, } }
}

fn main() {}
