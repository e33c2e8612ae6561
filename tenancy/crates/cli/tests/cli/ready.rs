//! `tenancy rls ready`, as a person and as CI would use it.

use std::fs;
use std::process::Command;

/// The exit code, and what was printed.
fn ready(name: &str, manifest: &str, more: &[&str]) -> (Option<i32>, String) {
    let path = std::env::temp_dir().join(format!("tenancy-ready-{}-{name}.json", std::process::id()));
    fs::write(&path, manifest).expect("it is ours");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
    // A database that cannot be reached: none is asked.
    command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none").args(["rls", "ready", "--manifest"]).arg(&path);
    let output = command.args(more).output().expect("it runs");
    let _ = fs::remove_file(path);
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

mod kept {
    tenancy::schema! {
        global(currencies);
        diesel::table! { invoices (org_id, id) { org_id -> Uuid, id -> Integer, currency -> Text, } }
        diesel::table! { lines (id) { org_id -> Uuid, id -> Integer, } }
        diesel::table! { currencies (code) { code -> Text, } }
        diesel::joinable!(invoices -> currencies (currency));
    }
}

mod broken {
    tenancy::schema! {
        diesel::table! { invoices (org_id, id) { org_id -> Uuid, id -> Integer, } }
        diesel::table! { lines (org_id, id) { org_id -> Uuid, id -> Integer, } }
        diesel::table! { notes (org_id, id) { org_id -> Text, id -> Integer, } }
    }
}

#[test]
fn a_schema_that_keeps_the_rules_passes_and_what_is_open_is_said() {
    let (code, text) = ready("kept", &kept::schema_manifest().to_json(), &["--target", "citus"]);
    assert_eq!(code, Some(0), "{text}");
    for part in ["open public.lines: the declared key (id)", "(audit E01)", "ready as declared: 0 refused, 2 open"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let (code, text) = ready("unsealed", &kept::schema_manifest().to_json(), &["--level", "unsealed"]);
    assert!(code == Some(0) && text.contains("0 refused, 1 open"), "{text}");
}

#[test]
fn a_schema_that_no_cluster_takes_fails_with_the_table_and_the_fix() {
    let json = broken::schema_manifest().to_json();
    let (code, text) = ready("broken", &json, &[]);
    assert!(code == Some(1) && text.contains("refused public.notes: `org_id` is Text"), "{code:?} {text}");
    assert!(text.contains("fix: give it the type of the others") && text.contains("\nnot ready: 1 refused"), "{text}");
    let (code, text) = ready("json", &json, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!((code, &report["ready_as_declared"], &report["target"]), (Some(1), &false.into(), &"citus".into()));
    assert_eq!(report["findings"][0]["rule"], "organization-type");
    assert!(report["unseen"].as_array().is_some_and(|unseen| unseen.len() > 5), "{report}");
}

#[test]
fn what_is_no_manifest_or_no_cluster_is_told_from_what_is_not_ready() {
    assert_eq!(ready("none", "{}", &[]).0, Some(2));
    let (code, text) = ready("plain", &kept::schema_manifest().to_json(), &["--target", "postgres"]);
    assert!(code == Some(2) && text.contains("citus"), "{text}");
    let help = Command::new(env!("CARGO_BIN_EXE_tenancy")).args(["rls", "ready", "--help"]).output().expect("it runs");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for part in
        ["Asks no server", "tenancy rls ready --manifest schema.json", "exits with 1", "tenancy audit --target citus"]
    {
        assert!(help.contains(part), "{part} in {help}");
    }
}
