//! Commands on relationships in a database, on PostgreSQL and SQLite alike.

use super::Files;
use serde_json::{Value, json};
use std::process::Command;
use tenancy_test_support::pg::Database;

pub(super) const ORG: &str = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const OTHER: &str = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";

/// Roles with guards, teams in teams, and rows of the service's own below an organization.
pub(super) const MODEL: &str = "\
use expiration

definition user {}

definition team {
    relation organization: organization
    relation member: user | team#member
    permission manage_members = organization->grant_member
}

definition organization {
    relation owner: user
    relation administrator: user
    relation member: user | team#member
    relation guest: user with expiration
    relation banned: user
    permission grant_owner = owner - banned
    permission grant_member = (owner + administrator) - banned
    permission view = (owner + administrator + member + guest) - banned
    permission pay = owner - banned
}

definition invoice {
    relation organization: organization
    relation author: user | user:*
    permission view = author + organization->view
    permission void = organization->pay
}
";

/// A database, and the files of a test.
pub(super) struct Place {
    pub(super) files: Files,
    url: String,
    /// Dropped with the test.
    _database: Option<Database>,
}

/// On each database, before the tables are made.
pub(super) fn empty(name: &str) -> [Place; 2] {
    let files = |suffix: &str| Files::new(&format!("{name}-{suffix}"), &[("model.zed", MODEL)]);
    let (sqlite, postgres, database) = (files("sqlite"), files("postgres"), Database::create());
    let url = format!("sqlite:{}", sqlite.0.join("shop.sqlite").display());
    [
        Place { files: sqlite, url, _database: None },
        Place { files: postgres, url: database.url().to_owned(), _database: Some(database) },
    ]
}

/// With tables and a model.
pub(super) fn places(name: &str) -> [Place; 2] {
    let places = empty(name);
    for place in &places {
        let (code, text) = place.run(&["migrate", "--model", "model.zed"]);
        assert_eq!((code, &*text), (Some(0), "applied version 1\nrecorded the model\n"));
    }
    places
}

impl Place {
    pub(super) fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        command.current_dir(&self.files.0).env("DATABASE_URL", &self.url).env("USER", "tester");
        let output = command.arg("permissions").args(arguments).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    /// A command about the organization.
    pub(super) fn org(&self, command: &str, arguments: &[&str]) -> (Option<i32>, String) {
        self.run(&[&[command, "--model", "model.zed", "--org", ORG], arguments].concat())
    }

