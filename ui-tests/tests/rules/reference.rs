//! The reference pages, the licences and the minimum Rust, against what cargo says of the workspace.

use serde_json::Value;
use std::process::Command;
use ui_tests::reference::{self, Package};
use ui_tests::{Problem, assert_none, tree};

fn cargo(arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--locked", "--format-version", "1"]).args(arguments);
    let output = command.current_dir(tree::workspace()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The workspace's packages, without what they need.
fn members() -> Vec<Value> {
    cargo(&["--no-deps"])["packages"].as_array().expect("packages").clone()
}

fn is_published(package: &Value) -> bool {
    package["publish"].is_null()
}

fn packages() -> Vec<Package> {
    let members = members();
    let ours: Vec<String> = members.iter().map(|member| text(&member["name"])).collect();
    let package = |member: &Value| {
        let features = member["features"].as_object().expect("features").iter();
        let given = |names: &Value| names.as_array().expect("a list").iter().map(text).collect();
        let depends = member["dependencies"].as_array().expect("dependencies").iter();
        let normal = depends.filter(|one| one["kind"].is_null() && ours.contains(&text(&one["name"])));
        Package {
            name: text(&member["name"]),
            description: text(&member["description"]),
            published: is_published(member),
            features: features.map(|(name, names)| (name.clone(), given(names))).collect(),
            depends: normal.map(|one| (text(&one["name"]), one["optional"] == true)).collect(),
        }
    };
    members.iter().map(package).collect()
}

#[test]
fn the_list_of_crates_and_the_tables_of_features_are_the_manifests() {
    let packages = packages();
    assert!(packages.iter().filter(|package| package.published).count() >= 10, "{packages:?}");
    let read = |page: &str| tree::read(&tree::workspace().join(page));
    let (crates, features) = ("docs/reference/crates.md", "docs/reference/features.md");
    assert_none(&reference::crates(crates, &read(crates), &packages));
    assert_none(&reference::features(features, &read(features), &packages));
}

/// The PostgreSQL releases are those that `check` starts.
#[test]
fn the_table_of_versions_is_the_manifests() {
    let root = tree::workspace();
    let members = members();
    let tenancy = members.iter().find(|member| member["name"] == "tenancy").expect("tenancy");
    let requirement = |name: &str| {
        let depends = tenancy["dependencies"].as_array().expect("dependencies").iter();
        let normal = depends.filter(|one| one["kind"].is_null()).find(|one| one["name"] == name);
        text(&normal.unwrap_or_else(|| panic!("{name}"))["req"]).replace(", <", " and <")
    };
    assert!(tree::read(&root.join("check")).contains("postgresql-15"));
    let newer = tree::read(&root.join("tenancy/tests/newer-postgres/package.json"));
    let newer: Value = serde_json::from_str(&newer).expect("JSON");
    let newer = newer["dependencies"].as_object().expect("releases").keys();
    let releases: Vec<&str> = newer.filter_map(|name| name.strip_prefix("postgres-")).collect();
    let (version, rust) = (text(&tenancy["version"]), text(&tenancy["rust_version"]));
    let postgres = format!("15, {}", releases.join(", "));
    let (diesel, diesel_async) = (requirement("diesel"), requirement("diesel-async"));
    let page = "docs/reference/versions.md";
    let wanted = [&version, &diesel, &diesel_async, &postgres, &rust].map(String::as_str);
    assert_none(&reference::versions(page, &tree::read(&root.join(page)), &wanted));
}

/// No package that Cargo.lock has for this machine asks for a newer Rust than a user is promised.
#[test]
fn no_dependency_needs_a_newer_rust() {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs").stdout;
    let version = String::from_utf8(version).expect("text");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("the host");
    let metadata = cargo(&["--filter-platform", host]);
    let number =
        |version: &str| -> Vec<u32> { version.split('.').map(|part| part.parse().expect("a number")).collect() };
    let promised =
        members().iter().find(|member| member["name"] == "tenancy").map(|member| text(&member["rust_version"]));
    let promised = number(&promised.expect("tenancy has a minimum"));
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 200, "{}", packages.len());
    let newer = packages
        .iter()
        .filter(|package| package["rust_version"].as_str().is_some_and(|asked| number(asked)[..2] > promised[..2]));
    let newer: Vec<String> = newer.map(|package| format!("{} {}", package["name"], package["rust_version"])).collect();
    assert_eq!(newer, [] as [&str; 0], "raise `rust-version` in Cargo.toml, or take an older release");
}

/// What every uploaded package needs: what it is, both licences, a README, and nothing of it lies outside of its folder.
#[test]
fn published_packages_are_whole() {
    let root = tree::workspace();
    let mut problems = Vec::new();
    for member in members().iter().filter(|member| is_published(member)) {
        let manifest = text(&member["manifest_path"]);
        let folder = std::path::Path::new(&manifest).parent().expect("a folder");
        let mut lacks = |what: &str| problems.push(Problem::new(text(&member["name"]), what));
        for field in ["description", "license", "documentation", "readme", "rust_version"] {
            if member[field].as_str().is_none_or(str::is_empty) {
                lacks(&format!("has no {field}"));
            }
        }
        for field in ["keywords", "categories"] {
            if !(1..=5).contains(&member[field].as_array().map_or(0, Vec::len)) {
                lacks(&format!("must have one to five {field}"));
            }
        }
        if member["metadata"]["docs"]["rs"]["rustdoc-args"] != serde_json::json!(["--cfg", "docsrs"]) {
            lacks("has no [package.metadata.docs.rs]");
        }
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            if tree::read(&folder.join(licence)) != tree::read(&root.join(licence)) {
                lacks(&format!("its {licence} is not the workspace's"));
            }
        }
        problems.extend(included_from_elsewhere(&text(&member["name"]), folder));
    }
    assert_none(&problems);
}

/// `include_str!` and `include!` with a path that leaves the package's folder.
fn included_from_elsewhere(name: &str, folder: &std::path::Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree::files(&folder.join("src"), ".rs").into_iter().filter(|file| !file.contains("tests/")) {
        let depth = file.matches('/').count() + 1;
        let source = tree::read(&folder.join("src").join(&file));
        for path in source.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if path.matches("../").count() > depth {
                problems.push(Problem::new(name, format!("src/{file} includes {path}, which is not in the package")));
            }
        }
    }
    problems
}

/// `check` leaves out of its packages what is not published, and nothing else.
#[test]
fn check_packages_what_is_published() {
    let check = tree::read(&tree::workspace().join("check"));
    let line = check.lines().find_map(|line| line.strip_prefix("unpublished=")).expect("the list");
    let listed: Vec<&str> =
        line.trim_matches('"').split("--exclude ").map(str::trim).filter(|one| !one.is_empty()).collect();
    let mut unpublished: Vec<String> =
        members().iter().filter(|member| !is_published(member)).map(|member| text(&member["name"])).collect();
    unpublished.sort();
    assert_eq!(listed, unpublished);
}
