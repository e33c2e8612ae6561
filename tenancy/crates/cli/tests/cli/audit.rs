//! `tenancy audit` from a shell: exit codes, formats, baseline.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, process};
use tenancy_test_support::pg::Database;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = Folder(env::temp_dir().join(format!("tenancy-audit-cli-{}-{name}", process::id())));
        fs::create_dir_all(folder.0.join("src")).expect("the folder is made");
        folder.write("Cargo.toml", "[package]\nname = \"service\"\n");
        folder.write("src/main.rs", "#![forbid(unsafe_code)]\nfn main() {}\n");
        folder
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("the file is written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn tenancy(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
    command.args(args).env_remove("DATABASE_URL").env_remove("TENANCY_APP_URL");
    command.output().expect("it runs")
}

fn code_and_text(args: &[&str]) -> (Option<i32>, String) {
    let output = tenancy(args);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

fn path(path: &Path) -> &str {
    path.to_str().expect("it is UTF-8")
}

#[test]
fn source_is_audited_and_the_exit_code_says_so() {
    let folder = Folder::new("source");
    let root = path(&folder.0);
    let (code, text) = code_and_text(&["audit", "--source", root]);
    assert_eq!(code, Some(0), "{text}");
    folder.write("src/main.rs", "#![forbid(unsafe_code)]\nfn main() { diesel::sql_query(\"SELECT 1\"); }\n");
    let (code, text) = code_and_text(&["audit", "--source", root]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("S13  high      src/main.rs: sql_query  line 2: raw SQL") && !text.contains('\u{1b}'),
        "{text}"
    );
    assert_eq!(code_and_text(&["audit", "--source", root, "--fail-on", "critical"]).0, Some(0));

    let sarif: serde_json::Value =
        serde_json::from_slice(&tenancy(&["audit", "--source", root, "--format", "sarif"]).stdout).expect("it is JSON");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&"src/main.rs".into(), &2.into()));

    let accepted = "[[accept]]\nrule = \"S13\"\nobject = \"src/main.rs: sql_query\"\nreason = \"it reads no table\"\n";
    let baseline = folder.write("audit.toml", &format!("{accepted}expires = \"9999-12-31\"\n"));
    let (code, text) = code_and_text(&["audit", "--source", root, "--baseline", path(&baseline)]);
    assert_eq!(code, Some(0), "{text}");
    folder.write("audit.toml", &format!("{accepted}expires = \"2020-12-31\"\n"));
    let (code, text) = code_and_text(&["audit", "--source", root, "--baseline", path(&baseline)]);
    assert!(code == Some(1) && text.contains("X01") && text.contains("S13"), "{text}");
}

#[test]
fn rules_are_explained_and_mistakes_are_told() {
    let (code, text) = code_and_text(&["audit", "--explain", "b09"]);
    assert!(code == Some(0) && text.starts_with("# B09: a policy calls an IMMUTABLE function"), "{text}");
    let (code, list) = code_and_text(&["audit", "--list"]);
    let ids: Vec<&str> = list.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(code == Some(0) && ids.len() == tenancy_audit::rules().count() && ids.len() > 100, "{list}");
    for id in ids {
        let (code, text) = code_and_text(&["audit", "--explain", id]);
        assert!(code == Some(0) && text.starts_with(&format!("# {id}: ")) && text.contains("## Fix"), "{id}: {text}");
    }
    // The guide has everybody export the URLs.
    for args in [["audit", "--explain", "B09"].as_slice(), &["audit", "--list"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        command.args(args).env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
        let output = command.env("TENANCY_APP_URL", "postgres://nobody@127.0.0.1:1/none").output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.code() == Some(0) && text.contains("B09"), "{args:?}: {text}");
    }
    for (args, told) in [
        (vec!["audit", "--list", "--explain", "B09"], "cannot be used with"),
        (vec!["audit"], "nothing to look at"),
        (vec!["audit", "--explain", "Z99"], "no rule `Z99`"),
        (vec!["audit", "--source", "/nowhere"], "/nowhere"),
        (vec!["audit", "--source", ".", "--disable", "Z99"], "no rule `Z99`"),
        (vec!["audit", "--manifest", "schema.json"], "DATABASE_URL"),
    ] {
        let (code, text) = code_and_text(&args);
        assert!(code == Some(2) && text.contains(told), "{args:?}: {text}");
    }
}

