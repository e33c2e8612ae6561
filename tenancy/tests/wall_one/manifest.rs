//! `schema_manifest()`: what `schema!` declares, as data.
#![allow(missing_docs)]
#![allow(clippy::disallowed_macros, reason = "`schema!` declares its global table with diesel's macro: docs/lints.md")]

use tenancy::schema::{Manifest, TableKind};

#[allow(unused_imports)]
mod schema {
    tenancy::schema! {
        global(currencies);
        platform(staff);
        diesel::table! {
            /// What a customer owes.
            #[sql_name = "In\"voice"]
            billing.invoices (org_id, id) {
                org_id -> Binary,
                id -> Binary,
                #[max_length = 3]
                currency -> Nullable<Text>,
            }
        }
        diesel::table! { currencies (code) { code -> Text, } }
        diesel::table! { staff (id) { id -> Integer, } }
        diesel::joinable!(invoices -> currencies (currency));
    }
}

/// Two schemas in one module: each compiles, and only the use of the shared name would not.
mod two {
    tenancy::schema! { diesel::table! { one (id) { id -> Integer, org_id -> Binary, } } }
    tenancy::schema! { diesel::table! { other (id) { id -> Integer, org_id -> Binary, } } }
}

/// A service's own function of that name comes first.
mod own {
    tenancy::schema! { diesel::table! { one (id) { id -> Integer, org_id -> Binary, } } }
    pub(crate) fn schema_manifest() -> &'static str {
        "mine"
    }
}

#[test]
fn a_schema_is_there_as_data() {
    let manifest = schema::schema_manifest();
    assert_eq!(manifest.module, "wall_one::manifest::schema");
    let kinds: Vec<_> = manifest.tables.iter().map(|table| (table.path.as_str(), table.kind)).collect();
    let expected = [("invoices", TableKind::Tenant), ("currencies", TableKind::Global), ("staff", TableKind::Platform)];
    assert_eq!(kinds, expected);

    let invoices = manifest.table("invoices").expect("it was declared");
    assert_eq!(invoices.to_string(), "billing.In\"voice");
    assert_eq!(invoices.organization.as_deref(), Some("org_id"));
    assert_eq!(invoices.primary_key, ["org_id", "id"]);
    let currency = invoices.column("currency").expect("it was declared");
    assert_eq!((currency.sql_type.as_str(), currency.nullable, currency.max_length), ("Text", true, Some(3)));
    assert_eq!(manifest.joins[0].parent, "currencies");
    assert_eq!(manifest.tenant_tables().count(), 1);
}

#[test]
fn a_printed_manifest_is_read_again() {
    let manifest = schema::schema_manifest();
    assert_eq!(Manifest::from_json(&manifest.to_json()).expect("it is a manifest"), manifest);
    assert!(Manifest::from_json("{}").is_err());
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    assert_eq!(own::schema_manifest(), "mine");
    let _ = (two::one::table, two::other::table);
}
