//! The schema that most cases share; compiled once, so that a case compiles fast and its error shows nothing of it.
//!
//! A case about the schema itself, or about what a crate may do with its own tables, declares one of its own.
#![allow(missing_docs, reason = "tables of an example")]

tenancy::schema! {
    global(currencies);

    diesel::table! {
        invoices (id) {
            id -> Integer,
            org_id -> Uuid,
            customer_id -> Integer,
            amount -> Integer,
            currency -> Text,
            memo -> Nullable<Text>,
        }
    }

    diesel::table! {
        customers (id) {
            id -> Integer,
            org_id -> Uuid,
            name -> Text,
            parent_id -> Nullable<Integer>,
        }
    }

    diesel::table! {
        currencies (code) {
            code -> Text,
            label -> Text,
        }
    }

    diesel::joinable!(invoices -> customers (customer_id));
    diesel::joinable!(invoices -> currencies (currency));
    diesel::allow_tables_to_appear_in_same_query!(invoices, customers, currencies);
}
