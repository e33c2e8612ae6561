tenancy::schema! {
    diesel::table! { invoices (id) { id -> Uuid, org_id -> Uuid, #[sql_name = "table"] table_ -> Text, } }
}

fn main() {}
