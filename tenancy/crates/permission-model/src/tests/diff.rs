//! What two models give, compared.

use super::random::{Random, model};
use crate::{ChangeKind, Model};

/// A document with relations and one permission, and a team.
fn with(view: &str) -> Model {
    let text = format!(
        "definition user {{}}
        definition team {{ relation member: user | team#member permission lead = member }}
        definition document {{
            relation team: team
            relation viewer: user | team#member
            relation editor: user
            relation banned: user
            permission view = {view}
            permission list = view + editor
            permission hidden = editor - view
        }}"
    );
    parse(&text)
}

/// Reads a model in which several declarations are on a line.
fn parse(text: &str) -> Model {
    let lines = text.replace(" relation ", "\nrelation ").replace(" permission ", "\npermission ").replace(" }", "\n}");
    Model::parse(&lines).unwrap_or_else(|errors| panic!("{errors:?} in {lines}"))
}

/// The changes as `name: kind`.
fn changes(old: &Model, new: &Model) -> Vec<String> {
    new.changes_since(old).iter().map(|change| format!("{}: {}", change.name, change.kind)).collect()
}

fn view(old: &str, new: &str) -> Option<ChangeKind> {
    let changes = with(new).changes_since(&with(old));
    changes.into_iter().find(|change| change.name == "view").map(|change| change.kind)
}

#[test]
fn operands_that_come_and_go_are_wider_and_narrower() {
    use ChangeKind::{Changed, Narrower, Wider};
    for (old, new, expected) in [
        ("viewer", "viewer + editor", Wider),
        ("nil", "viewer", Wider),
        ("viewer & editor", "viewer", Wider),
        ("(viewer + editor) - banned", "viewer + editor", Wider),
        ("viewer - (banned + editor)", "viewer - banned", Wider),
        ("team.all(lead)", "team->lead", Wider),
        ("viewer & editor", "viewer + editor", Wider),
        ("viewer", "editor", Changed),
        ("viewer - banned", "viewer - editor", Changed),
        ("viewer", "(viewer + editor) - banned", Changed),
        ("team->lead", "team->member", Changed),
        ("viewer", "team->lead", Changed),
    ] {
        assert_eq!(view(old, new), Some(expected), "{old} to {new}");
        let back = if expected == Wider { Narrower } else { Changed };
        assert_eq!(view(new, old), Some(back), "{new} to {old}");
    }
}

#[test]
fn another_form_of_the_same_is_no_change() {
    for (old, new) in [
        ("viewer + editor", "editor + viewer"),
        ("viewer & editor", "editor & viewer"),
        ("viewer + nil", "viewer"),
        ("(viewer - banned) - editor", "viewer - (editor + banned)"),
        ("(viewer + editor) + team->lead", "viewer + editor + team->lead"),
    ] {
        assert_eq!(view(old, new), None, "{old} to {new}");
        assert_eq!(view(new, old), None, "{new} to {old}");
    }
}

/// What is excluded counts the other way round.
#[test]
fn a_change_goes_on_to_what_is_computed_from_it() {
    let (old, new) = (with("viewer"), with("viewer + team->lead"));
    assert_eq!(changes(&old, &new), ["view: wider", "list: wider", "hidden: narrower"]);
    assert_eq!(changes(&new, &old), ["view: narrower", "list: narrower", "hidden: wider"]);
    let list = new.changes_since(&old).into_iter().find(|change| change.name == "list").expect("listed");
    assert_eq!(list.through, ["document#view"]);
    assert_eq!(list.before, list.after);
}

#[test]
fn a_subject_type_more_makes_a_relation_wider_and_what_uses_it() {
    let text = "definition user {}
        definition team { relation member: user permission list = member }
        definition document { relation viewer: team#member relation owner: team permission view = viewer + owner->list }";
    let old = parse(text);
    let wider: Vec<String> = ["member", "list", "viewer", "view"].map(|name| format!("{name}: wider")).into();
    let new = parse(&text.replace("member: user ", "member: user | team#member "));
    assert_eq!(changes(&old, &new), wider);
    let back: Vec<String> = wider.iter().map(|line| line.replace("wider", "narrower")).collect();
    assert_eq!(changes(&new, &old), back);
    let expiring = text.replace("definition user", "use expiration\ndefinition user");
    let expiring = parse(&expiring.replace("member: user ", "member: user with expiration "));
    assert!(changes(&old, &expiring).iter().all(|line| line.ends_with(": changed")));
}

/// An arrow over a type that lacks the name gives nothing, until the type has it.
#[test]
fn what_is_added_makes_arrows_to_it_wider() {
    let text = "definition user {}
        definition team { relation member: user }
        definition group { relation member: user permission lead = member }
        definition document { relation owner: team | group permission view = owner->lead }";
    let old = parse(text);
    let new = text.replace("team { relation member: user", "team { relation member: user permission lead = member");
    let new = parse(&new);
    assert_eq!(changes(&old, &new), ["lead: added", "view: wider"]);
    assert_eq!(changes(&new, &old), ["view: narrower", "lead: removed"]);
}

#[test]
fn recursion_ends_and_compares_by_the_rest() {
    let folder = |view: &str| {
        let text = "definition user {}
            definition folder { relation parent: folder relation viewer: user relation editor: user permission view = ";
        parse(&format!("{text}{view} }}"))
    };
    let (old, new) = (folder("viewer + parent->view"), folder("viewer + editor + parent->view"));
    assert_eq!(changes(&old, &old), [""; 0]);
    assert_eq!(changes(&old, &new), ["view: wider"]);
    assert_eq!(changes(&new, &old), ["view: narrower"]);
}

#[test]
fn a_model_is_no_wider_than_itself_in_any_order_of_its_operands() {
    for seed in 0..300 {
        let one = model(&mut Random::new(seed));
        assert_eq!(one.changes_since(&one), [], "{seed}");
        let text = Model::parse(&one.to_string()).expect("a model");
        assert_eq!(text.changes_since(&one), [], "{seed}");
    }
}
