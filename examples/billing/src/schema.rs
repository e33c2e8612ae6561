//! The tables, as `diesel print-schema` writes them, inside `tenancy::schema!`.

tenancy::schema! {
    // Currencies are the same for everybody; every table that is not listed belongs to organizations.
    global(currencies);

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
