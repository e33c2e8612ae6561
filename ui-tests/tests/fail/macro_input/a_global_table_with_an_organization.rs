// attack: A21
tenancy::schema! {
    global(invoices);
    diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, } }
}

fn main() {}
