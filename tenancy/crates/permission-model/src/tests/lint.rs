use crate::{Finding, LintConfig, Model, Rule, Severity, lint, lint_text};

const LEVELS: &str = "use expiration
definition user {}
definition platform { relation staff: user; permission reach = staff; }
definition tenant { relation platform: platform; relation admin: user; permission reach = admin
permission suspend = platform->reach; }
definition team { relation organization: organization; relation member: user | team#member; relation public: user:*; }
";

/// Lints statements of an organization, which has the relations `tenant` and `owner`.
fn organization(statements: &str) -> (String, Vec<Finding>) {
    let text =
        format!("{LEVELS}definition organization {{\nrelation tenant: tenant\nrelation owner: user\n{statements}\n}}");
    let findings = lint_text(&text, &LintConfig::default()).unwrap_or_else(|errors| panic!("{text}\n{errors:#?}"));
    (text, findings)
}

/// A rule's code, the severity and the place.
type Expected<'a> = &'a [(&'a str, Severity, &'a str)];

fn check(table: &[(&str, Expected<'_>)]) {
    for (statements, expected) in table {
        let (text, findings) = organization(statements);
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.rule.code(), finding.severity, &text[finding.span.start..finding.span.end]))
            .collect();
        assert_eq!(found, *expected, "{statements}\n{findings:#?}");
    }
}

use Severity::{Error, Warning};

#[test]
fn mixed_operators_need_parentheses() {
    check(&[
        ("relation two: user\npermission view = owner + two + (owner & two)", &[]),
        ("relation two: user\npermission view = (owner & owner & two) + two", &[]),
        ("relation two: user\npermission view = owner & two + owner", &[("P01", Error, "owner & two + owner")]),
        (
            "relation banned: user\npermission view = owner + tenant->suspend - banned",
            &[("P02", Error, "view"), ("P01", Error, "owner + tenant->suspend - banned")],
        ),
        ("relation banned: user\npermission view = ((owner) - banned)", &[]),
    ]);
}

#[test]
fn platform_and_money_are_out_of_reach() {
    check(&[
        ("permission suspend = tenant->suspend", &[]),
        ("permission edit = owner + tenant->suspend", &[("P02", Error, "edit")]),
        ("permission edit = owner + tenant->reach", &[]),
        (
            "permission step = tenant->suspend\npermission edit = step",
            &[("P02", Error, "step"), ("P02", Error, "edit")],
        ),
        ("relation helper: platform#reach with expiration\npermission edit = helper", &[("P02", Error, "edit")]),
        ("permission change_payout = owner", &[]),
        ("permission change_payout = owner + tenant->reach", &[("P03", Error, "change_payout")]),
        ("relation cash: user | tenant\npermission change_payout = cash", &[("P03", Error, "change_payout")]),
        ("relation cash: user | tenant#reach\npermission change_payout = cash", &[("P03", Error, "change_payout")]),
    ]);
}

#[test]
fn wildcards_stay_out_of_writes_and_exclusions() {
    check(&[
        ("relation open: user:*\npermission view = open + owner", &[]),
        ("relation open: user | user:*\npermission edit = open + owner", &[("P04", Error, "user:*")]),
        (
            "relation open: user:*\nrelation off: user\npermission view = (open + owner) - off",
            &[("P04", Error, "user:*")],
        ),
        ("relation off: user:*\npermission view = owner - off", &[("P04", Error, "user:*")]),
        ("relation open: user:*\nrelation off: user\npermission view = open + (owner - off)", &[]),
        ("permission edit = teams->public\nrelation teams: team", &[("P04", Error, "user:*")]),
        ("permission view = teams->public\nrelation teams: team", &[]),
    ]);
    let above = "definition user {}\ndefinition tenant { relation open: user:*; permission view = open; }";
    let findings = lint_text(above, &LintConfig::default()).expect("reads");
    assert_eq!(findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [Rule::Wildcard]);
}

#[test]
fn support_grants_expire() {
    check(&[
        ("relation support: user with expiration", &[]),
        ("relation support: user | team#member with expiration", &[("P05", Error, "user")]),
        ("relation helper: platform#staff", &[("P05", Error, "platform#staff")]),
        ("relation helper: platform#staff with expiration", &[]),
    ]);
}

#[test]
fn exclusions_hold_for_every_permission() {
    let banned = |statements: &str| format!("relation banned: user\n{statements}");
    let cases: [(&str, &[&str]); 9] = [
        ("permission view = owner - banned\npermission edit = view & owner", &[]),
        ("permission view = owner - banned\npermission edit = owner", &["edit"]),
        ("permission edit = owner", &["edit"]),
        ("permission view = (owner - banned) + (owner & (owner - banned))", &[]),
        ("permission out = banned + owner\npermission view = owner - out", &[]),
        ("permission out = banned & owner\npermission view = owner - out", &["view"]),
        ("permission view = (owner - banned) + tenant->reach", &[]),
        ("permission view = (owner - banned) + teams->member\nrelation teams: team", &["view"]),
        ("permission view = owner - (owner - banned)", &["view"]),
    ];
    for (statements, expected) in cases {
        let (text, findings) = organization(&banned(statements));
        let found: Vec<_> = findings
            .iter()
            .filter(|finding| finding.rule == Rule::Exclusion)
            .map(|finding| &text[finding.span.start..finding.span.end])
            .collect();
        assert_eq!(found, expected, "{statements}\n{findings:#?}");
    }
    // The level above has a ban of its own, which the arrow leads around.
    let text = "definition user {}\ndefinition tenant { relation admin: user; relation banned: user; permission ok = \
                admin - banned; permission view = admin - banned; }\ndefinition organization { relation tenant: \
                tenant; relation banned: user; permission one = tenant->admin; permission two = tenant->view; }";
    let text = text.replace("permission ok ", "permission fine ");
    let findings = lint_text(&text, &LintConfig::default()).expect("reads");
    let found: Vec<_> =
        findings.iter().map(|finding| (finding.rule, &text[finding.span.start..finding.span.end])).collect();
    assert_eq!(found, [(Rule::Exclusion, "one")]);
}

#[test]
fn objects_belong_to_an_organization() {
    let lint = |more: &str| {
        let text = format!("{LEVELS}definition organization {{}}\n{more}");
        let findings = lint_text(&text, &LintConfig::default()).unwrap_or_else(|errors| panic!("{errors:#?}"));
        findings.iter().map(|it| (it.rule.code(), text[it.span.start..it.span.end].to_owned())).collect::<Vec<_>>()
    };
    let found = |code: &'static str, name: &str| vec![(code, name.to_owned())];
    assert_eq!(lint("definition doc { relation organization: organization; }"), []);
    assert_eq!(lint("definition line { relation doc: doc; }\ndefinition doc { relation org: organization; }"), []);
    assert_eq!(lint("definition doc { relation viewer: user; }"), found("P08", "doc"));
    assert_eq!(lint("definition doc { relation viewer: organization:*; }"), found("P08", "doc"));
    assert_eq!(lint("definition robot {}"), []);
    assert_eq!(lint("definition app/users {}"), found("P07", "app/users"));
}

#[test]
fn recursion_is_short_and_stable() {
    check(&[
        ("relation parent: organization\npermission view = owner + parent->view", &[("P09", Warning, "view")]),
        (
            "relation parent: organization\nrelation off: user\npermission view = (owner + parent->view) - off",
            &[("P09", Error, "view")],
        ),
        ("relation parent: organization\npermission view = owner & parent->view", &[("P09", Error, "view")]),
        ("relation parent: organization\npermission view = owner + parent.all(view)", &[("P09", Error, "view")]),
        ("relation group: organization#view\npermission view = owner + group", &[("P09", Warning, "group")]),
        ("relation group: organization#group | team#member\npermission view = owner + group", &[]),
    ]);
    let chain: String = (1..7)
        .map(|n| format!("definition lvl{n} {{ relation up: lvl{}; permission view = up->view; }}\n", n - 1))
        .collect::<String>()
        .replace("relation up", "relation parent")
        .replace("up->", "parent->");
    let text =
        format!("definition user {{}}\ndefinition lvl0 {{ relation own: user; permission view = own; }}\n{chain}");
    let findings = lint_text(&text, &LintConfig::default()).expect("reads");
    assert_eq!(findings.len(), 2, "{findings:#?}");
    assert!(findings[0].message.starts_with("`lvl5#view` is 6 hops from a user"), "{}", findings[0]);
    let config = LintConfig { most_hops: 7, ..LintConfig::default() };
    assert_eq!(lint_text(&text, &config), Ok(vec![]));
}

#[test]
fn random_models_lint_without_panic_and_inside_of_the_text() {
    for seed in 0..2_000 {
        let text = super::random::model(&mut super::random::Random::new(seed)).to_string();
        let findings = lint_text(&text, &LintConfig::default()).unwrap_or_else(|errors| panic!("{errors:#?}"));
        assert!(findings.iter().all(|finding| text.get(finding.span.start..finding.span.end).is_some()));
        // Canonical text has parentheses wherever operators mix.
        assert!(findings.iter().all(|finding| finding.rule != Rule::Parentheses), "{text}");
    }
    // Names that lead nowhere, in a model that was made by hand.
    let mut made = super::random::model(&mut super::random::Random::new(7));
    made.definitions.truncate(1);
    let _ = (lint(&made, &LintConfig::default()), made.components(), made.relations_used_negatively());
    let _ = lint(&Model::default(), &LintConfig::default());
}
