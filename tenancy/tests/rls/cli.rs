//! The command line, as a person would use it.
#![cfg(feature = "cli")]

use crate::wall::{Wall, manifest};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

struct Shell {
    wall: Wall,
    folder: PathBuf,
}

impl Shell {
    fn open() -> Shell {
        let wall = Wall::bare();
        let folder = std::env::temp_dir().join(format!("tenancy-cli-{}", wall.name));
        fs::create_dir_all(&folder).expect("it is ours");
        fs::write(folder.join("schema.json"), manifest().to_json()).expect("it is ours");
        Shell { wall, folder }
    }

    fn run(&self, line: &str) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        command.args(line.split(' ')).current_dir(&self.folder).env("DATABASE_URL", self.wall.db.url());
        if line.starts_with("rls") {
            let options = &self.wall.options;
            command.args(["--manifest", "schema.json", "--app-role", &options.app_role]);
            command.args(["--owner-role", &options.owner_role]);
        }
        let Output { status, stdout, stderr } = command.output().expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("it is UTF-8");
        (status.code(), text(stdout), text(stderr))
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn a_wall_is_planned_built_and_found_whole() {
    let shell = Shell::open();
    let (code, out, _) = shell.run("rls plan --check");
    assert!(code == Some(1) && out.contains("CREATE POLICY tenancy ON \"public\".\"invoices\""), "{code:?} {out}");
    let (code, out, _) = shell.run("rls plan --out migrations/1_tenancy_rls");
    assert!(code == Some(0) && out.contains("steps in migrations/1_tenancy_rls"), "{code:?} {out}");
    assert!(shell.folder.join("migrations/1_tenancy_rls/down.sql").exists());
    let (code, out, progress) = shell.run("rls apply");
    assert!(
        code == Some(0) && out.contains("steps run") && progress.contains("policy public.invoices"),
        "{out}{progress}"
    );
    let (code, json, _) = shell.run("rls plan --check --format json");
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!((code, json["steps"].as_array().map(Vec::len)), (Some(0), Some(0)));
}

#[tokio::test]
async fn keys_are_minted_rotated_and_retired() {
    use std::os::unix::fs::PermissionsExt as _;
    let shell = Shell::open();
    assert_eq!(shell.run("keys list").0, Some(3), "there is no wall yet");
    assert_eq!(shell.run("rls apply").0, Some(0));
    assert_eq!(shell.run("keys mint").0, Some(2), "a key must go somewhere");
    assert_eq!(shell.run("keys mint --out one.key").0, Some(0));
    let mode = fs::metadata(shell.folder.join("one.key")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(shell.run("keys mint --out one.key").0, Some(2), "a key is never written over");
    let (code, key, said) = shell.run("keys rotate --stdout --grace 1s --wait");
    let key: tenancy::rls::SealKey = key.parse().expect("it is a key");
    assert!(code == Some(0) && said.contains("1 keys deleted"), "{said}");
    let (_, listed, _) = shell.run("keys list --format json");
    assert!(listed.contains(key.kid()) && !listed.contains("ipad"), "{listed}");
    assert_eq!(shell.run(&format!("keys retire {}", key.kid())).0, Some(0));
    assert_eq!(shell.run("keys retire unknown").0, Some(2));
}

#[test]
fn mistakes_are_told_apart_by_their_code() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        command.args(arguments).env_remove("DATABASE_URL").output().expect("it runs").status.code()
    };
    assert_eq!(run(&["rls", "plan", "--manifest", "/nowhere.json", "--app-role", "a"]), Some(2));
    assert_eq!(run(&["keys", "list"]), Some(2));
    assert_eq!(run(&["keys", "list", "--database-url", "postgres://nobody@127.0.0.1:1/none"]), Some(3));
    assert_eq!(run(&["--help"]), Some(0));
}

/// A URL holds a password, and one that is written wrongly may hold it anywhere.
#[test]
fn no_part_of_a_url_is_shown() {
    let schema = std::env::temp_dir().join(format!("tenancy-no-url-{}.json", std::process::id()));
    fs::write(&schema, manifest().to_json()).expect("it is ours");
    let schema_path = schema.to_str().expect("it is text");
    let urls = [
        "postgres://u:sekret@127.0.0.1:1/x",
        "postgres://u:pa?sekret=1@127.0.0.1:1/x",
        "postgres://u:p@sekret@127.0.0.1:1/x",
        "postgres://u:sekret%zz@127.0.0.1:1/x",
        "host=127.0.0.1 port=1 password='sekret",
        "host=127.0.0.1 port=1 sekret=1",
    ];
    for url in urls {
        for arguments in [&["keys", "list"][..], &["audit", "--manifest", schema_path]] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
            let output = command.args(arguments).env("DATABASE_URL", url).output().expect("it runs");
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert_eq!(output.status.code(), Some(3), "{arguments:?} {said}");
            assert!(said.contains("connect") && !said.contains("sekret"), "{arguments:?} {said}");
        }
    }
    let _ = fs::remove_file(schema);
}
