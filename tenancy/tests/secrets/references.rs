//! Configuration holds references; a literal is an error that does not show it.

use serde::Deserialize;
use tenancy_secrets::{RefError, SecretField, SecretRef};

const LITERAL: &str = "Zr8wQ4tLkV2";

#[derive(Deserialize, Debug)]
struct Config {
    database_url: SecretField,
}

#[test]
fn what_is_a_reference_is_read_and_shown_as_it_was() {
    let references = [
        "file:/run/secrets/seal key",
        "file:/a",
        "env:DATABASE_URL",
        "env:_x1",
        "credential:seal-key",
        "vault:secret/billing/db#password",
        "vault:kv/a.b_c-d/e#f",
    ];
    for text in references {
        assert_eq!(text.parse::<SecretRef>().expect(text).to_string(), text);
    }
}

#[test]
fn what_goes_wrong_after_its_scheme_is_told_the_form() {
    let wrong = [
        "file:",
        "file:relative",
        "file:/",
        "file:/a/../b",
        "file:/a//b",
        "file:///a",
        "file:/a/./b",
        "file:/a\nb",
        "env:",
        "env:1A",
        "env:A B",
        "env:A=B",
        "credential:",
        "credential:..",
        "credential:a/b",
        "credential:.",
        "vault:",
        "vault:secret",
        "vault:secret/db",
        "vault:secret/db#",
        "vault:secret/../sys#x",
        "vault:/db#x",
        "vault:secret/a?version=1#x",
        "vault:secret/a%2f..#x",
        "vault:secret//a#b",
        "vault:secret/a#b#c",
    ];
    for text in wrong {
        let refused = text.parse::<SecretRef>().expect_err(text);
        assert!(matches!(refused, RefError::Form(..)), "{text}: {refused}");
    }
}

#[test]
fn a_literal_is_refused_by_the_name_of_its_field_and_not_shown() {
    let literals = [
        format!("\"{LITERAL}\""),
        format!("\"postgres://app:{LITERAL}@db/shop\""),
        format!("\"file:{LITERAL}\""),
        "\"\"".to_owned(),
    ];
    for literal in literals {
        let config: Config = toml::from_str(&format!("database_url = {literal}")).expect("reading never fails");
        let refused = config.database_url.reference("database_url").expect_err("a literal");
        let shown = format!("{refused} {refused:?} {config:?}");
        assert!(shown.contains("`database_url`") && !shown.contains(LITERAL), "{shown}");
    }
}

/// The reader of a configuration quotes what it cannot read, so reading a field never fails.
#[test]
fn what_is_no_text_is_refused_without_being_quoted() {
    for literal in ["731942", "-731942", "731942.5", "true", "[\"731942\", 731942]", "{\"a\": 731942}", "null"] {
        let config: Config = serde_json::from_str(&format!("{{\"database_url\": {literal}}}")).expect("it never fails");
        let refused = config.database_url.reference("database_url").expect_err("a literal");
        assert!(matches!(refused, RefError::Literal(_)));
        let shown = format!("{refused} {refused:?} {config:?}");
        assert!(!shown.contains("731942"), "{shown}");
    }
    let missing = serde_json::from_str::<Config>("{}").expect_err("the field must be there");
    assert!(missing.to_string().contains("database_url"));
}

/// Whoever reads command lines shows what could not be read, so a field is always read.
#[test]
fn a_literal_on_a_command_line_is_not_kept() {
    let field: SecretField = LITERAL.parse().expect("it never fails");
    let refused = field.reference("--session-key").expect_err("a literal");
    assert!(
        matches!(refused, RefError::Literal(_)) && refused.to_string().starts_with("`--session-key` holds a literal")
    );
    assert!(!format!("{field:?} {refused:?} {refused}").contains(LITERAL));
    let field: SecretField = "vault:secret/billing/db#url".parse().expect("it never fails");
    assert_eq!(field.reference("--database").expect("a reference").to_string(), "vault:secret/billing/db#url");
}
