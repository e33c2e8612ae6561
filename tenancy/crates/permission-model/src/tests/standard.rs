use super::evaluate::Store;
use crate::{LintConfig, Model, lint_text};

const INVOICE: &str = "definition invoice {
    relation organization: organization
    permission view = organization->view
    permission edit = organization->edit
    permission delete = organization->delete
}
";

#[test]
fn standard_model_reads_and_passes_the_linter() {
    let text = format!("{}\n{INVOICE}", Model::STANDARD);
    assert_eq!(lint_text(&text, &LintConfig::default()).map_err(|errors| format!("{errors:#?}")), Ok(vec![]));
    assert_eq!(lint_text(Model::STANDARD, &LintConfig::default()), Ok(vec![]));
    assert_eq!(Model::parse(Model::STANDARD), Ok(Model::standard()));
    let names: Vec<_> = Model::standard().definitions.into_iter().map(|definition| definition.name).collect();
    assert_eq!(names, ["user", "platform", "tenant", "organization", "team"]);
    let recursive = |model: &Model| model.components().iter().filter(|component| component.recursive).count();
    assert_eq!(recursive(&Model::standard()), 1);
}

#[test]
fn example_in_the_standard_model_is_the_tested_one() {
    let commented: String = INVOICE.lines().map(|line| format!("//     {line}\n")).collect();
    assert!(Model::STANDARD.contains(&commented), "{commented}");
}

#[test]
fn roles_have_the_permissions_of_their_level_alone() {
    let model = Model::parse(&format!("{}\n{INVOICE}", Model::STANDARD)).expect("reads");
    let relationships = [
        "platform:p#administrator@user:padmin",
        "platform:p#operator@user:poperator",
        "platform:p#support@user:psupport",
        "tenant:t#platform@platform:p",
        "tenant:t#owner@user:towner",
        "tenant:t#administrator@user:tadmin",
        "organization:o#tenant@tenant:t",
        "organization:o#owner@user:owner",
        "organization:o#administrator@user:admin",
        "organization:o#member@user:member",
        "organization:o#member@team:a#member",
        "organization:o#viewer@user:viewer",
        "organization:o#support@user:helper",
        "organization:o#banned@user:banned",
        "organization:o#banned@user:tadmin",
        "organization:o#banned@user:poperator",
        "team:a#organization@organization:o",
        "team:a#member@team:b#member",
        "team:b#member@user:nested",
        "team:b#member@user:banned",
        "organization:other#tenant@tenant:t",
        "organization:other#owner@user:viewer",
        "invoice:i#organization@organization:o",
    ];
    let store = Store { model: &model, relationships: relationships.map(str::to_owned).to_vec() };
    let (o, i) = ("organization:o", "invoice:i");
    let matrix = [
        (o, "view", "owner admin member viewer helper nested"),
        (o, "edit", "owner admin member nested"),
        (o, "delete", "owner admin"),
        (i, "view", "owner admin member viewer helper nested"),
        (i, "delete", "owner admin"),
        (o, "change_payout", "owner"),
        (o, "close", "owner"),
        (o, "ban", "owner"),
        (o, "grant_owner", "owner"),
        (o, "grant_administrator", "owner"),
        (o, "grant_support", "owner"),
        (o, "grant_member", "owner admin"),
        (o, "grant_viewer", "owner admin"),
        (o, "manage_members", "owner admin"),
        ("team:b", "view", ""),
        ("team:a", "manage_members", "owner admin"),
        // A ban in the organization does not stop the levels above.
        (o, "suspend", "padmin poperator towner tadmin"),
        (o, "support_read", "psupport"),
        ("tenant:t", "suspend", "padmin poperator"),
        ("tenant:t", "support_read", "psupport"),
        ("tenant:t", "view", "towner tadmin"),
        ("tenant:t", "create_organization", "towner tadmin"),
        ("tenant:t", "grant_owner", "towner"),
        ("tenant:t", "close", "towner"),
        ("platform:p", "create_tenant", "padmin poperator"),
        ("platform:p", "grant_support", "padmin"),
        ("organization:other", "grant_owner", "viewer"),
    ];
    let users = "padmin poperator psupport towner tadmin owner admin member viewer helper banned nested";
    for (object, permission, expected) in matrix {
        let allowed = users.split(' ').filter(|user| store.check(object, permission, &format!("user:{user}")));
        assert_eq!(allowed.collect::<Vec<_>>().join(" "), expected, "{object}#{permission}");
    }
}
