//! `tenancy explain` as a user runs it.

use std::process::{Command, Output};

fn explain(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tenancy")).arg("explain").args(arguments).output().expect("the program runs")
}

fn text(of: &[u8]) -> String {
    String::from_utf8(of.to_vec()).expect("UTF-8")
}

#[test]
fn the_page_of_each_listed_code_is_printed() {
    let list = text(&explain(&[]).stdout);
    assert!(list.lines().count() > 40, "{list}");
    for line in list.lines() {
        let (code, title) = line.split_once("  ").expect("a code and its title");
        let page = explain(&[code]);
        assert!(page.status.success());
        assert!(text(&page.stdout).starts_with(&format!("# {code}: {title}\n")), "{code}");
    }
}

#[test]
fn a_code_in_small_letters_is_the_same_code() {
    assert_eq!(explain(&["ten0001"]).stdout, explain(&["TEN0001"]).stdout);
}

#[test]
fn an_unknown_code_is_a_usage_error_that_says_what_to_do() {
    let unknown = explain(&["TEN"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(unknown.stdout.is_empty());
    let said = text(&unknown.stderr);
    assert!(said.contains("no error code `TEN`") && said.contains("lists them"), "{said}");
}

#[test]
fn json_has_the_code_the_title_and_the_page() {
    let page: serde_json::Value =
        serde_json::from_slice(&explain(&["TEN0001", "--format", "json"]).stdout).expect("a JSON document");
    assert_eq!(page["code"], "TEN0001");
    assert!(page["page"].as_str().is_some_and(|page| page.contains("scope.from(")));
    let list: serde_json::Value =
        serde_json::from_slice(&explain(&["--format", "json"]).stdout).expect("a JSON document");
    assert_eq!(list[0]["code"], "TEN0001");
}
