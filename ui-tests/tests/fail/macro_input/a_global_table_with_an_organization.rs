// attack: A21
//~ - TEN0104
tenancy::schema! {
    global(invoices);
    diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, } }
}

fn main() {}