#[test]
fn a_database_is_audited_as_rls_apply_left_it() {
    let db = Database::create();
    let name = db.url().rsplit('/').next().expect("a name").to_owned();
    let (app, owner) = (format!("app_{name}"), format!("owner_{name}"));
    db.psql(
        "CREATE TABLE invoices (org_id uuid NOT NULL, id int NOT NULL, PRIMARY KEY (org_id, id));
         INSERT INTO invoices VALUES ('00000000-0000-7000-8000-00000000000a', 1)",
    );
    let folder = Folder::new("database");
    let manifest = folder.write(
        "schema.json",
        r#"{ "tables": [{ "path": "invoices", "name": "invoices", "kind": "tenant", "primary_key": ["id"],
            "organization": "org_id", "columns": [
                { "path": "org_id", "name": "org_id", "sql_type": "Uuid" },
                { "path": "id", "name": "id", "sql_type": "Integer" }] }] }"#,
    );
    let wall = ["--manifest", path(&manifest), "--app-role", &app, "--owner-role", &owner, "--database-url", db.url()];
    let (code, text) = code_and_text(&[&["rls", "apply", "--create-role"][..], &wall].concat());
    assert_eq!(code, Some(0), "{text}");
    // Without a key every request is refused, which the audit says.
    let (code, text) = code_and_text(&[&["audit", "--disable", "F01"][..], &wall].concat());
    assert!(code == Some(1) && text.contains("C13") && text.contains("no key that is valid"), "{text}");
    let key = folder.0.join("seal.key");
    let mint = ["keys", "mint", "--out", path(&key), "--database-url", db.url()];
    let (code, text) = code_and_text(&mint);
    assert_eq!(code, Some(0), "{text}");
    // Which of the two URLs it is that does not lead anywhere.
    let elsewhere = ["audit", "--app-url", "postgres://app:sekret@127.0.0.1:1/none"];
    let (code, text) = code_and_text(&[&elsewhere[..], &wall].concat());
    assert!(code == Some(1) && text.contains("127.0.0.1:1: ") && text.contains("C15"), "{text}");
    assert!(text.contains("the service's URL"), "{text}");
    assert!(!text.contains("--database-url") && !text.contains("sekret"), "{text}");
    let wrong = db.url_as(&app, "wrong");
    let (code, text) = code_and_text(&[&["audit", "--app-url", &wrong][..], &wall].concat());
    assert!(code == Some(1) && text.contains("password authentication failed") && text.contains("C15"), "{text}");
    db.psql(&format!("ALTER ROLE {app} PASSWORD 'secret'"));
    let url = db.url_as(&app, "secret");
    // F01: the tests do not choose the server's release.
    let audit = [&["audit", "--disable", "F01", "--app-url", &url][..], &wall].concat();
    let (code, text) = code_and_text(&audit);
    assert!(code == Some(0) && text.contains("F04  NOT RUN   no key was given"), "{text}");
    // The release of the server by itself: it can be accepted for a time, with the reason.
    let bare = [&["audit", "--fail-on", "critical"][..], &wall].concat();
    assert_eq!(code_and_text(&bare).0, Some(0));
    let accepted = "[[accept]]\nrule = \"F01\"\nobject = \"server\"\nreason = \"it is upgraded in June\"\nexpires = \"9999-12-31\"\n";
    let baseline = folder.write("audit.toml", accepted);
    let (code, text) = code_and_text(&[&["audit", "--baseline", path(&baseline)][..], &wall].concat());
    assert_eq!(code, Some(0), "{text}");
    // A finding that is low, and what the exit code makes of it.
    db.psql(&format!("CREATE SEQUENCE numbers; GRANT USAGE ON SEQUENCE numbers TO {app}"));
    for (threshold, expected) in [("low", 1), ("medium", 0), ("high", 0), ("critical", 0)] {
        let (code, text) = code_and_text(&[&audit[..], &["--fail-on", threshold]].concat());
        assert_eq!(code, Some(expected), "{threshold}: {text}");
    }
    db.psql("ALTER TABLE invoices DISABLE ROW LEVEL SECURITY");
    let (code, text) = code_and_text(&audit);
    assert!(code == Some(1) && text.contains("B01  critical  public.invoices"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    db.psql(&format!("REASSIGN OWNED BY {owner} TO owner; DROP OWNED BY {owner}, {app}; DROP ROLE {owner}, {app}"));
}
