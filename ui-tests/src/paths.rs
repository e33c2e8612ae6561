//! What comments and documents name is there: files, folders, tests.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{Problem, tree};

/// Where a path in a comment or document may begin, besides the folder of the file that names it and those above.
const BASES: &[&str] = &[
    "",
    "tenancy",
    "tenancy/src",
    "tenancy/tests",
    "tenancy/crates",
    "ui-tests",
    "ui-tests/tests",
    "examples/billing",
    "examples",
];

/// Names of files elsewhere, and patterns; each with its reason.
const ELSEWHERE: &[(&str, &str)] = &[
    ("tenancy/errors/TENnnnn.md", "a pattern"),
    ("src/table.rs", "a file of `diesel_derives`"),
    ("src/schema.rs", "a file of the reader's own service"),
    ("src/main.rs", "a file of the reader's own service"),
    ("src/lib.rs", "a file of the reader's own service"),
    ("idle_in_transaction_session_timeout", "a setting of PostgreSQL"),
    (".cargo/config.toml", "a file of the reader's own service"),
];

/// The endings that make a text with a slash a path, whatever folder it begins with.
const ENDINGS: &[&str] = &[".rs", ".md", ".sql", ".toml", ".stderr", ".sh"];

/// A name with this many underscores, or more, is a test's.
const UNDERSCORES: usize = 4;

/// Every path that a comment or a document names in backticks exists, and so does every test that a document names.
///
/// `folders` are read below `root` for `.rs` and `.md` files, and so are the `.md` files of `documents`.
pub fn named(root: &Path, folders: &[&str], documents: &[&str]) -> Vec<Problem> {
    let mut files: Vec<String> = documents.iter().map(|document| (*document).to_owned()).collect();
    for folder in folders {
        for ending in [".rs", ".md"] {
            let below = tree::files(&root.join(folder), ending);
            files.extend(below.into_iter().map(|file| format!("{folder}/{file}")));
        }
    }
    files.retain(|file| !file.contains("snapshots/"));
    let texts: Vec<(String, String)> =
        files.into_iter().map(|file| (file.clone(), tree::read(&root.join(file)))).collect();
    let words = words(&texts);
    let mut problems = Vec::new();
    for (file, text) in &texts {
        for name in quoted(&prose(file, text)) {
            for path in expanded(&name).into_iter().filter(|path| is_path(path)) {
                if !exists(root, file, &path) {
                    problems.push(Problem::new(file, format!("names `{path}`, which is not there")));
                }
            }
            if file.ends_with(".md") && is_test(&name) && !words.contains(name.as_str()) {
                problems.push(Problem::new(file, format!("names `{name}`, which no source has")));
            }
        }
    }
    problems
}

/// The words of the sources.
fn words(texts: &[(String, String)]) -> BTreeSet<&str> {
    let sources = texts.iter().filter(|(file, _)| file.ends_with(".rs"));
    sources.flat_map(|(_, text)| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')).collect()
}

/// A document is prose, of a source its comments are.
fn prose(file: &str, text: &str) -> String {
    if file.ends_with(".md") {
        return text.to_owned();
    }
    let comments = text.lines().filter_map(|line| line.find("//").map(|start| &line[start..]));
    comments.collect::<Vec<_>>().join("\n")
}

/// Texts in backticks on one line, without spaces.
fn quoted(text: &str) -> Vec<String> {
    let of_line = |line: &str| {
        let parts = line.split('`').skip(1).step_by(2);
        parts.filter(|part| !part.is_empty() && !part.contains(' ')).map(str::to_owned).collect::<Vec<_>>()
    };
    text.lines().flat_map(of_line).collect()
}

/// `a/{b,c}` is two paths.
fn expanded(path: &str) -> Vec<String> {
    let braces = path.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (inside, after))) = braces else { return vec![path.to_owned()] };
    inside.split(',').flat_map(|one| expanded(&format!("{before}{one}{after}"))).collect()
}

fn is_path(text: &str) -> bool {
    let letters = text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    let Some((first, rest)) = text.split_once('/') else { return false };
    let folder = ["tenancy", "tenancy-macros", "ui-tests", "examples", "docs", "tests"].contains(&first);
    letters
        && !first.is_empty()
        && (folder && !rest.is_empty() || ENDINGS.iter().any(|ending| text.ends_with(ending)))
        && !ELSEWHERE.iter().any(|(path, _)| *path == text)
}

fn is_test(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && text.matches('_').count() >= UNDERSCORES
        && !ELSEWHERE.iter().any(|(name, _)| *name == text)
}

/// From a base or a folder above the file that names it; a module may be named without its ending, a decision by its number.
fn exists(root: &Path, file: &str, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let above = file.match_indices('/').map(|(at, _)| &file[..at]);
    let mut bases = BASES.iter().copied().chain(above);
    bases.any(|base| {
        let whole = root.join(base).join(path);
        whole.exists() || whole.with_extension("rs").exists() || is_decision(&whole)
    })
}

fn is_decision(path: &Path) -> bool {
    let (Some(folder), Some(number)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return false;
    };
    folder.ends_with("decisions")
        && number.len() == 4
        && tree::files(folder, ".md").iter().any(|decision| decision.starts_with(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, only};

    fn tree(document: &str, comment: &str) -> Vec<Problem> {
        let fixture = Fixture::new()
            .file("docs/a.md", document)
            .file("docs/decisions/0001-why.md", "# Why\n")
            .file("tenancy/src/scope/key.rs", &format!("/// {comment}\nfn a_test_that_is_there_really() {{}}\n"))
            .file("tenancy/tests/surface/main.rs", "");
        named(fixture.path(), &["docs", "tenancy/src", "tenancy/tests"], &[])
    }

    #[test]
    fn accepts_what_is_there() {
        let document =
            "`tenancy/src/scope/key.rs`, `scope/key.rs`, `tests/surface/`, `a_test_that_is_there_really`, `a/b`";
        let comment = "`tenancy/tests/{surface,surface/main}`, `docs/decisions/0001`, `src/schema.rs`, `key.rs`";
        assert_eq!(tree(document, comment), []);
    }

    #[test]
    fn refuses_each_name_of_nothing() {
        assert!(only(&tree("`tenancy/tests/other_scope.rs`", "")).contains("other_scope.rs"));
        assert!(only(&tree("", "see `scope/kay.rs`")).contains("scope/kay.rs"));
        assert!(only(&tree("", "`tenancy/tests/{surface,walls}`")).contains("tenancy/tests/walls"));
        assert!(only(&tree("`a_test_that_is_not_there`", "")).contains("no source has"));
        assert!(only(&tree("", "`docs/decisions/0002`")).contains("decisions/0002"));
    }
}
