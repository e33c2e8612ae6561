//! Rules over a catalog that no server of ours can show.

use super::super::catalog::{Catalog, Distribution, Relation};
use super::{judge, manifest};
use crate::Options;
use crate::context::Context;
use crate::rule::Check;
use crate::{Report, baseline, render, rule, rules};
use serde_json::Value;
use tenancy_rls::{self as rls, Target};

fn hits(id: &str, catalog: &Catalog, options: &Options) -> Vec<String> {
    let manifest = manifest();
    let context = Context::new(&manifest, catalog, options);
    let Check::Catalog(check) = rule(id).expect("it is a rule").check else { panic!("{id} looks elsewhere") };
    check(&context).into_iter().map(|hit| format!("{} {}", hit.object, hit.detail)).collect()
}

fn options() -> Options {
    Options::new(rls::Options::new("app"))
}

#[test]
fn releases_without_the_fixes_are_told_from_those_with() {
    for (version, old) in [
        (150_018, true),
        (150_020, false),
        (160_015, true),
        (170_012, false),
        (180_006, true),
        (140_030, true),
        (190_000, false),
    ] {
        let mut catalog = Catalog::default();
        catalog.server.version = version;
        assert_eq!(!hits("F01", &catalog, &options()).is_empty(), old, "{version}");
    }
}

#[test]
fn poolers_are_told_by_their_version() {
    let mut options = options();
    for (version, old) in [("PgBouncer 1.18.0", true), ("1.25.0", true), ("1.26.1", false), ("PgBouncer 1.27.0", false)]
    {
        options.pgbouncer = Some(version.to_owned());
        assert_eq!(!hits("F08", &Catalog::default(), &options).is_empty(), old, "{version}");
    }
}

#[test]
fn citus_must_distribute_by_organization() {
    let mut options = options();
    options.wall.target = Target::Citus;
    let column =
        |table, name: &str| super::super::catalog::Column { table, name: name.to_owned(), ..Default::default() };
    let table = |oid, schema: &str, name: &str| Relation {
        oid,
        schema: schema.to_owned(),
        name: name.to_owned(),
        kind: "r".to_owned(),
        ..Relation::default()
    };
    let mut catalog = Catalog {
        relations: vec![table(1, "public", "invoices"), table(2, "public", "texts"), table(3, "billing", "parties")],
        columns: vec![column(1, "org_id"), column(2, "org_id"), column(3, "company")],
        ..Catalog::default()
    };
    assert_eq!(hits("F09", &catalog, &options), ["database has no Citus"]);
    let by = |table, column: &str, colocation| Distribution { table, column: Some(column.to_owned()), colocation };
    catalog.citus = Some(vec![by(1, "org_id", 1), by(3, "company", 1), by(2, "org_id", 1)]);
    assert!(hits("F09", &catalog, &options).is_empty());
    catalog.citus = Some(vec![by(1, "id", 1), by(3, "company", 1), by(2, "org_id", 2)]);
    let found = hits("F09", &catalog, &options);
    assert!(found.iter().any(|hit| hit.contains("distributed by id")), "{found:?}");
    assert!(found.iter().any(|hit| hit.contains("2 groups")), "{found:?}");
}

/// Elsewhere `SET NULL (column)` spares the organization; Citus refuses it wherever the key holds the organization.
#[test]
fn citus_refuses_set_null_in_every_form() {
    use super::super::catalog::{Column, Constraint};
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let key = |on_delete: &str, sets: &[&str]| Constraint {
        table: 1,
        name: "key".to_owned(),
        kind: "f".to_owned(),
        references: Some(1),
        columns: names(&["org_id", "parent"]),
        on_delete: on_delete.to_owned(),
        on_update: "a".to_owned(),
        delete_sets: names(sets),
        ..Constraint::default()
    };
    let said = |target, key| {
        let mut options = options();
        options.wall.target = target;
        let schema = "public".to_owned();
        let table =
            Relation { oid: 1, schema, name: "invoices".to_owned(), kind: "r".to_owned(), ..Relation::default() };
        let columns = vec![Column { table: 1, name: "org_id".to_owned(), ..Column::default() }];
        let catalog = Catalog { relations: vec![table], columns, constraints: vec![key], ..Catalog::default() };
        hits("E03", &catalog, &options)
    };
    assert!(said(Target::Postgres, key("n", &["parent"])).is_empty());
    assert!(said(Target::Citus, key("n", &["parent"]))[0].contains("refused by Citus"));
    for target in [Target::Postgres, Target::Citus] {
        assert!(said(target, key("n", &[]))[0].contains("overwrites"), "{target:?}");
        assert!(said(target, key("d", &["org_id", "parent"]))[0].contains("overwrites"), "{target:?}");
        assert!(said(target, key("c", &[])).is_empty(), "{target:?}");
    }
}

#[test]
fn an_empty_database_is_not_sound() {
    let report = judge(&Catalog::default(), &options());
    assert_eq!(report.rule_ids(), ["A01", "B13", "C01"]);
}

fn found(id: &str, object: &str) -> Report {
    let mut report = Report::default();
    report.add(rule(id).expect("it is a rule"), vec![super::super::rule::Hit::new(object, "seen")]);
    report
}

