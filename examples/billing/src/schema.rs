//! The tables, as `diesel print-schema` writes them, inside `tenancy::schema!`.

use crate::permissions::actions::{invoice, organization};

tenancy::schema! {
    // Currencies are the same for everybody; every table that is not listed belongs to organizations.
    global(currencies);
    // An invoice is not made void, or valid again, without a permit for it. Its other columns are set without one.
    privileged(invoices: update(void) = invoice::Void);
    // Where money goes. The other statements are listed too, so that none changes the row around the permit.
    privileged(payouts: update = organization::ChangePayout, delete = organization::ChangePayout);

    diesel::table! {
        letterheads (id) {
            id -> Integer,
            org_id -> Uuid,
            name -> Text,
        }
    }

    diesel::table! {
        customers (id) {
            id -> Integer,
            org_id -> Uuid,
            name -> Text,
        }
    }

    diesel::table! {
        invoices (id) {
            id -> Integer,
            org_id -> Uuid,
            customer_id -> Integer,
            number -> Text,
            period -> Text,
            cents -> Integer,
            currency -> Text,
            paid -> Bool,
            void -> Bool,
        }
    }

    // The engine's table, which permitted statements compare.
    diesel::table! {
        permission_epochs (org_id) {
            org_id -> Uuid,
            epoch -> BigInt,
        }
    }

    diesel::table! {
        payouts (id) {
            id -> Integer,
            org_id -> Uuid,
            iban -> Text,
        }
    }

    diesel::table! {
        currencies (code) {
            code -> Text,
        }
    }

    diesel::joinable!(invoices -> customers (customer_id));
    diesel::joinable!(invoices -> currencies (currency));
    diesel::allow_tables_to_appear_in_same_query!(letterheads, invoices, customers, currencies);
}

diesel::allow_columns_to_appear_in_same_group_by_clause!(invoices::period, invoices::currency);
diesel::allow_columns_to_appear_in_same_group_by_clause!(customers::id, customers::name);
