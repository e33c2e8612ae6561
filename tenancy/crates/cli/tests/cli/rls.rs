//! The command line, as a person would use it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tenancy_test_support::wall::{Wall, manifest};

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
        self.run_as(line, &self.wall.options.app_role, &self.wall.options.owner_role)
    }

    fn run_as(&self, line: &str, app: &str, owner: &str) -> (Option<i32>, String, String) {
        let mut command = self.command(line, app, owner);
        let Output { status, stdout, stderr } = command.output().expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("it is UTF-8");
        (status.code(), text(stdout), text(stderr))
    }

    fn command(&self, line: &str, app: &str, owner: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        command.args(line.split(' ')).current_dir(&self.folder).env("DATABASE_URL", self.wall.db.url());
        if line.starts_with("rls") || line == "audit" {
            command.args(["--manifest", "schema.json"]);
        }
        if (line.starts_with("rls") && line != "rls ready") || line == "audit" {
            command.args(["--app-role", app, "--owner-role", owner]);
        }
        command
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
    let (code, out, progress) = shell.run("rls apply --create-role");
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
    assert_eq!(shell.run("rls apply --create-role").0, Some(0));
    assert_eq!(shell.run("keys mint").0, Some(2), "a key must go somewhere");
    let (code, _, said) = shell.run("keys mint --out -");
    assert!(code == Some(2) && said.contains("--stdout") && !shell.folder.join("-").exists(), "{said}");
    assert_eq!(shell.run("keys mint --out one.key").0, Some(0));
    let mode = fs::metadata(shell.folder.join("one.key")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(shell.run("keys mint --out one.key").0, Some(2), "a key is never written over");
    let (code, key, said) = shell.run("keys rotate --stdout --grace 1s --wait");
    let key: tenancy::db::seal::SealKey = key.parse().expect("it is a key");
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
            // Where it tried, why it could not, and whose URL it was; or what is wrong with the URL.
            let place = said.contains("127.0.0.1:1: ") && said.to_lowercase().contains("refused");
            assert!(place || said.contains("%40"), "{arguments:?} {said}");
            assert!(said.contains("--database-url"), "{arguments:?} {said}");
        }
    }
    let _ = fs::remove_file(schema);
}

/// Control characters in the name of a table are shown, and the terminal does not obey them.
#[test]
fn a_name_in_the_database_writes_nothing_on_the_terminal() {
    let shell = Shell::open();
    let name = "U&\"p\\001b[2J\\202e\"";
    shell.wall.db.psql(&format!("CREATE POLICY {name} ON invoices USING (true)"));
    for line in ["rls plan", "rls apply --create-role", "audit"] {
        let (_, out, said) = shell.run(line);
        let all = out + &said;
        assert!(all.contains("[2J"), "{line}: {all}");
        assert!(!all.contains('\u{1b}') || line == "rls plan", "{line}: {all}");
    }
    // What it makes is as it must be for the server.
    assert!(shell.run("rls plan").1.contains("policy-beside"));
}

/// A slip of the keyboard is no wish to make a role and hand it every policy.
#[test]
fn a_mistyped_role_changes_nothing() {
    let shell = Shell::open();
    let options = &shell.wall.options;
    let (app, owner) = (options.app_role.as_str(), options.owner_role.as_str());
    let (code, _, said) = shell.run("rls apply");
    assert!(code == Some(2) && said.contains(&format!("the role `{app}` does not exist")), "{said}");
    assert!(said.contains("--create-role") && shell.wall.db.psql("SELECT to_regnamespace('tenancy') IS NULL") == "t");
    assert_eq!(shell.run("rls apply --create-role").0, Some(0));
    let state = "SELECT string_agg(polroles::regrole[]::text || polrelid::regclass, ',' ORDER BY oid) FROM pg_policy";
    let before = shell.wall.db.psql(state);
    // Another name, whether there is such a role or not, takes nothing from the one that has the policies.
    let mistyped = format!("{app}x");
    for there in [false, true] {
        if there {
            shell.wall.db.psql(&format!("CREATE ROLE \"{mistyped}\""));
        }
        for line in ["rls apply", "rls apply --create-role"] {
            let (code, _, said) = shell.run_as(line, &mistyped, owner);
            assert!(
                code == Some(2) && said.contains(&format!("the policies are for the role `{app}`")),
                "{line}: {said}"
            );
        }
    }
    // Neither does another owner than the wall's.
    let (code, _, said) = shell.run_as("rls apply", app, "nobody's");
    assert!(code == Some(2) && said.contains("the role `nobody's` does not exist"), "{said}");
    assert_eq!(shell.wall.db.psql(state), before);
    assert_eq!(shell.wall.db.psql("SELECT count(*) FROM pg_roles WHERE rolname = 'nobody''s'"), "0");
    // What is asked for is done. A plan says what it would do, and asks for nothing.
    assert_eq!(shell.run_as("rls plan --check", &mistyped, owner).0, Some(1));
    let mut command = shell.command("rls apply --replace-role", &mistyped, owner);
    let (program, mut arguments) = (command.get_program().to_owned(), Vec::new());
    arguments.extend(command.get_args().map(ToOwned::to_owned));
    // The role's name holds a space.
    arguments.insert(3, app.into());
    command = Command::new(program);
    let output = command.args(arguments).current_dir(&shell.folder).env("DATABASE_URL", shell.wall.db.url()).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(shell.wall.db.psql(state).contains(&mistyped));
    shell.wall.db.psql(&format!("DROP OWNED BY \"{mistyped}\"; DROP ROLE \"{mistyped}\""));
}

/// `| head`: a pipe that no one reads is no reason to panic, and none to stop half-way.
#[test]
fn a_reader_that_goes_away_ends_no_command() {
    let shell = Shell::open();
    let closed = || {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        writer
    };
    for (line, code) in [
        ("rls plan --check", 1),
        ("rls apply --create-role", 0),
        ("rls plan --check", 0),
        ("rls plan --format json", 0),
        ("rls ready", 1),
        ("keys mint --out one.key", 0),
        ("keys list", 0),
        ("keys list --format json", 0),
        ("keys rotate --out two.key --grace 0s --wait", 0),
        ("keys retire unknown", 2),
        ("audit --list", 0),
        ("audit --explain B09", 0),
        ("audit --format json --fail-on critical", 2),
        ("--help", 0),
    ] {
        let options = &shell.wall.options;
        let mut command = shell.command(line, &options.app_role, &options.owner_role);
        let status = command.stdout(closed()).stderr(closed()).status().expect("it runs");
        assert_eq!(status.code(), Some(code), "{line}");
    }
    assert_eq!(
        shell.wall.db.psql("SELECT count(*) FROM pg_policy WHERE polname = 'tenancy'"),
        "5",
        "it was built whole"
    );
    assert_eq!(shell.wall.db.psql("SELECT count(*) FROM tenancy.key"), "1");
    // A key that did not arrive is not published. Where standard output was closed, the runtime opens /dev/null.
    let nowhere = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/null").expect("it is there"));
    for line in ["keys mint --stdout", "keys rotate --stdout --grace 1h"] {
        for output in [Stdio::from(closed()), nowhere()] {
            let status = shell.command(line, "", "").stdout(output).status().expect("it runs");
            assert_eq!(status.code(), Some(2), "{line}");
        }
    }
    let listed = shell.run("keys list --format json").1;
    assert!(listed.contains("\"seconds_left\": null"), "the old key has no end: {listed}");
    assert_eq!(shell.wall.db.psql("SELECT count(*) FROM tenancy.key"), "1");
}
