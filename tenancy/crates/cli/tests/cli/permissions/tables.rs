//! `tenancy permissions migrate` and `grants`.

use super::stored::{MODEL, ORG, empty, places};
use std::process::Command;
use tenancy_test_support::pg::Database;

#[test]
fn tables_are_checked_made_and_up_to_date() {
    for place in empty("tables") {
        let check = ["migrate", "--check", "--model", "model.zed"];
        let (code, text) = place.run(&check);
        // Where SQLite has no file there is nothing to look at.
        assert!(
            matches!(code, Some(1 | 3)) && (text.contains("are missing") || text.contains("no file")),
            "{code:?} {text}"
        );
        let (code, text) = place.org("list", &[]);
        assert!(
            matches!(code, Some(2 | 3)) && (text.contains("tenancy permissions migrate") || text.contains("no file")),
            "{text}"
        );
        assert_eq!(place.run(&["migrate"]), (Some(0), "applied version 1\n".to_owned()));
        let (code, text) = place.run(&check);
        assert!(code == Some(1) && text.contains("is used with another model"), "{text}");
        let (code, text) = place.org("list", &[]);
        assert!(code == Some(2) && text.contains("is used with another permission model"), "{text}");
        assert_eq!(place.run(&["migrate", "--model", "model.zed"]), (Some(0), "recorded the model\n".to_owned()));
        assert_eq!(place.run(&check).0, Some(0));
        let (code, text) = place.run(&["migrate", "--model", "model.zed"]);
        assert!(code == Some(0) && text.contains("nothing to do"), "{text}");
        assert_eq!(place.org("list", &[]).0, Some(0));
    }
}

#[test]
fn a_wider_model_is_recorded_when_that_is_confirmed() {
    for place in places("wider") {
        let wider = MODEL.replace("permission pay = owner - banned", "permission pay = (owner + member) - banned");
        std::fs::write(place.files.0.join("wider.zed"), wider).expect("it is ours");
        let (code, text) = place.run(&["migrate", "--model", "wider.zed"]);
        assert!(code == Some(1) && text.contains("organization#pay, invoice#void. See"), "{code:?} {text}");
        assert_eq!(place.org("list", &[]).0, Some(0), "the model in use is the one before");
        assert_eq!(place.run(&["migrate", "--model", "wider.zed", "--allow-widening"]).0, Some(0));
        assert_eq!(place.org("list", &[]).0, Some(2), "the file is not the model in use");
        assert_eq!(place.run(&["migrate", "--model", "model.zed"]).0, Some(0), "narrower needs no confirmation");
    }
}

#[test]
fn printed_tables_and_grants_are_what_psql_takes() {
    let database = Database::create();
    let print = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        let command = command.arg("permissions").args(arguments).env_remove("DATABASE_URL");
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("it is UTF-8")
    };
    database.psql_script(&print(&["migrate", "--print"])).expect("the tables");
    let role = format!("permits_{}", database.url().rsplit('/').next().expect("a name"));
    database.psql(&format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'"));
    database.psql_script(&print(&["grants", "--role", &role])).expect("the grants");
    let run = |url: &str, arguments: &[&str]| {
        let files = super::Files::new("printed", &[("model.zed", MODEL)]);
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        let command = command.current_dir(&files.0).env("DATABASE_URL", url).arg("permissions").args(arguments);
        let output = command.output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    assert_eq!(run(database.url(), &["migrate", "--model", "model.zed"]).0, Some(0));
    let owner = format!("organization:{ORG}#owner@user:anna");
    let grant = ["grant", "--model", "model.zed", "--org", ORG, "--by", "a test", "--reason", "founds it", &owner];
    let (code, text) = run(&database.url_as(&role, "secret"), &grant);
    assert_eq!(code, Some(0), "{text}");
    database.psql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[test]
fn a_database_that_is_not_there_is_said() {
    let [sqlite, _] = empty("nowhere");
    let (code, text) = sqlite.org("list", &[]);
    assert!(code == Some(3) && text.contains("there is no file"), "{text}");
    let url = "postgres://somebody:hidden@127.0.0.1:1/none";
    let (code, text) = sqlite.org("list", &["--database-url", url]);
    assert!(code == Some(3) && text.contains("no connection") && !text.contains("hidden"), "{code:?} {text}");
}
