// attack: none, A24 is found here too
tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Nullable<Uuid>, } }
}

fn main() {}