    fn json(&self, command: &str, arguments: &[&str]) -> (Option<i32>, Value) {
        let (code, text) = self.org(command, &[arguments, &["--format", "json"]].concat());
        (code, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
    }

    fn grant(&self, relationships: &[&str]) {
        let (code, text) = self.org("grant", &[&["--reason", "a test"], relationships].concat());
        assert_eq!(code, Some(0), "{text}");
    }
}

fn role(role: &str, subject: &str) -> String {
    format!("organization:{ORG}#{role}@{subject}")
}

#[test]
fn relationships_are_granted_listed_and_revoked() {
    for place in places("grant") {
        let (owner, member) = (role("owner", "user:anna"), role("member", "team:1#member"));
        let (code, text) = place.org("grant", &["--reason", "founds it", &owner, &member]);
        assert_eq!((code, text), (Some(0), format!("granted {owner}\ngranted {member}\n2 stored\n")));
        let (code, text) = place.org("grant", &["--reason", "again", &owner]);
        assert!(code == Some(0) && text.ends_with("nothing changed: stored before, with the same expiry\n"), "{text}");
        let (code, text) = place.org("grant", &["--reason", "again", &owner, &role("member", "user:bob")]);
        assert!(
            code == Some(0) && text.ends_with("2 stored, of which 1 were stored before with the same expiry\n"),
            "{text}"
        );
        let (code, text) = place.org("grant", &["--reason", "again", "--create", &owner]);
        assert!(code == Some(1) && text.contains("is stored already; touch it instead"), "{text}");

        let (code, json) = place.json("list", &["--relation", "member"]);
        let listed: Vec<&Value> =
            json["relationships"].as_array().expect("a list").iter().map(|one| &one["relationship"]).collect();
        assert_eq!((code, listed), (Some(0), vec![&json!(member), &json!(role("member", "user:bob"))]));
        assert_eq!((&json["more"], &json["relationships"][0]["written_by"]), (&json!(false), &json!("cli:tester")));
        let (code, text) = place.org("list", &["--limit", "2"]);
        assert!(code == Some(0) && text.contains("there are more than these 2: raise --limit"), "{text}");
        assert_eq!(text.lines().count(), 3, "{text}");
        let (_, text) = place.org("list", &["--subject", "user:bob"]);
        assert!(text.starts_with(&role("member", "user:bob")) && text.lines().count() == 1, "{text}");
        assert_eq!(
            place.org("list", &["--object", "invoice:1"]),
            (Some(0), "no such relationship is stored\n".to_owned())
        );
        // The other organization has none of it.
        let (_, text) = place.run(&["list", "--model", "model.zed", "--org", OTHER]);
        assert_eq!(text, "no such relationship is stored\n");

        let bob = role("member", "user:bob");
        let (code, text) = place.org("revoke", &["--reason", "left", &bob]);
        assert_eq!((code, text), (Some(0), format!("revoked {bob}\n1 deleted\n")));
        let (code, text) = place.org("revoke", &["--reason", "left", &bob]);
        assert!(code == Some(1) && text.starts_with("nothing changed: no such relationship"), "{text}");
        let (code, text) = place.org("revoke", &["--reason", "left", &bob, &member]);
        assert_eq!((code, &*text), (Some(1), "1 deleted, and 1 were not stored\n"));
        let (code, json) = place.json("revoke", &["--reason", "left", &bob]);
        assert_eq!((code, &json["deleted"], &json["not_found"]), (Some(1), &json!(0), &json!(1)));
    }
}

#[test]
fn an_expiry_is_stored_and_shown() {
    for place in places("expiry") {
        let guest = role("guest", "user:guest");
        let (code, text) = place.org("grant", &["--reason", "helps", &guest]);
        assert!(code == Some(2) && text.contains("with an expiry only"), "{text}");
        let (code, text) = place.org("grant", &["--reason", "helps", "--expires", "2001-01-01T00:00:00Z", &guest]);
        assert!(code == Some(2) && text.contains("expires in the past"), "{text}");
        let (code, text) = place.org("grant", &["--reason", "helps", "--expires", "soon", &guest]);
        assert!(code == Some(2) && text.contains("an expiry is written"), "{text}");
        let (code, text) = place.org("grant", &["--reason", "helps", "--expires", "2101-02-03T04:05:06Z", &guest]);
        let shown = format!("{guest}[expiration:2101-02-03T04:05:06Z]");
        assert_eq!((code, text), (Some(0), format!("granted {shown}\n1 stored\n")));
        assert!(place.org("list", &[]).1.starts_with(&shown));
        assert!(place.org("log", &[]).1.contains(&shown));
    }
}

#[test]
fn what_the_engine_refuses_is_said_and_changes_nothing() {
    for place in places("refused") {
        let (owner, helper) = (role("owner", "user:anna"), role("member", "user:bob"));
        place.grant(&[&owner, "team:1#member@team:2#member"]);
        for (command, relationship, code, part) in [
            ("grant", "team:2#member@team:1#member", 1, "closes a cycle"),
            ("revoke", &*owner, 1, "add another one first"),
            ("grant", "invoice:1#nothing@user:bob", 2, "has no relation or permission `nothing`"),
            ("grant", "invoice:1#void@user:bob", 2, "is a permission of `invoice`"),
            ("grant", "nothing:1#author@user:bob", 2, "the model has no type `nothing`"),
            ("grant", &format!("organization:{OTHER}#owner@user:bob"), 2, "its relationships belong to itself"),
            ("grant", "invoice:1", 2, "`@` is missing"),
        ] {
            let (found, text) = place.org(command, &["--reason", "tries", &helper, relationship]);
            assert!(found == Some(code) && text.contains(part), "{command} {relationship}: {found:?} {text}");
        }
        let (_, text) = place.org("list", &["--relation", "member", "--subject", "user:bob"]);
        assert_eq!(text, "no such relationship is stored\n", "nothing of it happened");
        for (arguments, part) in [
            (vec!["grant", "--model", "model.zed", "--reason", "tries", &owner], "name the organization with --org"),
            (vec!["grant", "--model", "model.zed", "--org", ORG, "--reason", " ", &owner], "set `by` and `reason`"),
            (
                vec!["grant", "--model", "model.zed", "--no-org", "--reason", "tries", &owner],
                "its relationships belong to itself",
            ),
            (vec!["grant", "--model", "model.zed", "--org", "7", "--reason", "tries", &owner], "invalid value '7'"),
        ] {
            let (code, text) = place.run(&arguments);
            assert!(code == Some(2) && text.contains(part), "{arguments:?}: {text}");
        }
    }
}

#[test]
fn a_person_grants_what_the_person_has_and_guards() {
    for place in places("as") {
        place.grant(&[&role("owner", "user:anna"), &role("administrator", "user:adam")]);
        let by =
            |actor: &str, relationship: &str| place.org("grant", &["--reason", "tries", "--as", actor, relationship]);
        assert_eq!(by("user:adam", &role("member", "user:bob")).0, Some(0));
        for (actor, relationship, part) in [
            ("user:adam", role("owner", "user:adam"), "let another account write it"),
            ("user:adam", role("owner", "user:bob"), "it does not have `grant_owner`"),
            ("user:bob", role("member", "user:eve"), "it does not have `grant_member`"),
            ("user:anna", role("administrator", "user:eve"), "no permission guards the relation `administrator`"),
        ] {
            let (code, text) = by(actor, &relationship);
            let expected = if part.contains("guards") { 2 } else { 1 };
            assert!(code == Some(expected) && text.contains(part), "{actor} {relationship}: {code:?} {text}");
        }
        let guarded = ["--reason", "tries", "--as", "user:anna", "--guard", "organization#administrator=grant_owner"];
        assert_eq!(place.org("grant", &[&guarded[..], &[&role("administrator", "user:eve")]].concat()).0, Some(0));
        let (code, text) = place.org("log", &["--limit", "1"]);
        assert!(
            code == Some(0) && text.contains("  by user:anna: tries\nthere are older lines: give --before "),
            "{text}"
        );
    }
}

#[test]
fn the_log_says_what_when_by_which_account_and_why() {
    for place in places("log") {
        place.grant(&["invoice:1#author@user:anna"]);
        let (code, text) = place.org("revoke", &["--by", "ticket 7", "--reason", "left", "invoice:1#author@user:anna"]);
        assert_eq!(code, Some(0), "{text}");
        let (code, json) = place.json("log", &[]);
        let lines = json["lines"].as_array().expect("lines");
        let of = |line: &Value| {
            [&line["operation"], &line["by"], &line["reason"]].map(|one| one.as_str().expect("a text").to_owned())
        };
        assert_eq!((code, of(&lines[0])), (Some(0), ["delete", "ticket 7", "left"].map(str::to_owned)));
        assert_eq!((lines.len(), of(&lines[1])), (2, ["touch", "cli:tester", "a test"].map(str::to_owned)));
        let number = lines[0]["number"].to_string();
        let (_, older) = place.json("log", &["--before", &number]);
        assert_eq!((older["lines"].as_array().map(Vec::len), &older["more"]), (Some(1), &json!(false)));
        let above = place.run(&["log", "--model", "model.zed", "--no-org"]);
        assert_eq!(above, (Some(0), "the log has no line\n".to_owned()));
    }
}

#[test]
fn questions_are_answered_as_the_service_asks_them() {
    for place in places("questions") {
        place.grant(&[&role("owner", "user:anna"), &role("member", "team:1#member"), "team:1#member@user:bob"]);
        place.grant(&[&role("member", "user:eve"), &role("banned", "user:eve")]);
        let path = format!("allowed\n  invoice:1#organization@organization:{ORG}\n  {}\n", role("owner", "user:anna"));
        assert_eq!(place.org("check", &["invoice:1", "void", "user:anna"]), (Some(0), path.clone()));
        assert_eq!(place.org("explain", &["invoice:1", "void", "user:anna"]), (Some(0), path));
        assert_eq!(place.org("check", &["invoice:1", "void", "user:bob"]), (Some(1), "denied\n".to_owned()));
        let (code, text) = place.org("explain", &["invoice:1", "view", "user:eve"]);
        assert!(code == Some(0) && text.contains(&format!("`organization:{ORG}` excludes the subject by")), "{text}");
        let other = ["check", "--model", "model.zed", "--org", OTHER, "invoice:1", "void", "user:anna"];
        assert_eq!(place.run(&other).0, Some(1), "a right in one organization is none in another");

        assert_eq!(place.org("who", &["invoice:1", "view"]), (Some(0), "user:anna\nuser:bob\n".to_owned()));
        let (code, text) = place.org("who", &["invoice:1", "view", "--limit", "2"]);
        assert!(code == Some(2) && text.contains("there are more than 2, and nothing is printed in part"), "{text}");
        assert!(place.org("who", &["invoice:1", "view", "--type", "team"]).1.starts_with("no team has `view`"));
        place.grant(&["invoice:2#author@user:*"]);
        let everyone = place.json("who", &["invoice:2", "view"]).1;
        assert_eq!(everyone["everyone_else"], json!(true), "{everyone}");
        assert!(place.org("who", &["invoice:2", "author"]).1.starts_with("user:*\n"));

        let (code, text) = place.org("what", &["user:bob", "view", "invoice"]);
        assert!(code == Some(2) && text.contains("give it with --ids"), "{text}");
        std::fs::write(place.files.0.join("ids"), "1\n2\n\n3\n").expect("it is ours");
        assert_eq!(
            place.org("what", &["user:anna", "void", "invoice", "--ids", "ids"]).1,
            "invoice:1\ninvoice:2\ninvoice:3\n"
        );
        assert_eq!(place.org("what", &["user:eve", "view", "invoice", "--ids", "ids"]).1, "invoice:2\n");
        let (_, json) = place.json("what", &["user:anna", "pay", "organization"]);
        assert_eq!(json["objects"], json!([format!("organization:{ORG}")]));
        for wrong in
            [["invoice:1", "voidd", "user:anna"], ["invoice", "void", "user:anna"], ["invoice:1", "void", "user:*"]]
        {
            assert_eq!(place.org("check", &wrong).0, Some(2), "{wrong:?}");
            assert_eq!(place.org("explain", &wrong).0, Some(2), "{wrong:?}");
        }
    }
}