#[test]
fn a_baseline_accepts_for_a_time_and_with_a_reason() {
    let entry = |rule: &str, object: &str, reason: &str, expires: &str| baseline::Entry {
        rule: rule.to_owned(),
        object: object.to_owned(),
        reason: reason.to_owned(),
        expires: expires.to_owned(),
    };
    let cases = [
        (entry("E07", "public.numbers", "numbers are public", "2026-12-31"), vec![], 1),
        (entry("E07", "public.numbers", "numbers are public", "2026-06-30"), vec!["E07", "X01"], 0),
        (entry("E07", "public.numbers", "  ", "2026-12-31"), vec!["E07", "X02"], 0),
        (entry("E07", "public.numbers", "because", "next year"), vec!["E07", "X02"], 0),
        (entry("E99", "public.numbers", "because", "2026-12-31"), vec!["E07", "X02"], 0),
        (entry("E07", "public.others", "because", "2026-12-31"), vec!["E07", "X03"], 0),
        (entry("F08", "PgBouncer", "because", "2026-12-31"), vec!["E07"], 0),
    ];
    for (entry, expected, accepted) in cases {
        let mut report = found("E07", "public.numbers");
        let baseline = baseline::Baseline { accept: vec![entry.clone()] };
        baseline.apply_on(&mut report, "2026-07-01");
        assert_eq!((report.rule_ids(), report.accepted.len()), (expected, accepted), "{entry:?}");
    }
}

#[test]
fn reports_are_written_for_people_and_for_programs() {
    let mut report = found("B01", "public.invoices");
    report.skip("F03", "no URL of the service's role was given");
    let text = render::text(&report, false);
    assert!(text.starts_with("B01  critical  public.invoices  seen\n"), "{text}");
    assert!(text.contains("F03  NOT RUN   no URL") && text.contains("1 not run: 1 critical, 0 high"), "{text}");
    assert!(!text.contains('\u{1b}') && render::text(&report, true).contains("\u{1b}[1;31mcritical"));
    let json: Value = serde_json::from_str(&render::json(&report)).expect("it is JSON");
    assert_eq!((&json["findings"][0]["rule"], &json["worst"]), (&Value::from("B01"), &Value::from("critical")));
    let sarif: Value = serde_json::from_str(&render::sarif(&report, None)).expect("it is JSON");
    let run = &sarif["runs"][0];
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(run["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(rules().count()));
    let index = usize::try_from(run["results"][0]["ruleIndex"].as_u64().expect("a number")).expect("it is small");
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], run["results"][0]["ruleId"]);
    assert_eq!(run["results"][0]["level"], "error");
}

/// Otherwise a role that may name an object could overwrite its finding, or add a line of its own.
#[test]
fn a_name_writes_nothing_on_the_terminal() {
    let name = "public.x\u{1b}[1A\u{1b}[2K\u{9b}31m\u{202e}\u{7}\nB01  low  nothing";
    let mut report = found("B01", name);
    report.skip("F03", name);
    for text in [render::text(&report, false), report.findings[0].to_string() + "\n\n\n"] {
        let said: Vec<char> = text.chars().filter(|letter| *letter != '\n' && render::controls(*letter)).collect();
        assert!(said.is_empty() && text.contains("\\u{1b}[1A"), "{said:?} in {text}");
        assert!(!text.contains("\nB01  low"), "{text}");
    }
    assert_eq!(render::text(&report, false).lines().count(), 4);
    let json: Value = serde_json::from_str(&render::json(&report)).expect("it is JSON");
    assert_eq!(json["findings"][0]["object"], name, "programs get the name as it is");
}

/// What the schema of SARIF 2.1.0 asks for, and what code scanning asks for beside it. (The whole schema was tried with
/// a validator when this was written: no error.)
#[test]
fn sarif_is_of_the_form_that_is_read() {
    let mut report = found("E07", "public.numbers");
    report.merge(found("D08", "public.invoices"));
    let place = crate::Place { file: "src/a b%.rs".to_owned(), line: 0 };
    let mut in_source = found("S13", "src/a b%.rs: sql");
    in_source.findings[0].place = Some(place);
    report.merge(in_source);
    report.skip("F03", "no URL");
    let sarif: Value = serde_json::from_str(&render::sarif(&report, Some("schema file.json"))).expect("it is JSON");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    let levels = run["results"].as_array().expect("a list").iter().map(|result| {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("it is small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().expect("a text").is_empty());
        let location = &result["locations"][0];
        let place = &location["physicalLocation"];
        assert!(place["region"]["startLine"].as_u64().is_some_and(|line| line >= 1), "{result}");
        let uri = place["artifactLocation"]["uri"].as_str().expect("a file");
        match result["ruleId"] == "S13" {
            true => assert!(uri == "src/a%20b%25.rs" && location["logicalLocations"].is_null(), "{location}"),
            false => {
                assert_eq!(uri, "schema%20file.json");
                assert!(location["logicalLocations"][0]["fullyQualifiedName"].is_string(), "{location}");
            }
        }
        result["level"].as_str().expect("a level")
    });
    let mut levels: Vec<&str> = levels.collect();
    levels.sort_unstable();
    assert_eq!(levels, ["error", "note", "warning"]);
    // `helpUri` must be absolute, and the pages are where the source is.
    assert!(rules.iter().all(|rule| rule["helpUri"].is_null() && rule["help"]["markdown"].is_string()));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"][0]["level"], "warning");
}

#[test]
fn what_rls_ready_does_not_see_is_a_rule_of_the_audit() {
    for id in tenancy_rls::ready::UNSEEN.iter().flat_map(|unseen| unseen.audit) {
        assert!(rule(id).is_some(), "{id}");
    }
}
