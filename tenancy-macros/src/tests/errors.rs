//! Every error of a schema: all at once, each at its own place.
use expect_test::expect;
use quote::quote;

use super::{meaning, pretty};

#[test]
fn every_rule_at_once() {
    let input = r#"global(currencies, curencies, rates, currencies);
platform(staff, rates);
organization(nothing = owner, notes = owner, notes = owner);
table! { customers (id) { id -> Uuid, orgid -> Uuid, } }
table! { payments (id) { id -> Uuid, } }
table! { notes (id) { id -> Uuid, owner -> Nullable<Uuid>, } }
table! { orders (id) { id -> Uuid, org_id -> Int4, } }
table! { currencies (code) { code -> Text, org_id -> Uuid, } }
table! { rates (id) { id -> Uuid, customer_id -> Uuid, } }
table! { customers (id) { id -> Uuid, org_id -> Uuid, } }
table! { #[sql_name = "payments"] all_payments (id) { id -> Uuid, org_id -> Uuid, } }
table! { public.staff (id) { id -> Uuid, id -> Uuid, #[sql_name = "ID"] key -> Uuid, } }
table! { keyless { org_id -> Uuid, } }
table! { empty_key () { org_id -> Uuid, } }
table! { wrong_key (idd, id, id) { id -> Uuid, org_id -> Uuid, } }
table! { invoice (id) { id -> Uuid, org_id -> Uuid, invoice -> Text, } }
joinable!(rates -> customers (customer_id));
joinable!(orders -> custmers (customer_id));
joinable!(orders -> invoice (invoce_id));
allow_tables_to_appear_in_same_query!(orders, invoce, customers);
"#;
    expect![[r#"
        3:14: `organization(..)` names `nothing`, but the schema has no such table
        help: name a table of this schema, or remove the name
        TEN0106: run `tenancy explain TEN0106`

        3:46: `notes` is listed twice in `organization(..)`
        help: a table's rows have one kind of owner: one organization (no list), all of them (`global`) or the operator (`platform`)
        TEN0107: run `tenancy explain TEN0107`

        1:20: `global(..)` names `curencies`, but the schema has no such table
        help: did you mean `currencies`?
        TEN0106: run `tenancy explain TEN0106`

        1:38: `currencies` is listed twice in `global(..)`
        help: a table's rows have one kind of owner: one organization (no list), all of them (`global`) or the operator (`platform`)
        TEN0107: run `tenancy explain TEN0107`

        2:17: `rates` is listed both as `global` and as `platform`
        help: a table's rows have one kind of owner: one organization (no list), all of them (`global`) or the operator (`platform`)
        TEN0107: run `tenancy explain TEN0107`

        18:21: this `joinable!` names `custmers`, but the schema has no such table
        help: did you mean `customers`?
        TEN0109: run `tenancy explain TEN0109`

        19:30: this `joinable!` names the column `invoce_id`, which `orders` does not have
        help: the foreign key is a column of the first table, `orders`
        TEN0109: run `tenancy explain TEN0109`

        20:47: this `allow_tables_to_appear_in_same_query!` names `invoce`, but the schema has no such table
        help: did you mean `invoice`?
        TEN0109: run `tenancy explain TEN0109`

        4:10: `customers` belongs to an organization, but has no column `org_id` that says to which
        help: if `orgid` is that column, write `organization(customers = orgid);`
        help: if all organizations share its rows, list it: `global(customers);`; if they are the operator's: `platform(customers);`
        TEN0101: run `tenancy explain TEN0101`

        5:10: `payments` belongs to an organization, but has no column `org_id` that says to which
        help: add the column in a migration: `org_id -> Uuid`
        help: if all organizations share its rows, list it: `global(payments);`; if they are the operator's: `platform(payments);`
        TEN0101: run `tenancy explain TEN0101`

        6:35: `notes::owner` may be NULL: such a row would belong to no organization
        help: make it `NOT NULL` in a migration; the schema then says `owner -> Uuid`
        TEN0102: run `tenancy explain TEN0102`

        7:36: `orders::org_id` cannot hold an organization, which is a UUID: its type is `Int4`
        help: store it as `Uuid` (Postgres), as `Binary` (16 bytes), or as `Text` (with hyphens)
        TEN0103: run `tenancy explain TEN0103`

        8:44: `currencies` is listed as `global`, but its column `org_id` says who owns each row
        help: take `currencies` out of `global(..)`: it is an organization's table
        help: if its rows are shared, the column means something else: give it another name
        TEN0104: run `tenancy explain TEN0104`

        12:42: `staff` has the column `id` twice
        help: remove one of them
        TEN0108: run `tenancy explain TEN0108`

        12:73: `staff` has the column `ID` twice
        help: remove one of them
        TEN0108: run `tenancy explain TEN0108`

        13:10: `keyless` has no primary key
        help: name its columns: `keyless (id) { .. }`
        TEN0110: run `tenancy explain TEN0110`

        14:10: `empty_key` has no primary key
        help: name its columns: `empty_key (id) { .. }`
        TEN0110: run `tenancy explain TEN0110`

        15:21: the primary key of `wrong_key` names `idd`, which is no column of it
        help: did you mean `id`?
        TEN0115: run `tenancy explain TEN0115`

        15:30: `id` stands twice in the primary key of `wrong_key`
        help: name each column once
        TEN0108: run `tenancy explain TEN0108`

        16:53: the column `invoice` is named like its table
        help: rename it in Rust: `#[sql_name = "invoice"] invoice_ -> ..`
        TEN0111: run `tenancy explain TEN0111`

        10:10: the table `customers` is declared twice
        help: declare each table once
        TEN0108: run `tenancy explain TEN0108`

        11:35: `payments` and `all_payments` are the same table in SQL
        help: declare each table once
        TEN0108: run `tenancy explain TEN0108`

        17:11: `rates` belongs to no organization, but its rows point at an organization's `customers`
        help: if `rates` is an organization's, take it out of `global(..)` and give it the organization column
        help: else remove this `joinable!` and the foreign key
        TEN0105: run `tenancy explain TEN0105`

    "#]].assert_eq(&meaning(input));
}

#[test]
fn no_tables() {
    expect![[r#"
        1:1: this schema has no tables
        help: paste what `diesel print-schema` writes, or name its file: `file = "src/schema.rs";`
        TEN0112: run `tenancy explain TEN0112`

    "#]]
    .assert_eq(&meaning("organization = org_id;"));
}

#[test]
fn items_that_no_schema_has() {
    let input = r#"#![allow(unused)]
struct Thing;
other::table! { a (id) { id -> Uuid, } }
diesel::infer_schema!("url");
mod elsewhere;
table! { a (id) { id => Uuid, } }
joinable!(a b);
allow_tables_to_appear_in_same_query!(a; b);
@ what is this;
#[cfg(feature = "b")]
table! { b (id) { id -> Uuid, org_id -> Int4, } }
pub mod outer { struct Thing; pub mod inner { diesel::table! { c (id) { id -> Uuid, } } } }
pub mod outer { table! { d (id) { id -> Uuid, org_id -> Uuid, } } }
joinable!(b -> lost (b_id));
"#;
    expect![[r#"
        1:1: an inner attribute (`#![..]`) has no place in a schema
        help: write it on the module that calls `schema!`
        TEN0116: run `tenancy explain TEN0116`

        2:1: this is no item of a schema
        help: a schema takes what `diesel print-schema` writes: `table!`, `joinable!`, `allow_tables_to_appear_in_same_query!`, `mod sql_types { .. }`, a module for each SQL schema, and `use`
        TEN0116: run `tenancy explain TEN0116`

        3:1: this is no item of a schema
        help: a schema takes what `diesel print-schema` writes: `table!`, `joinable!`, `allow_tables_to_appear_in_same_query!`, `mod sql_types { .. }`, a module for each SQL schema, and `use`
        TEN0116: run `tenancy explain TEN0116`

        4:1: this is no item of a schema
        help: a schema takes what `diesel print-schema` writes: `table!`, `joinable!`, `allow_tables_to_appear_in_same_query!`, `mod sql_types { .. }`, a module for each SQL schema, and `use`
        TEN0116: run `tenancy explain TEN0116`

        5:1: this is no item of a schema
        help: a schema takes what `diesel print-schema` writes: `table!`, `joinable!`, `allow_tables_to_appear_in_same_query!`, `mod sql_types { .. }`, a module for each SQL schema, and `use`
        TEN0116: run `tenancy explain TEN0116`

        6:22: this `table!` cannot be read: expected `->`
        help: write it as diesel does: `table! { invoices (id) { id -> Uuid, org_id -> Uuid, } }`
        TEN0116: run `tenancy explain TEN0116`

        7:13: this `joinable!` cannot be read: expected `->`
        help: write it as diesel does: `joinable!(invoice_lines -> invoices (invoice_id));`
        TEN0116: run `tenancy explain TEN0116`

        8:40: this `allow_tables_to_appear_in_same_query!` cannot be read: expected `,`
        help: write it as diesel does: `allow_tables_to_appear_in_same_query!(invoices, invoice_lines);`
        TEN0116: run `tenancy explain TEN0116`

        9:1: this is no item of a schema
        help: a schema takes what `diesel print-schema` writes: `table!`, `joinable!`, `allow_tables_to_appear_in_same_query!`, `mod sql_types { .. }`, a module for each SQL schema, and `use`
        TEN0116: run `tenancy explain TEN0116`

        10:1: an attribute stands outside of `table!`
        help: attributes of a table go inside of `table! { .. }`, before its name
        TEN0116: run `tenancy explain TEN0116`

        12:17: this is no item of a schema
        help: a schema takes what `diesel print-schema` writes: `table!`, `joinable!`, `allow_tables_to_appear_in_same_query!`, `mod sql_types { .. }`, a module for each SQL schema, and `use`
        TEN0116: run `tenancy explain TEN0116`

        12:39: the module `inner` holds tables inside of the module `outer`
        help: `diesel print-schema` writes one module for each SQL schema: put the tables directly into it
        TEN0118: run `tenancy explain TEN0118`

        13:9: the schema module `outer` is written twice
        help: put its tables into one module
        TEN0108: run `tenancy explain TEN0108`

        11:31: `b::org_id` cannot hold an organization, which is a UUID: its type is `Int4`
        help: store it as `Uuid` (Postgres), as `Binary` (16 bytes), or as `Text` (with hyphens)
        TEN0103: run `tenancy explain TEN0103`

    "#]].assert_eq(&meaning(input));
}

#[test]
fn ambiguous_names() {
    let input = "
        global(users);
        mod a { table! { a.users (id) { id -> Uuid, org_id -> Uuid, } } }
        mod b { table! { b.users (id) { id -> Uuid, org_id -> Uuid, } } }
    ";
    expect![[r#"
        2:16: `global(..)` names `users`, which is more than one table
        help: write one of `a::users`, `b::users`
        TEN0106: run `tenancy explain TEN0106`

    "#]]
    .assert_eq(&meaning(input));
}

#[test]
fn too_many_columns() {
    let columns = (0..130).map(|n| format!("c{n} -> Text,")).collect::<String>();
    let text = meaning(&format!("table! {{ wide (org_id) {{ org_id -> Uuid, {columns} }} }}"));
    expect![[r#"
        1:10: `wide` has 131 columns; diesel supports 128
        help: leave out columns that the service does not use, or split the table
        TEN0117: run `tenancy explain TEN0117`

    "#]]
    .assert_eq(&text);
}

#[test]
fn a_types_of_another_name_is_no_organization() {
    // `Uuid` of another module may be anything, and a `Text<..>` does not exist.
    for ty in ["super::sql_types::Uuid", "Integer", "Array<Uuid>", "other::sql_types::Uuid", "Text<1>"] {
        let text = meaning(&format!("table! {{ a (id) {{ id -> Uuid, org_id -> {ty}, }} }}"));
        assert!(text.contains("TEN0103"), "{ty}: {text}");
    }
    for ty in ["Uuid", "Binary", "Text", "sql_types::Uuid", "diesel::sql_types::Uuid", "::diesel::sql_types::Text"] {
        let text = meaning(&format!("table! {{ a (id) {{ id -> Uuid, org_id -> {ty}, }} }}"));
        assert!(text.contains("<- organization"), "{ty}: {text}");
    }
}

#[test]
fn an_expansion_with_errors_grants_nothing_and_keeps_names() {
    let input = quote! {
        table! { invoices (id) { id -> Uuid, table_ -> Text, } }
        pub mod billing {
            pub mod sql_types { pub struct State; }
            table! { billing.lines (org_id) { org_id -> Uuid, } }
        }
    };
    expect![[r#"
        ::core::compile_error! {
            "`invoices` belongs to an organization, but has no column `org_id` that says to which\nhelp: add the column in a migration: `org_id -> Uuid`\nhelp: if all organizations share its rows, list it: `global(invoices);`; if they are the operator's: `platform(invoices);`\nTEN0101: run `tenancy explain TEN0101`"
        }
        #[doc(hidden)]
        #[allow(dead_code)]
        type __TenancySchemaError = the_errors_of_this_schema_come_first;
        #[allow(dead_code, missing_docs, private_interfaces, unused_imports)]
        #[allow(non_camel_case_types, non_upper_case_globals)]
        pub mod invoices {
            pub type id = super::__TenancySchemaError;
            pub const id: super::__TenancySchemaError = loop {};
            pub type table_ = super::__TenancySchemaError;
            pub const table_: super::__TenancySchemaError = loop {};
            pub type table = super::__TenancySchemaError;
            pub const table: super::__TenancySchemaError = loop {};
            pub type star = super::__TenancySchemaError;
            pub const star: super::__TenancySchemaError = loop {};
            pub type all_columns = super::__TenancySchemaError;
            pub const all_columns: super::__TenancySchemaError = loop {};
            pub type SqlType = super::__TenancySchemaError;
            pub const SqlType: super::__TenancySchemaError = loop {};
            pub mod columns {
                pub use super::*;
            }
            pub mod dsl {
                pub use super::*;
                pub use super::table as invoices;
            }
        }
        pub mod billing {
            #[allow(dead_code, missing_docs, private_interfaces, unused_imports)]
            #[allow(non_camel_case_types, non_upper_case_globals)]
            pub mod lines {
                pub type org_id = super::super::__TenancySchemaError;
                pub const org_id: super::super::__TenancySchemaError = loop {};
                pub type table = super::super::__TenancySchemaError;
                pub const table: super::super::__TenancySchemaError = loop {};
                pub type star = super::super::__TenancySchemaError;
                pub const star: super::super::__TenancySchemaError = loop {};
                pub type all_columns = super::super::__TenancySchemaError;
                pub const all_columns: super::super::__TenancySchemaError = loop {};
                pub type SqlType = super::super::__TenancySchemaError;
                pub const SqlType: super::super::__TenancySchemaError = loop {};
                pub mod columns {
                    pub use super::*;
                }
                pub mod dsl {
                    pub use super::*;
                    pub use super::table as lines;
                }
            }
            pub mod sql_types {
                pub struct State;
            }
        }
    "#]].assert_eq(&pretty(crate::schema::schema(input, std::path::Path::new("/nowhere"))));
}
