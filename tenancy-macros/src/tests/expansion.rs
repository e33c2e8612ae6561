//! The expansion itself, input beside output. `UPDATE_EXPECT=1 cargo test -p tenancy-macros` writes the outputs again.
use std::path::Path;

use expect_test::expect_file;

use super::pretty;
use crate::schema::schema;

fn expand(input: &str) -> String {
    pretty(schema(input.parse().expect("the test's input is Rust"), Path::new("/nowhere")))
}

#[test]
fn a_tenant_table() {
    let input = "
        diesel::table! {
            /// What a customer owes.
            invoices (id) {
                /// Its number.
                id -> Integer,
                org_id -> Uuid,
            }
        }
    ";
    expect_file!["snapshots/tenant.rs"].assert_eq(&expand(input));
}

#[test]
fn a_composite_key_a_qualified_name_renamed_columns() {
    let input = "
        organization = tenant;
        diesel::table! {
            use diesel::sql_types::Text;
            use super::sql_types::Status;

            #[sql_name = \"Line\"]
            sales.lines (tenant, key) {
                #[sql_name = \"tenant_id\"]
                tenant -> Text,
                #[sql_name = \"type\"]
                #[max_length = 3]
                key -> Status,
            }
        }
    ";
    expect_file!["snapshots/renamed.rs"].assert_eq(&expand(input));
}

/// `ONLY` and `TABLESAMPLE` come with the feature.
#[cfg(feature = "postgres")]
#[test]
fn a_global_table() {
    let input = "
        global(rates);
        diesel::table! { finance.rates (code) { code -> Text, rate -> Double, } }
    ";
    expect_file!["snapshots/global.rs"].assert_eq(&expand(input));
}

/// What stands beside the tables.
fn beside_the_tables(input: &str) -> String {
    let file = syn::parse_str::<syn::File>(&expand(input)).expect("an expansion is Rust");
    pretty(file.items.into_iter().filter_map(without_tables).map(|item| quote::quote!(#item)).collect())
}

fn without_tables(item: syn::Item) -> Option<syn::Item> {
    let syn::Item::Mod(mut module) = item else {
        return Some(item);
    };
    let (brace, items) = module.content.take()?;
    let table = items.iter().any(|item| matches!(item, syn::Item::Mod(inner) if inner.ident == "dsl"));
    let items = if table { Vec::new() } else { items.into_iter().filter_map(without_tables).collect() };
    module.attrs.clear();
    module.content = Some((brace, items));
    Some(syn::Item::Mod(module))
}

#[test]
fn joins_pairs_and_modules() {
    let input = "
        global(countries);
        use crate::types::Money;
        mod billing {
            use super::Money;
            pub mod sql_types { pub struct State; }
            diesel::table! { billing.invoices (id) { id -> Integer, org_id -> Uuid, user_id -> Integer, } }
            diesel::table! { billing.users (id) { id -> Integer, org_id -> Uuid, country -> Text, } }
            diesel::joinable!(invoices -> users (user_id));
            diesel::joinable!(users -> countries (country));
            diesel::allow_columns_to_appear_in_same_group_by_clause!(invoices::id, users::id);
        }
        diesel::table! { countries (code) { code -> Text, } }
        diesel::allow_tables_to_appear_in_same_query!(billing::invoices, billing::users, countries);
    ";
    expect_file!["snapshots/modules.rs"].assert_eq(&beside_the_tables(input));
}
