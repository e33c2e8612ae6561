tenancy::schema! {
    organization(orgs = id);
    diesel::table! { orgs (id) { id -> Uuid, name -> Text, } }
    diesel::table! { invoices (id) { id -> Uuid, org_id -> Uuid, } }
    diesel::joinable!(invoices -> orgs (org_id));
    diesel::allow_tables_to_appear_in_same_query!(invoices, orgs);
}

fn main() {}
