//! Answers.

use super::*;

const TEAMS: &str = "
    definition user {}
    definition team {
        relation member: user | team#member
        relation lead: user
        permission senior = member & lead
    }
    definition folder {
        relation parent: folder
        relation team: team | team#member
        relation viewer: user | user:* | team#member | team#senior
        relation banned: user
        permission view = (viewer + parent->view) - banned
        permission reach = team->senior
        permission all_parents = parent.all(view)
        permission never = nil
    }";

#[test]
fn direct_subjects_wildcards_and_usersets_are_found() {
    let engine = engine(
        TEAMS,
        "team:1#member@user:1
         team:2#member@team:1#member
         folder:1#viewer@team:2#member
         folder:2#viewer@user:*
         folder:3#viewer@user:1",
    );
    assert_allowed(&engine, &["folder:1#view@user:1", "folder:2#view@user:9", "folder:3#viewer@user:1"]);
    assert_denied(
        &engine,
        &["folder:1#view@user:2", "folder:3#view@user:2", "folder:4#view@user:1", "folder:1#never@user:1"],
    );
}

#[test]
fn a_userset_may_name_a_permission() {
    let engine = engine(
        TEAMS,
        "team:1#member@user:1
         team:1#member@user:2
         team:1#lead@user:1
         folder:1#viewer@team:1#senior",
    );
    assert_allowed(&engine, &["folder:1#view@user:1"]);
    assert_denied(&engine, &["folder:1#view@user:2"]);
}

#[test]
fn exclusion_holds_through_parents_and_wildcards() {
    let engine = engine(
        TEAMS,
        "folder:1#viewer@user:*
         folder:1#banned@user:1
         folder:2#parent@folder:1
         folder:3#viewer@user:2
         folder:3#banned@user:2",
    );
    assert_allowed(&engine, &["folder:1#view@user:2", "folder:2#view@user:2"]);
    assert_denied(&engine, &["folder:1#view@user:1", "folder:2#view@user:1", "folder:3#view@user:2"]);
}

#[test]
fn arrow_follows_the_object_of_a_userset() {
    let engine = engine(
        TEAMS,
        "team:1#member@user:1
         team:1#lead@user:1
         team:1#member@user:2
         folder:1#team@team:1#member
         folder:2#team@team:1",
    );
    assert_allowed(&engine, &["folder:1#reach@user:1", "folder:2#reach@user:1"]);
    // A member, and not senior: the relation of the userset does not matter.
    assert_denied(&engine, &["folder:1#reach@user:2"]);
}

#[test]
fn all_arrow_asks_every_object_and_there_must_be_one() {
    let engine = engine(
        TEAMS,
        "folder:1#viewer@user:1
         folder:2#viewer@user:1
         folder:2#viewer@user:2
         folder:3#parent@folder:1
         folder:3#parent@folder:2",
    );
    assert_allowed(&engine, &["folder:3#all_parents@user:1"]);
    assert_denied(&engine, &["folder:3#all_parents@user:2", "folder:1#all_parents@user:1"]);
}

#[test]
fn a_type_without_the_permission_gives_nothing() {
    let schema = "
        definition user {}
        definition shelf {
            relation owner: user
        }
        definition folder {
            relation owner: user
            relation inside: shelf | folder
            permission view = owner
            permission any = inside->view
            permission every = inside.all(view)
        }";
    let engine = engine(
        schema,
        "shelf:1#owner@user:1
         folder:1#owner@user:1
         folder:2#inside@shelf:1
         folder:2#inside@folder:1",
    );
    assert_allowed(&engine, &["folder:2#any@user:1"]);
    assert_denied(&engine, &["folder:2#every@user:1"]);
}

#[test]
fn userset_as_the_subject_is_matched_as_such() {
    let schema = "
        definition team {
            relation member: team
        }
        definition folder {
            relation viewer: team#member
            relation public: team:*
            permission view = viewer
        }";
    let engine = engine(
        schema,
        "team:1#member@team:7
         folder:1#viewer@team:1#member
         folder:2#public@team:*",
    );
    assert_allowed(
        &engine,
        &[
            "folder:1#view@team:1#member",
            "folder:1#view@team:7",
            // A set has what it names, without a relationship.
            "team:1#member@team:1#member",
            // SpiceDB matches the wildcard of the subject's type with a userset, too.
            "folder:2#public@team:9#member",
        ],
    );
    assert_denied(&engine, &["folder:1#view@team:2#member", "folder:1#view@team:1", "team:1#member@team:1"]);
}

