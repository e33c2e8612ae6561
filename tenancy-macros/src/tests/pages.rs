//! Every code has its page, and every page its code.
use std::path::Path;

use crate::errors::Code;

const CODES: [Code; 21] = [
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
    Code::DeriveInput,
    Code::BaseQuery,
    Code::NoSuchField,
];

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors");
    let wanted = CODES.map(|code| format!("TEN{:04}.md", code as u16));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("docs/errors exists") {
        let name = entry
            .expect("docs/errors can be read")
            .file_name()
            .into_string()
            .expect("pages have plain names");
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors");
    for code in CODES {
        let name = format!("TEN{:04}", code as u16);
        let page = std::fs::read_to_string(folder.join(&name).with_extension("md")).expect("the page exists");
        for part in [
            format!("# {name}: ").as_str(),
            "## Why",
            "## How to fix it",
            "Wrong:",
            "Right:",
        ] {
            assert!(page.contains(part), "{name} lacks `{part}`");
        }
    }
}
