//! `file = ".."`.
use std::path::{Path, PathBuf};

use expect_test::expect;

use super::pretty;
use crate::schema::schema;

/// A directory that goes away with the test.
pub(super) struct Package(pub(super) PathBuf);

impl Package {
    pub(super) fn new(name: &str, schema: &str) -> Self {
        let root = std::env::temp_dir().join(format!("tenancy-macros-{}-{name}", std::process::id()));
        std::fs::create_dir_all(root.join("src")).expect("the temporary directory can be written");
        std::fs::write(root.join("src/schema.rs"), schema).expect("the temporary directory can be written");
        Self(root)
    }

    /// The expansion, without the package's own path.
    fn expand(&self, input: &str) -> String {
        let text = pretty(schema(input.parse().expect("the test's input is Rust"), &self.0));
        text.replace(self.0.to_str().expect("a test's path is text"), "/package")
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const GOOD: &str = "// @generated automatically by Diesel CLI.\n
diesel::table! {
    invoices (id) {
        id -> Uuid,
        org_id -> Uuid,
    }
}
";

#[test]
fn the_file_is_read_and_watched() {
    let package = Package::new("good", GOOD);
    let expansion = package.expand("file = \"src/schema.rs\";");
    let watch = "const _: &[u8] = ::core::include_bytes!(\"/package/src/schema.rs\");";
    assert!(expansion.starts_with(watch) && !expansion.contains("compile_error"), "{expansion}");
}

#[test]
fn tables_may_stand_beside_the_file() {
    // Joins that `diesel print-schema` cannot find are written by hand, beside the file that it overwrites.
    let package = Package::new("beside", GOOD);
    let input = "file = \"src/schema.rs\"; joinable!(lines -> invoices (invoice_id));
        table! { lines (id) { id -> Uuid, org_id -> Uuid, invoice_id -> Uuid, } }";
    assert!(!package.expand(input).contains("compile_error"));
}

#[test]
fn an_error_in_the_file_says_its_line() {
    let package = Package::new("bad", &GOOD.replace("org_id -> Uuid", "org_id -> Int4"));
    expect![[r#"
        const _: &[u8] = ::core::include_bytes!("/package/src/schema.rs");
        ::core::compile_error! {
            "`global(..)` names `nothing`, but the schema has no such table\nhelp: name a table of this schema, or remove the name\nTEN0106: run `tenancy explain TEN0106`"
        }
        ::core::compile_error! {
            "`invoices::org_id` cannot hold an organization, which is a UUID: its type is `Int4`\nat src/schema.rs:6:9\nhelp: store it as `Uuid` (Postgres), as `Binary` (16 bytes), or as `Text` (with hyphens)\nTEN0103: run `tenancy explain TEN0103`"
        }
        #[doc(hidden)]
        #[allow(dead_code)]
        type __TenancySchemaError = the_errors_of_this_schema_come_first;
        #[allow(dead_code, missing_docs, private_interfaces, unused_imports)]
        #[allow(non_camel_case_types, non_upper_case_globals)]
        pub mod invoices {
            pub type id = super::__TenancySchemaError;
            pub const id: super::__TenancySchemaError = loop {};
            pub type org_id = super::__TenancySchemaError;
            pub const org_id: super::__TenancySchemaError = loop {};
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
    "#]].assert_eq(&package.expand("file = \"src/schema.rs\";\nglobal(nothing);"));
}

#[test]
fn a_file_that_is_not_rust() {
    let package = Package::new("broken", "diesel::table! { invoices (id) {");
    expect![[r#"
        ::core::compile_error! {
            "the schema file `src/schema.rs` is not Rust: cannot parse string into token stream\nhelp: write the file again with `diesel print-schema`\nTEN0114: run `tenancy explain TEN0114`"
        }
        #[doc(hidden)]
        #[allow(dead_code)]
        type __TenancySchemaError = the_errors_of_this_schema_come_first;
    "#]].assert_eq(&package.expand("file = \"src/schema.rs\"; global(countries);"));
}

#[test]
fn a_missing_file() {
    let input = "file = \"src/shema.rs\";".parse().expect("the test's input is Rust");
    expect![[r#"
        ::core::compile_error! {
            "the schema file `src/shema.rs` cannot be read: No such file or directory (os error 2)\nhelp: the path is relative to the package's directory, `/nowhere`\nhelp: run `diesel print-schema > src/schema.rs`, or correct the path\nTEN0114: run `tenancy explain TEN0114`"
        }
        #[doc(hidden)]
        #[allow(dead_code)]
        type __TenancySchemaError = the_errors_of_this_schema_come_first;
    "#]].assert_eq(&pretty(schema(input, Path::new("/nowhere"))));
}
