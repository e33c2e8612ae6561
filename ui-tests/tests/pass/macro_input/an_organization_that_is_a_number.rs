tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, } }
}

fn main() {}
