//! A schema with privileged statements, and the model of their permits.
#![allow(missing_docs, reason = "tables of an example")]

tenancy::permissions! {
    file = "src/permissions.zed";
    ids(invoice = i32, customer = i32);
}

tenancy::schema! {
    privileged(invoices: delete = invoice::Delete, update = invoice::Void);
    privileged(customers: delete = customer::Delete);

    diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, status -> Text, } }
    diesel::table! { customers (id) { id -> Integer, org_id -> Uuid, full_name -> Text, } }
    diesel::table! { notes (id) { id -> Integer, org_id -> Uuid, text -> Text, } }
    diesel::table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }
}
