//! The reference pages, held against the manifests: the list of crates, the table of features, the table of versions.

use std::collections::{BTreeMap, BTreeSet};

use crate::Problem;

/// What a reference page says of a package.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// The manifest's description.
    pub description: String,
    /// Whether it may be uploaded to a registry.
    pub published: bool,
    /// Each feature, and what it turns on, as the manifest says it.
    pub features: BTreeMap<String, Vec<String>>,
    /// The crates of the workspace that it depends on, and whether the dependency is optional.
    pub depends: BTreeMap<String, bool>,
}

impl Package {
    /// The features that a user can name.
    fn own_features(&self) -> impl Iterator<Item = (&String, &Vec<String>)> {
        self.features.iter().filter(|(name, _)| *name != "default")
    }

    /// "`a`, `b`; with `f`: `c`", as the list of crates says it.
    fn dependencies(&self) -> String {
        let names = |optional: bool| self.depends.iter().filter(move |(_, is)| **is == optional).map(|(name, _)| name);
        let always: Vec<String> = names(false).map(|name| format!("`{name}`")).collect();
        let mut parts = vec![always.join(", ")];
        for name in names(true) {
            let by = |given: &Vec<String>| given.contains(&format!("dep:{name}"));
            let features: Vec<String> =
                self.own_features().filter(|(_, given)| by(given)).map(|(feature, _)| format!("`{feature}`")).collect();
            parts.push(format!("with {}: `{name}`", features.join(" or ")));
        }
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() { "-".to_owned() } else { parts.join("; ") }
    }
}

