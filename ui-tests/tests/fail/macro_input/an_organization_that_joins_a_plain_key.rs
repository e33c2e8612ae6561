// attack: none, a schema that no statement could be written for
//~ - TEN0120
tenancy::schema! {
    global(orgs);
    diesel::table! { orgs (id) { id -> Uuid, name -> Text, } }
    diesel::table! { invoices (id) { id -> Uuid, org_id -> Uuid, } }
    diesel::joinable!(invoices -> orgs (org_id));
}

fn main() {}
