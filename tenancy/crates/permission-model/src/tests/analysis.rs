use super::model;

/// Types and names.
type Names<'a> = &'a [(&'a str, &'a str)];

const TYPES: &str = "definition user {}
definition team {
    relation member: user | team#member
    relation guest: user
    permission anyone = member + guest
}
";

#[test]
fn relations_behind_an_exclusion_are_used_negatively() {
    let tables: [(&str, Names<'_>); 8] = [
        ("permission view = own + other", &[]),
        ("permission view = own & parent->own", &[]),
        ("permission view = own - other", &[("doc", "other")]),
        ("permission view = own - (other - third)", &[("doc", "other"), ("doc", "third")]),
        ("permission blocked = other & third\npermission view = own - blocked", &[("doc", "other"), ("doc", "third")]),
        ("permission view = own - teams", &[("doc", "teams"), ("team", "guest"), ("team", "member")]),
        ("permission view = own - parent->other", &[("doc", "other"), ("doc", "parent")]),
        ("permission view = parent.all(own)", &[("doc", "parent")]),
    ];
    for (permissions, expected) in tables {
        let text = format!(
            "{TYPES}definition doc {{\nrelation own: user\nrelation other: user\nrelation third: user\nrelation \
             parent: doc\nrelation teams: team#anyone\n{permissions}\n}}"
        );
        let model = model(&text);
        let found: Vec<_> = model.relations_used_negatively().into_iter().collect();
        assert_eq!(found, expected, "{permissions}");
    }
}

#[test]
fn components_say_what_is_recursive() {
    let text = format!(
        "{TYPES}definition folder {{\nrelation parent: folder\nrelation own: user\nrelation banned: user\n\
         permission view = own + parent->view\npermission edit = (own + parent->change) - banned\npermission change = \
         edit\n}}"
    );
    let model = model(&text);
    let components = model.components();
    let recursive: Vec<_> = components
        .iter()
        .filter(|component| component.recursive)
        .map(|component| (component.members.as_slice(), component.over_arrow, component.monotone))
        .collect();
    let expected: [(Names<'_>, bool, bool); 3] = [
        (&[("team", "member")], false, true),
        (&[("folder", "view")], true, true),
        (&[("folder", "edit"), ("folder", "change")], true, false),
    ];
    assert_eq!(recursive, expected);
    let place = |name| components.iter().position(|component| component.members.contains(&name));
    assert!(place(("team", "member")) < place(("team", "anyone")));
    assert_eq!(components.iter().map(|component| component.members.len()).sum::<usize>(), 9);
}

#[test]
fn fingerprint_changes_with_the_meaning_alone() {
    let fingerprint = |text: &str| model(text).fingerprint();
    let first = fingerprint(
        "definition user {}\ndefinition doc { relation own: user | doc; relation two: user; permission view = own + \
         two & own; }",
    );
    let same = "/// docs\ndefinition doc {\n // comment\n permission view = (two + own) & own\n relation two: user\n \
                relation own: doc | user\n}\ndefinition user {}";
    assert_eq!(first, fingerprint(same));
    let others = ["own + (two & own)", "own & two", "own - two", "two - own", "own.all(two)", "own->two", "nil"];
    let mut all: Vec<u128> = others
        .iter()
        .map(|expression| {
            let text = "definition user { relation two: user; }\ndefinition doc { relation own: user; relation two: \
                        user; permission view = ";
            fingerprint(&format!("{text}{expression}; }}"))
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), others.len());
    // Stored fingerprints depend on this value.
    assert_eq!(fingerprint("definition user {}"), 14_958_151_387_107_568_242_106_928_556_529_282_649);
}
