// attack: none, A24 is found here too
//~ - TEN0102
tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Nullable<Uuid>, } }
}

fn main() {}
