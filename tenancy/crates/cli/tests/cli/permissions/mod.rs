//! `tenancy permissions` as its users run it.

mod random;
mod stored;
mod tables;
mod widening;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

const MODEL: &str = "\
definition user {}

definition organization {
    relation owner: user
    relation member: user
    permission void = owner
}

definition invoice {
    relation organization: organization
    relation author: user
    permission void = organization->void
    permission view = author + organization->void
}
";

const TESTS: &str = "\
relationships: |
  organization:7#owner@user:anna
  invoice:1#organization@organization:7
  invoice:1#author@user:bob
assertions:
  assertTrue:
    - invoice:1#void@user:anna
    - invoice:1#void@user:bob
  assertFalse:
    - invoice:1#view@user:eve

    - invoice:1#view@user:bob
    - invoice:1#vieww@user:bob
";

/// Files of one test, in a folder that goes with it.
struct Files(PathBuf);

impl Files {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("tenancy-permissions-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("it is ours");
        for (file, text) in files {
            fs::write(folder.join(file), text).expect("it is ours");
        }
        Self(folder)
    }

    /// The exit code, and what was printed.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        let output = command.current_dir(&self.0).arg("permissions").args(arguments).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    fn json(&self, arguments: &[&str]) -> (Option<i32>, serde_json::Value) {
        let (code, text) = self.run(&[arguments, &["--format", "json"]].concat());
        (code, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_standard_model_is_printed_and_passes_the_linter() {
    let (code, text) = Files::new("print", &[]).run(&["standard"]);
    assert_eq!(code, Some(0));
    let files = Files::new("standard", &[("standard.zed", &text)]);
    assert_eq!(files.run(&["lint", "standard.zed"]), (Some(0), "0 errors, 0 warnings\n".to_owned()));
    assert_eq!(files.json(&["standard"]).1["model"], text);
}

#[test]
fn findings_have_a_place_a_code_and_an_exit_code() {
    let mixed = MODEL.replace("author + organization->void", "author - organization->void + author");
    let files = Files::new("lint", &[("clean.zed", MODEL), ("mixed.zed", &mixed)]);
    let (code, text) = files.run(&["lint", "mixed.zed"]);
    assert!(code == Some(1) && text.contains("mixed.zed:13:23: error P01: two kinds of operators"), "{code:?} {text}");
    let (code, json) = files.json(&["lint", "mixed.zed"]);
    let findings = json["findings"].as_array().expect("findings");
    let error = findings.iter().find(|finding| finding["severity"] == "error").expect("an error");
    assert_eq!((code, &error["line"], &error["code"]), (Some(1), &13.into(), &"P01".into()), "{json}");
    assert_eq!(files.run(&["lint", "clean.zed"]).0, Some(0));
}

#[test]
fn mistakes_in_the_text_are_findings_too() {
    let files = Files::new("mistakes", &[("wrong.zed", &MODEL.replace("author + ", "autor + "))]);
    let (code, text) = files.run(&["lint", "wrong.zed"]);
    assert!(code == Some(1) && text.contains("wrong.zed:13:23: error UnknownName: "), "{code:?} {text}");
    let (code, text) = files.run(&["test", "wrong.zed", "wrong.zed"]);
    assert!(code == Some(2) && text.contains("\nwrong.zed:13:23: "), "{code:?} {text}");
}

#[test]
fn the_linters_names_can_be_set() {
    let model = MODEL.replace("relation member: user", "relation support: user");
    let files = Files::new("names", &[("model.zed", &model)]);
    assert!(files.run(&["lint", "model.zed"]).1.contains("P05"));
    assert!(!files.run(&["lint", "model.zed", "--support", "helper"]).1.contains("P05"));
    let deep = files.run(&["lint", "model.zed", "--support", "helper", "--most-hops", "1"]);
    assert!(deep.1.contains("P09"), "{deep:?}");
    if deep.0 == Some(0) {
        assert_eq!(files.run(&["lint", "model.zed", "--most-hops", "1", "--deny-warnings"]).0, Some(1));
    }
    assert_eq!(files.run(&["lint", "missing.zed"]).0, Some(2));
}

#[test]
fn failed_assertions_are_printed_with_their_lines() {
    let holds = TESTS.replace("    - invoice:1#void@user:bob\n", "").replace("    - invoice:1#view@user:bob\n", "");
    let holds = holds.replace("    - invoice:1#vieww@user:bob\n", "");
    let files = Files::new("test", &[("model.zed", MODEL), ("fails.yaml", TESTS), ("holds.yaml", &holds)]);
    let (code, text) = files.run(&["test", "model.zed", "holds.yaml", "fails.yaml"]);
    assert_eq!(code, Some(1), "{text}");
    for line in [
        "fails.yaml:8: `invoice:1#void@user:bob` must be allowed, and is denied",
        "fails.yaml:12: `invoice:1#view@user:bob` must be denied, and is allowed",
        "fails.yaml:13: `invoice:1#vieww@user:bob` must be denied, and fails: the type `invoice` has no",
        "4 of 7 assertions hold",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert_eq!(files.run(&["test", "model.zed", "holds.yaml"]), (Some(0), "2 of 2 assertions hold\n".to_owned()));
    let (code, json) = files.json(&["test", "model.zed", "fails.yaml"]);
    assert_eq!((code, &json["checked"], &json["failures"][0]["line"]), (Some(1), &5.into(), &8.into()), "{json}");
    assert!(json["failures"][2]["error"].is_string() && json["failures"][2]["found"].is_null(), "{json}");
}

#[test]
fn a_schema_in_the_file_must_be_the_model() {
    let own = format!("schemaFile: ./model.zed\n{TESTS}");
    let other = format!("schemaFile: other.zed\n{TESTS}");
    let narrower = MODEL.replace("author + ", "");
    let files = [("model.zed", MODEL), ("other.zed", &narrower), ("own.yaml", &own), ("other.yaml", &other)];
    let files = Files::new("schema", &files);
    assert_eq!(files.run(&["test", "model.zed", "own.yaml"]).0, Some(1));
    let (code, text) = files.run(&["test", "model.zed", "other.yaml"]);
    assert!(code == Some(2) && text.contains("other.yaml: the schema of the file is not the given model"), "{text}");
    let files = Files::new("refused", &[("model.zed", MODEL), ("bad.yaml", "relationships: invoice:1#void@user:a")]);
    let (code, text) = files.run(&["test", "model.zed", "bad.yaml"]);
    assert!(code == Some(2) && text.contains("bad.yaml: `void` is a permission of `invoice`"), "{text}");
}

#[test]
fn a_check_says_which_relationships_give_the_permission() {
    let files = Files::new("check", &[("model.zed", MODEL), ("data.yaml", TESTS)]);
    let check =
        |rest: &[&str]| files.run(&[&["check", "--model", "model.zed", "--relationships", "data.yaml"], rest].concat());
    let allowed = "allowed\n  invoice:1#organization@organization:7\n  organization:7#owner@user:anna\n";
    assert_eq!(check(&["invoice:1", "void", "user:anna"]), (Some(0), allowed.to_owned()));
    assert_eq!(check(&["invoice:1", "void", "user:bob"]), (Some(1), "denied\n".to_owned()));
    let (code, text) = check(&["invoice:1", "void", "user:bob", "--format", "json"]);
    // As a value: the order of the fields depends on what else the workspace turns on.
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((code, json), (Some(1), serde_json::json!({"allowed": false, "error": null, "path": []})));
    for wrong in [["invoice:1", "voidd", "user:bob"], ["invoice", "void", "user:bob"], ["invoice:1", "void", "user:*"]]
    {
        assert_eq!(check(&wrong).0, Some(2), "{wrong:?}");
    }
}

#[test]
fn a_wider_permission_fails_unless_it_is_allowed() {
    let wider = MODEL.replace("permission void = owner", "permission void = owner + member");
    let files = Files::new("diff", &[("old.zed", MODEL), ("new.zed", &wider)]);
    let (code, text) = files.run(&["diff", "old.zed", "new.zed"]);
    assert_eq!(code, Some(1), "{text}");
    let expected = "\
wider     organization#void  (new.zed:6:16)
          was: owner
          now: owner + member
wider     invoice#void  (new.zed:12:16)
          through organization#void
wider     invoice#view  (new.zed:13:16)
          through organization#void
3 wider, 0 changed, 0 narrower, 0 added, 0 removed
";
    assert_eq!(text, expected);
    assert_eq!(files.run(&["diff", "old.zed", "new.zed", "--allow-widening"]).0, Some(0));
    let (code, text) = files.run(&["diff", "new.zed", "old.zed"]);
    assert!(code == Some(0) && text.contains("0 wider, 0 changed, 3 narrower"), "{text}");
    assert_eq!(files.run(&["diff", "old.zed", "old.zed"]).0, Some(0));
    let (code, json) = files.json(&["diff", "old.zed", "new.zed"]);
    assert_eq!((code, &json["widens"], &json["changes"][0]["kind"]), (Some(1), &true.into(), &"wider".into()));
}

#[test]
fn each_command_has_an_example_and_its_exit_codes() {
    let files = Files::new("help", &[]);
    let on_a_database = ["grant", "revoke", "list", "explain", "who", "what", "log", "grants"];
    for command in ["lint", "test", "check", "diff", "standard"].into_iter().chain(on_a_database) {
        let (code, text) = files.run(&[command, "--help"]);
        let example = format!("tenancy permissions {command}");
        assert!(code == Some(0) && text.contains("Example") && text.contains(&example), "{command}: {text}");
        assert!(command == "standard" || text.contains("Exit codes:"), "{command}: {text}");
        assert!(command == "standard" || files.run(&[command]).0 == Some(2), "{command} without arguments");
    }
    let text = files.run(&["lint", "--format", "sarif", "x.zed"]);
    assert!(text.0 == Some(2) && text.1.contains("only `tenancy audit` writes SARIF"), "{text:?}");
}
