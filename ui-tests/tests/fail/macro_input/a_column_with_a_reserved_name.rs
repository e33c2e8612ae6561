// attack: none, a schema that no statement could be written for
//~ - TEN0121
tenancy::schema! {
    diesel::table! { invoices (id) { id -> Uuid, org_id -> Uuid, table -> Text, } }
}

fn main() {}
