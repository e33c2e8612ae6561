//! The same tables twice: scoped, and plain, without the column that plain diesel knows nothing of.

pub(crate) mod scoped {
    tenancy::schema! {
        global(currencies);
        diesel::table! {
            customers (id) { id -> Integer, org_id -> Uuid, name -> Text, parent_id -> Nullable<Integer>, }
        }
        diesel::table! {
            invoices (id) {
                id -> Integer, org_id -> Uuid, customer_id -> Integer, number -> Integer, amount -> Integer,
                currency -> Text, memo -> Nullable<Text>,
            }
        }
        diesel::table! {
            lines (invoice_id, position) {
                invoice_id -> Integer, position -> Integer, org_id -> Uuid, item -> Text, quantity -> Integer,
            }
        }
        diesel::table! { currencies (code) { code -> Text, label -> Text, } }
        diesel::joinable!(invoices -> customers (customer_id));
        diesel::joinable!(invoices -> currencies (currency));
        diesel::joinable!(lines -> invoices (invoice_id));
        diesel::allow_tables_to_appear_in_same_query!(customers, invoices, lines, currencies);
    }
}

pub(crate) mod plain {
    diesel::table! {
        customers (id) { id -> Integer, name -> Text, parent_id -> Nullable<Integer>, }
    }
    diesel::table! {
        invoices (id) {
            id -> Integer, customer_id -> Integer, number -> Integer, amount -> Integer, currency -> Text,
            memo -> Nullable<Text>,
        }
    }
    diesel::table! {
        lines (invoice_id, position) { invoice_id -> Integer, position -> Integer, item -> Text, quantity -> Integer, }
    }
    diesel::table! { currencies (code) { code -> Text, label -> Text, } }
    diesel::joinable!(invoices -> customers (customer_id));
    diesel::joinable!(invoices -> currencies (currency));
    diesel::joinable!(lines -> invoices (invoice_id));
    diesel::allow_tables_to_appear_in_same_query!(customers, invoices, lines, currencies);
}

/// The organization tables, for the checker of rendered SQL.
pub(crate) const TENANT_TABLES: &[crate::support::sql::TenantTable] =
    &[("customers", "org_id"), ("invoices", "org_id"), ("lines", "org_id")];

/// The declaration, for the checker that asks whether one node can answer.
pub(crate) fn manifest() -> &'static tenancy::schema::Manifest {
    static MANIFEST: std::sync::OnceLock<tenancy::schema::Manifest> = std::sync::OnceLock::new();
    MANIFEST.get_or_init(scoped::schema_manifest)
}
