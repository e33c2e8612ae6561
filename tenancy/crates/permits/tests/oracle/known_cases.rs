//! Cases that random worlds reach rarely, or where we differ from SpiceDB on purpose.

use crate::spicedb::{Answer, Check, Question, SpiceDb};
use std::time::SystemTime;
use tenancy_permission_model::Model;
use tenancy_permits::{CheckError, MemoryEngine, MemoryWriteError, Relationship};

fn relationship(text: &str) -> Relationship {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn check(text: &str) -> Check {
    let Relationship { resource, relation, subject, .. } = relationship(text);
    Check { resource, permission: relation, subject }
}

/// Our answers and SpiceDB's.
fn both(
    schema: &str,
    relationships: &[Relationship],
    questions: &[&str],
    bulk: bool,
) -> Vec<(Result<bool, CheckError>, Answer)> {
    let mut engine = MemoryEngine::new(Model::parse(schema).expect("a schema"));
    for relationship in relationships {
        engine.write(relationship.clone()).unwrap_or_else(|error| panic!("{relationship}: {error}"));
    }
    let checks: Vec<_> = questions.iter().map(|text| check(text)).collect();
    let reply = SpiceDb::start().ask(&Question { schema, relationships, checks: &checks, bulk }).expect("a schema");
    assert!(reply.written.iter().all(Result::is_ok), "{:?}", reply.written);
    let ours = checks
        .iter()
        .map(|Check { resource, permission, subject }| engine.check(resource, permission, subject, SystemTime::now()));
    ours.zip(reply.answers).collect()
}

#[test]
fn depth_limit_is_at_the_same_step() {
    // Teams of users: aliases cost no step. Teams of teams: they cost one, since the subject has the type of the resource.
    let schema = "definition user {}
        definition team {
            relation member: user | team | team#access
            permission same = member
            permission access = same
        }
        definition folder {
            relation parent: folder
            relation viewer: team#access
            permission view = viewer + parent->view
            permission above = parent->above
        }";
    let mut relationships = Vec::new();
    for length in 20..=55 {
        for step in 1..length {
            relationships.push(format!("team:{length}/{step}#member@team:{length}/{}#access", step + 1));
            relationships.push(format!("folder:{length}/{step}#parent@folder:{length}/{}", step + 1));
        }
        relationships.push(format!("team:{length}/{length}#member@user:{length}"));
        relationships.push(format!("team:{length}/{length}#member@team:end{length}"));
        relationships.push(format!("folder:{length}/{length}#viewer@team:{length}/{length}#access"));
    }
    let relationships: Vec<_> = relationships.iter().map(|text| relationship(text)).collect();
    let questions: Vec<_> = (20..=55)
        .flat_map(|length| {
            [
                format!("team:{length}/1#access@user:{length}"),
                format!("team:{length}/1#access@user:none{length}"),
                format!("team:{length}/1#access@team:end{length}"),
                format!("team:{length}/1#access@team:{length}/{length}#member"),
                format!("folder:{length}/1#view@user:{length}"),
                format!("folder:{length}/1#view@team:{length}/{length}#access"),
                format!("folder:{length}/1#above@folder:{length}/{length}#above"),
                format!("folder:{length}/1#view@folder:{length}/{length}#viewer"),
            ]
        })
        .collect();
    let questions: Vec<_> = questions.iter().map(String::as_str).collect();
    // One by one: SpiceDB shares a step among the checks of one request, and with it the error of the check that has fewer steps left
    // (`internal/dispatch/singleflight/singleflight.go`).
    let found = both(schema, &relationships, &questions, false);
    for (question, (ours, theirs)) in questions.iter().zip(&found) {
        assert_eq!(ours.clone().ok(), theirs.clone().ok(), "{question}: ours {ours:?}, SpiceDB {theirs:?}");
    }
    assert!(found.iter().any(|(ours, _)| ours.is_err()) && found.iter().any(|(ours, _)| *ours == Ok(true)));
}

/// SpiceDB counts the subject types of the subject's type that have no expiry, and compares the count with that of the types that
/// can match. Where a userset without expiry stands beside an object with one, the counts are equal, and SpiceDB does not look at the
/// expiry (`internal/graph/check.go`, `checkDirect`). We do.
#[test]
fn expired_beside_a_userset_of_its_type() {
    let schema = "use expiration
        definition user {}
        definition team {
            relation member: user
        }
        definition folder {
            relation viewer: team with expiration | team#member
            relation guest: team with expiration | team#member with expiration
        }";
    let relationships = [
        relationship("folder:1#viewer@team:1[expiration:1980-01-01T00:00:00Z]"),
        relationship("folder:1#guest@team:1[expiration:1980-01-01T00:00:00Z]"),
    ];
    for bulk in [false, true] {
        let answers = both(schema, &relationships, &["folder:1#viewer@team:1", "folder:1#guest@team:1"], bulk);
        assert_eq!(answers, [(Ok(false), Ok(true)), (Ok(false), Ok(false))], "SpiceDB changed: see the comment above");
    }
}

#[test]
fn refused_cycle_is_an_error_in_spicedb() {
    let schema = "definition user {}
        definition team {
            relation member: user | team#member
        }
        definition folder {
            relation parent: folder
            relation viewer: user
            permission view = viewer + parent->view
        }";
    let cycles = [
        "team:1#member@team:1#member",
        "team:2#member@team:3#member",
        "team:3#member@team:2#member",
        "folder:1#parent@folder:2",
        "folder:2#parent@folder:1",
    ];
    let relationships: Vec<_> = cycles.iter().map(|text| relationship(text)).collect();
    let checks = ["team:1#member@user:1", "team:2#member@user:1", "folder:1#view@user:1"].map(check);
    let question = Question { schema, relationships: &relationships, checks: &checks, bulk: false };
    let reply = SpiceDb::start().ask(&question).expect("a schema");
    assert!(reply.written.iter().all(Result::is_ok), "SpiceDB accepts cycles");
    for answer in reply.answers {
        assert!(answer.clone().is_err_and(|error| error.contains("max depth")), "{answer:?}");
    }
    let mut engine = MemoryEngine::new(Model::parse(schema).expect("a schema"));
    let refused = relationships.iter().filter(|one| engine.write((*one).clone()).is_err_and(is_cycle)).count();
    assert_eq!(refused, 3);
}

fn is_cycle(error: MemoryWriteError) -> bool {
    matches!(error, MemoryWriteError::Cycle { .. })
}

#[test]
fn writes_are_accepted_and_refused_as_by_spicedb() {
    let schema = "use expiration
        definition user {}
        definition team {
            relation member: user
            permission all = member
        }
        definition folder {
            relation viewer: user | team#member | user:* with expiration
            relation guest: user with expiration
            relation both: user | user with expiration
            permission view = viewer
        }";
    let relationships = [
        "folder:1#viewer@user:1",
        "folder:1#viewer@user:2[expiration:2100-01-01T00:00:00Z]",
        "folder:1#viewer@user:*",
        "folder:1#viewer@user:*[expiration:2100-01-01T00:00:00Z]",
        "folder:1#viewer@team:1#member",
        "folder:1#viewer@team:1#all",
        "folder:1#viewer@team:1#missing",
        "folder:1#viewer@team:1",
        "folder:1#viewer@team:*",
        "folder:1#view@user:1",
        "folder:1#missing@user:1",
        "folder:1#viewer@missing:1",
        "missing:1#viewer@user:1",
        "folder:1#guest@user:1",
        "folder:1#guest@user:2[expiration:1980-01-01T00:00:00Z]",
        "folder:1#both@user:1",
        "folder:1#both@user:2[expiration:2100-01-01T00:00:00Z]",
    ]
    .map(relationship);
    let question = Question { schema, relationships: &relationships, checks: &[], bulk: false };
    let reply = SpiceDb::start().ask(&question).expect("a schema");
    let mut engine = MemoryEngine::new(Model::parse(schema).expect("a schema"));
    for (relationship, theirs) in relationships.into_iter().zip(reply.written) {
        let ours = engine.write(relationship.clone());
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{relationship}: ours {ours:?}, SpiceDB {theirs:?}");
    }
}
