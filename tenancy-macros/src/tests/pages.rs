//! Every code has its page, and every page its code.
use std::path::Path;

use proc_macro2::TokenStream;
use syn::Item;

use crate::derive;
use crate::errors::Code;
use crate::permissions::permissions;
use crate::schema::schema;

const CODES: [Code; 27] = [
    Code::NoOrganization,
    Code::NullableOrganization,
    Code::OrganizationType,
    Code::GlobalWithOrganization,
    Code::GlobalJoinsTenant,
    Code::UnknownListed,
    Code::ListedTwice,
    Code::Duplicate,
    Code::UnknownName,
    Code::NoPrimaryKey,
    Code::ColumnNamedLikeTable,
    Code::NoTables,
    Code::Setting,
    Code::File,
    Code::UnknownPrimaryKey,
    Code::NotASchema,
    Code::TooManyColumns,
    Code::NestedModule,
    Code::OrganizationJoin,
    Code::ReservedName,
    Code::CompositeParent,
    Code::Privilege,
    Code::Model,
    Code::ModelInput,
    Code::DeriveInput,
    Code::BaseQuery,
    Code::NoSuchField,
];

/// Codes that nothing gives any more keep their pages.
const RETIRED: [&str; 1] = ["TEN0119"];

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tenancy/errors");
    let mut wanted: Vec<_> = CODES.iter().map(|code| format!("TEN{:04}.md", *code as u16)).collect();
    wanted.extend(RETIRED.map(|code| format!("{code}.md")));
    wanted.sort();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("tenancy/errors exists") {
        let name =
            entry.expect("tenancy/errors can be read").file_name().into_string().expect("pages have plain names");
        // 0101 to 0199 are this crate's.
        if name.starts_with("TEN01") && name != "TEN0100.md" {
            found.push(name);
        }
    }
    found.sort();
    assert_eq!(found, wanted);
}

#[test]
fn pages_show_the_wrong_and_the_right_form() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tenancy/errors");
    for code in CODES {
        let name = format!("TEN{:04}", code as u16);
        let page = std::fs::read_to_string(folder.join(&name).with_extension("md")).expect("the page exists");
        for part in [format!("# {name}: ").as_str(), "## Why", "## How to fix it", "Wrong:", "Right:"] {
            assert!(page.contains(part), "{name} lacks `{part}`");
        }
    }
}

/// The code block after `label`, if it is meant to be compiled.
fn example(page: &str, label: &str) -> Option<String> {
    let block = page.split_once(label)?.1.split_once("```rust\n")?.1;
    Some(block.split_once("```")?.0.to_owned())
}

/// What the macros make of an example.
fn expand(example: &str, root: &Path) -> String {
    let file = syn::parse_file(&with_main(example)).expect("an example is Rust");
    let expansion = file.items.into_iter().map(|item| match item {
        Item::Macro(item) if item.mac.path.segments.last().is_some_and(|name| name.ident == "permissions") => {
            permissions(item.mac.tokens, root)
        }
        Item::Macro(item) => schema(item.mac.tokens, root),
        Item::Struct(item) => {
            let query = item.attrs.iter().any(|attr| quote::quote!(#attr).to_string().contains("HasQuery"));
            let derive = if query { derive::has_query } else { derive::identifiable };
            derive(quote::quote!(#item))
        }
        _ => TokenStream::new(),
    });
    expansion.map(|tokens| tokens.to_string()).collect()
}

/// Statements of an example stand in a function when it is compiled.
fn with_main(example: &str) -> String {
    match example.split_once("let ") {
        Some((items, statements)) => format!("{items} fn main() {{ let {statements} }}"),
        None => example.to_owned(),
    }
}

#[test]
fn the_wrong_form_gives_the_code_and_the_right_form_gives_none() {
    let package = super::file::Package::new("pages", "table! { a (id) { id -> Uuid, org_id -> Uuid, } }");
    let model =
        "definition user {}\ndefinition organization {\n    relation owner: user\n    permission view = owner\n}\n";
    std::fs::write(package.0.join("permissions.zed"), model).expect("a model");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tenancy/errors");
    for code in CODES {
        let name = format!("TEN{:04}", code as u16);
        let page = std::fs::read_to_string(folder.join(&name).with_extension("md")).expect("the page exists");
        let forms = (example(&page, "Wrong:"), example(&page, "Right:"));
        let (Some(wrong), Some(right)) = forms else {
            // The only page whose example is too long to be written out.
            assert_eq!(code, Code::TooManyColumns);
            continue;
        };
        let (wrong, right) = (expand(&wrong, &package.0), expand(&right, &package.0));
        assert!(wrong.contains(&format!("{name}: run")), "{name}, wrong form: {wrong}");
        assert_eq!(
            wrong.matches(": run `tenancy explain ").count(),
            wrong.matches(&format!("{name}: run")).count(),
            "{wrong}"
        );
        assert!(!right.contains("compile_error"), "{name}, right form: {right}");
    }
}
