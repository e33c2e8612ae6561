// The schema of the guide's examples; each begins with a line that includes this file.
#[allow(unused_imports)]
use tenancy::prelude::*;

mod schema {
    tenancy::schema! {
        global(currencies);
        diesel::table! { customers (id) { id -> Integer, org_id -> Binary, name -> Text, parent_id -> Nullable<Integer>, } }
        diesel::table! { invoices (id) { id -> Integer, org_id -> Binary, customer_id -> Integer, number -> Text, cents -> Integer, currency -> Text, } }
        diesel::table! { currencies (code) { code -> Text, label -> Text, } }
        diesel::joinable!(invoices -> customers (customer_id));
        diesel::joinable!(invoices -> currencies (currency));
        diesel::allow_tables_to_appear_in_same_query!(customers, invoices, currencies);
    }
}
#[allow(unused_imports)]
use schema::{currencies, customers, invoices};

#[allow(unused_imports)]
use tenancy::db::sqlite::Conn;
