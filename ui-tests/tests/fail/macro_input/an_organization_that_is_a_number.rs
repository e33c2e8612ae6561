// attack: none, the scope holds a UUID
tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Integer, } }
}

fn main() {}