#[test]
fn relationship_ends_at_its_expiry() {
    let schema = "
        use expiration
        definition user {}
        definition folder {
            relation viewer: user with expiration | folder#viewer
            relation parent: folder with expiration
            permission view = viewer + parent->viewer
        }";
    let engine = engine(
        schema,
        "folder:1#viewer@user:1[expiration:1970-01-01T00:16:41Z]
         folder:1#viewer@user:2[expiration:1970-01-01T00:16:40Z]
         folder:2#viewer@folder:1#viewer
         folder:3#parent@folder:1[expiration:1970-01-01T00:16:41Z]
         folder:4#parent@folder:1[expiration:1970-01-01T00:00:00Z]",
    );
    assert_allowed(&engine, &["folder:1#view@user:1", "folder:2#view@user:1", "folder:3#view@user:1"]);
    assert_denied(&engine, &["folder:1#view@user:2", "folder:2#view@user:2", "folder:4#view@user:1"]);
}

#[test]
fn unknown_names_and_wildcards_are_errors() {
    let engine = engine(TEAMS, "");
    let unknown_type = |kind: &str| Err(CheckError::UnknownType { kind: kind.to_owned() });
    let unknown = |kind: &str, permission: &str| {
        Err(CheckError::UnknownPermission { kind: kind.to_owned(), permission: permission.to_owned() })
    };
    assert_eq!(ask(&engine, "invoice:1#view@user:1"), unknown_type("invoice"));
    assert_eq!(ask(&engine, "folder:1#view@invoice:1"), unknown_type("invoice"));
    assert_eq!(ask(&engine, "folder:1#edit@user:1"), unknown("folder", "edit"));
    assert_eq!(ask(&engine, "folder:1#view@team:1#edit"), unknown("team", "edit"));
    assert_eq!(ask(&engine, "folder:1#view@user:*"), Err(CheckError::WildcardSubject { kind: "user".to_owned() }));
}

/// A chain of teams, each in the one before it.
fn chain(teams: usize) -> String {
    (1..teams).map(|team| format!("team:{team}#member@team:{}#member\n", team + 1)).collect()
}

#[test]
fn answer_beyond_fifty_steps_is_an_error_and_never_a_denial() {
    let engine = engine(TEAMS, &format!("{}team:50#member@user:1\nteam:51#member@user:2", chain(51)));
    assert_allowed(&engine, &["team:1#member@user:1"]);
    for question in ["team:1#member@user:2", "team:1#member@user:3"] {
        assert!(matches!(ask(&engine, question), Err(CheckError::TooDeep { .. })), "{question}");
    }
    assert_allowed(&engine, &["team:2#member@user:2"]);
}

#[test]
fn error_counts_only_where_the_answer_depends_on_it() {
    let schema = "
        definition user {}
        definition team {
            relation member: user | team#member
            relation lead: user
            permission either = member + lead
            permission both = member & lead
            permission without = lead - member
            permission other = member - lead
        }";
    let engine = engine(schema, &format!("{}team:1#lead@user:1", chain(60)));
    assert_allowed(&engine, &["team:1#either@user:1"]);
    assert_denied(&engine, &["team:1#both@user:2", "team:1#without@user:2"]);
    for question in ["team:1#either@user:2", "team:1#both@user:1", "team:1#without@user:1", "team:1#other@user:1"] {
        assert!(matches!(ask(&engine, question), Err(CheckError::TooDeep { .. })), "{question}");
    }
}

#[test]
fn many_ways_to_one_object_cost_no_more_than_one() {
    // 2 to the power of 40 ways from the first to the last.
    let mut relationships = String::new();
    for level in 0..40 {
        for (from, to) in [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")] {
            relationships += &format!("team:{from}{level}#member@team:{to}{}#member\n", level + 1);
        }
    }
    let engine = engine(TEAMS, &relationships);
    assert_denied(&engine, &["team:a0#member@user:1"]);
}

#[test]
fn lookup_lists_what_a_check_allows() {
    let engine = engine(
        TEAMS,
        "team:1#member@user:1
         folder:1#viewer@team:1#member
         folder:2#parent@folder:1
         folder:3#viewer@user:2
         folder:4#viewer@user:*
         folder:4#banned@user:1",
    );
    let lookup = |kind: &str, permission: &str, by: &str| {
        let found = engine.lookup_resources(kind, permission, &subject(by), now());
        found.map(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(lookup("folder", "view", "user:1"), Ok(vec!["folder:1".to_owned(), "folder:2".to_owned()]));
    assert_eq!(lookup("folder", "view", "team:1#member"), Ok(vec!["folder:1".to_owned(), "folder:2".to_owned()]));
    // Without a relationship of the team.
    assert_eq!(lookup("team", "member", "team:9#member"), Ok(vec!["team:9".to_owned()]));
    assert_eq!(lookup("folder", "never", "user:1"), Ok(Vec::new()));
    assert!(lookup("folder", "missing", "user:1").is_err());
    assert!(lookup("missing", "view", "user:1").is_err());
    assert!(lookup("folder", "view", "user:*").is_err());
}

#[test]
fn lookup_with_one_failed_check_is_an_error() {
    let engine = engine(TEAMS, &format!("{}team:60#member@user:1", chain(60)));
    assert!(matches!(
        engine.lookup_resources("team", "member", &subject("user:1"), now()),
        Err(CheckError::TooDeep { .. })
    ));
}