/// The rows of every table of a page, without the headers: their cells, trimmed. `|` in a cell is not supported.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    let is_row = |line: &&str| line.trim_start().starts_with('|');
    let header = |at: usize| lines.get(at + 1).is_some_and(|line| line.starts_with("| ---"));
    let found =
        lines.iter().enumerate().filter(|(at, line)| is_row(line) && !line.starts_with("| ---") && !header(*at));
    found.map(|(_, line)| line.trim().trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// What stands in backticks.
fn quoted(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The list of crates: each published one has a row with its description, who needs it, and what it depends on.
pub fn crates(page: &str, text: &str, packages: &[Package]) -> Vec<Problem> {
    let rows = rows(text);
    let mut problems = Vec::new();
    for package in packages.iter().filter(|package| package.published) {
        let name = format!("`{}`", package.name);
        let Some(row) = rows.iter().find(|row| row[0] == name) else {
            problems.push(Problem::new(page, format!("{name} has no row")));
            continue;
        };
        let [_, what, who, depends] = row[..] else {
            problems.push(Problem::new(page, format!("the row of {name} must have 4 cells")));
            continue;
        };
        if what != package.description {
            problems.push(Problem::new(page, format!("{name} is: {}", package.description)));
        }
        if who.is_empty() {
            problems.push(Problem::new(page, format!("say who needs {name}")));
        }
        if depends != package.dependencies() {
            problems.push(Problem::new(page, format!("{name} depends on: {}", package.dependencies())));
        }
    }
    let known = |name: &str| packages.iter().any(|package| package.published && package.name == name.trim_matches('`'));
    problems.extend(
        rows.iter().filter(|row| !known(row[0])).map(|row| Problem::new(page, format!("{} is not published", row[0]))),
    );
    problems
}

/// The tables of features: one for each published crate that has any, under its name, with what each feature turns on in the
/// crates of the workspace. A crate without features is named in the paragraph that says so.
pub fn features(page: &str, text: &str, packages: &[Package]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut without = BTreeSet::new();
    for package in packages.iter().filter(|package| package.published) {
        if package.own_features().next().is_none() {
            without.insert(package.name.as_str());
            continue;
        }
        let section = text.split_once(&format!("## {}\n", package.name)).map_or("", |(_, rest)| rest);
        let rows = rows(section.split("\n## ").next().unwrap_or(""));
        for (feature, given) in package.own_features() {
            // A feature of this package, or of another crate of the workspace.
            let ours = |what: &String| match what.split_once('/') {
                Some((krate, feature)) => ours.contains(krate).then(|| format!("`{krate}`'s `{feature}`")),
                None => package.features.contains_key(what).then(|| format!("`{what}`")),
            };
            let wanted = given.iter().filter_map(ours).collect::<Vec<_>>().join(", ");
            match rows.iter().find(|row| row[0] == format!("`{feature}`")) {
                Some(row) if row.len() == 3 && !row[1].is_empty() && row[2] == wanted => {}
                _ => {
                    let what =
                        format!("{}: a row `{feature}`, what it adds, and what it turns on: {wanted}", package.name);
                    problems.push(Problem::new(page, what));
                }
            }
        }
        for row in rows.iter().filter(|row| !package.features.contains_key(row[0].trim_matches('`'))) {
            problems.push(Problem::new(page, format!("{} has no feature {}", package.name, row[0])));
        }
    }
    let said = text.split("\n\n").find(|paragraph| paragraph.contains("no features")).map(quoted).unwrap_or_default();
    if said != without {
        problems.push(Problem::new(page, format!("the paragraph on crates with no features must name {without:?}")));
    }
    problems
}

/// The first row of the table of versions.
pub fn versions(page: &str, text: &str, wanted: &[&str]) -> Vec<Problem> {
    let rows = rows(text);
    let first = rows.first().map(Vec::as_slice).unwrap_or_default();
    if first == wanted { Vec::new() } else { vec![Problem::new(page, format!("the first row must be {wanted:?}"))] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::only;

    fn packages() -> Vec<Package> {
        let given = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let features =
            [("default", given(&[])), ("tls", given(&["dep:b", "b/x", "syn/full", "plain"])), ("plain", given(&[]))];
        let one = Package {
            name: "a".to_owned(),
            description: "A thing".to_owned(),
            published: true,
            features: features.map(|(name, given)| (name.to_owned(), given)).into(),
            depends: [("b".to_owned(), true), ("c".to_owned(), false)].into(),
        };
        let other =
            Package { name: "b".to_owned(), description: "Another".to_owned(), published: true, ..Package::default() };
        vec![one, other, Package { name: "hidden".to_owned(), ..Package::default() }]
    }

    const CRATES: &str = "| crate | what | who | depends |\n| --- | --- | --- | --- |\n\
                          | `a` | A thing | all | `c`; with `tls`: `b` |\n| `b` | Another | some | - |\n";
    const FEATURES: &str = "`b` has no features.\n\n## a\n\n| feature | adds | on |\n| --- | --- | --- |\n\
                            | `plain` | x | |\n| `tls` | y | `b`'s `x`, `plain` |\n";

    #[test]
    fn the_list_of_crates_is_the_manifests() {
        let run = |text: &str| crates("p", text, &packages());
        assert_eq!(run(CRATES), []);
        assert!(only(&run(&CRATES.replace("| `b` | Another | some | - |\n", ""))).contains("`b` has no row"));
        assert!(only(&run(&CRATES.replace("A thing", "B thing"))).contains("A thing"));
        assert!(only(&run(&CRATES.replace("some", ""))).contains("who needs"));
        assert!(only(&run(&CRATES.replace("`c`; ", ""))).contains("`c`; with `tls`: `b`"));
        assert!(only(&run(&format!("{CRATES}| `hidden` | x | y | - |\n"))).contains("not published"));
    }

    #[test]
    fn the_tables_of_features_are_the_manifests() {
        let run = |text: &str| features("p", text, &packages());
        assert_eq!(run(FEATURES), []);
        assert!(only(&run(&FEATURES.replace("| `plain` | x | |\n", ""))).contains("`plain`"));
        assert!(only(&run(&FEATURES.replace("`b`'s `x`, ", ""))).contains("`b`'s `x`, `plain`"));
        assert!(only(&run(&FEATURES.replace("| x |", "| |"))).contains("what it adds"));
        assert!(only(&run(&format!("{FEATURES}| `gone` | z | |\n"))).contains("no feature `gone`"));
        assert!(only(&run(&FEATURES.replace("`b` has", "`a` has"))).contains("must name"));
    }

    #[test]
    fn the_table_of_versions_is_the_manifests() {
        let text = "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 0 | 1 |\n";
        assert_eq!(versions("p", text, &["1", "2"]), []);
        assert!(only(&versions("p", text, &["1", "3"])).contains("must be"));
        assert!(only(&versions("p", "no table", &["1"])).contains("must be"));
    }
}
