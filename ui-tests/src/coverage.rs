//! The list of attacks, the cases and the error pages cover each other, both ways.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::attacks::{self, Line};
use crate::case::{Attack, Case};
use crate::{Problem, tree};

/// Families whose cases may stand for no line of the list.
const FREE_FAMILIES: &[&str] = &["macro_input/", "hostile/", "mistakes/"];

/// Every attack that the compiler must stop has a case; every code that a case names exists and is the compiler's.
///
/// `pending` holds codes that have no case yet, one a line, with a reason after a space. It may only shrink: a code
/// that has a case, or that is not promised, must leave it.
pub fn attacks(list: &str, fail: &Path, promised: &[&str], pending: &str) -> Vec<Problem> {
    let lines: BTreeMap<String, Line> =
        attacks::lines(list).into_iter().map(|line| (line.code.clone(), line)).collect();
    let mut problems = duplicates(list);
    let covered = cases_by_code(fail, &lines, &mut problems);
    let first_words = pending.lines().filter_map(|line| line.split_whitespace().next());
    let pending: BTreeSet<&str> = first_words.filter(|word| !word.starts_with("TEN")).collect();

    let required = lines.values().filter(|line| line.compiler && attacks::in_wall_one(&line.code));
    let required: BTreeSet<&str> = required.map(|line| line.code.as_str()).collect();
    for code in &required {
        if !covered.contains(*code) && !pending.contains(code) {
            problems.push(Problem::new("docs/attacks.md", format!("{code} is marked C and has no case")));
        }
    }
    for code in pending {
        if covered.contains(code) {
            problems.push(Problem::new("pending.txt", format!("{code} has a case now, take it off")));
        } else if !required.contains(code) {
            problems.push(Problem::new("pending.txt", format!("{code} is not a line that needs a case")));
        }
    }
    for code in promised {
        match lines.get(*code) {
            None => problems.push(Problem::new("docs/attacks.md", format!("{code} was promised and is gone"))),
            Some(line) if !line.compiler && !says_why_moved(&line.text) => {
                let what = format!("{code} lost its C: say `moved from C: <reason>` on its line");
                problems.push(Problem::new("docs/attacks.md", what));
            }
            Some(_) => {}
        }
    }
    problems
}

fn says_why_moved(text: &str) -> bool {
    text.split_once("moved from C:").is_some_and(|(_, reason)| reason.trim().len() >= 20)
}

fn duplicates(list: &str) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let repeated = attacks::lines(list).into_iter().filter(|line| !seen.insert(line.code.clone()));
    repeated.map(|line| Problem::new("docs/attacks.md", format!("{} stands twice", line.code))).collect()
}

fn cases_by_code(fail: &Path, lines: &BTreeMap<String, Line>, problems: &mut Vec<Problem>) -> BTreeSet<String> {
    let mut covered = BTreeSet::new();
    for path in tree::files(fail, ".rs") {
        // A case that cannot be read is reported by `annotations::check`.
        let Ok(case) = Case::parse(&tree::read(&fail.join(&path))) else {
            continue;
        };
        match case.attack {
            Attack::Codes(codes) => {
                for code in codes {
                    match lines.get(&code) {
                        None => problems.push(Problem::new(path.clone(), format!("no attack {code} in the list"))),
                        Some(line) if !line.compiler => {
                            let what = format!("{code} is not marked C, yet this case shows the compiler stopping it");
                            problems.push(Problem::new(path.clone(), what));
                        }
                        Some(_) => {
                            covered.insert(code);
                        }
                    }
                }
            }
            Attack::None(_) if FREE_FAMILIES.iter().any(|family| path.starts_with(family)) => {}
            Attack::None(_) => problems.push(Problem::new(path, "this family's cases must name an attack")),
        }
    }
    covered
}

/// Every code that the sources can give has a page, and every page is reached by a `.stderr` or by a file of
/// `evidence` (macro snapshots, runtime tests), so that no page describes an error that cannot happen.
///
/// `pending` is the list that [`attacks()`] takes; a code in it has a page and no evidence yet.
pub fn error_pages(pages: &Path, fail: &Path, evidence: &[&Path], sources: &[&Path], pending: &str) -> Vec<Problem> {
    let existing: BTreeSet<String> = tree::files(pages, ".md")
        .into_iter()
        .filter_map(|file| file.strip_suffix(".md").map(str::to_owned))
        .filter(|name| name != "README")
        .collect();
    let outputs = codes_below(fail, ".stderr");
    let shown: Vec<_> = evidence.iter().flat_map(|folder| codes_below(folder, "")).chain(outputs).collect();
    let given = sources.iter().flat_map(|folder| codes_below(folder, ".rs"));

    let mut problems = Vec::new();
    for (path, code) in shown.iter().cloned().chain(given) {
        if !existing.contains(&code) {
            problems.push(Problem::new(path, format!("no page tenancy/errors/{code}.md")));
        }
    }
    let reached: BTreeSet<String> = shown.into_iter().map(|(_, code)| code).collect();
    let pending: BTreeSet<String> = tree::error_codes(pending).into_iter().collect();
    for code in pending.intersection(&reached) {
        problems.push(Problem::new("pending.txt", format!("{code} is shown by a test now, take it off")));
    }
    for code in pending.difference(&existing) {
        problems.push(Problem::new("pending.txt", format!("{code} has no page to be pending for")));
    }
    for page in existing.difference(&reached).filter(|page| !pending.contains(*page)) {
        let what = "no case, macro snapshot or runtime test shows this error";
        problems.push(Problem::new(format!("tenancy/errors/{page}.md"), what));
    }
    for page in &existing {
        let text = tree::read(&pages.join(format!("{page}.md")));
        if !text.starts_with(&format!("# {page}")) {
            problems.push(Problem::new(format!("tenancy/errors/{page}.md"), format!("must begin with `# {page}`")));
        }
    }
    problems.sort();
    problems.dedup();
    problems
}

/// Every error code below a folder, with the file that names it. Files that are no text are passed over.
fn codes_below(folder: &Path, suffix: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in tree::files(folder, suffix) {
        let text = std::fs::read_to_string(folder.join(&path)).unwrap_or_default();
        found.extend(tree::error_codes(&text).into_iter().map(|code| (path.clone(), code)));
    }
    found
}

/// How many cases say in their first error what is missing, out of how many: `(named, all)`.
pub fn first_error_names_what_is_missing(fail: &Path) -> (usize, usize) {
    let cases = tree::files(fail, ".rs").into_iter().filter_map(|path| {
        let case = Case::parse(&tree::read(&fail.join(path))).ok()?;
        case.annotations.first().map(|first| first.word.is_some())
    });
    cases.fold((0, 0), |(named, all), names| (named + usize::from(names), all + 1))
}

/// The families whose cases are statements that a developer wrote.
const STATEMENTS: &[&str] = &["a_unscoped/", "b_predicate/", "c_joins/", "d_associations/", "e_writes/", "mistakes/"];

/// A case that is refused for its types alone, without a word of organizations, begins its reason with this.
const OF_TYPES: &str = "a mistake of types";

/// How many refused statements have a code of ours in their first error, out of how many; and the others.
pub fn first_error_has_our_code(fail: &Path) -> (usize, usize, Vec<String>) {
    let cases =
        tree::files(fail, ".rs").into_iter().filter(|path| STATEMENTS.iter().any(|family| path.starts_with(family)));
    let (mut coded, mut raw) = (0, Vec::new());
    for path in cases {
        let Ok(case) = Case::parse(&tree::read(&fail.join(&path))) else { continue };
        if matches!(&case.attack, Attack::None(reason) if reason.starts_with(OF_TYPES)) {
            continue;
        }
        let word = case.annotations.first().and_then(|first| first.word.clone()).unwrap_or_default();
        if tree::error_codes(&word).is_empty() { raw.push(path) } else { coded += 1 }
    }
    (coded, coded + raw.len(), raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, only};

    const LIST: &str = "- A01 [C x] load\n- A16 [L x] shadow\n- F17 [C] outside the first wall\n";
    const A01: &str = "// attack: A01\n//~ E0277 TEN0001\n";

    #[test]
    fn counts_the_first_errors_of_statements() {
        let raw = "// attack: A01\n//~ E0277 NeedsOrgScope\n//~ E0277 TEN0001\n";
        let tree =
            Fixture::new().file("a_unscoped/load.rs", A01).file("mistakes/raw.rs", raw).file("g_forging/x.rs", raw);
        assert_eq!(first_error_has_our_code(tree.path()), (1, 2, vec!["mistakes/raw.rs".to_owned()]));
    }

    #[test]
    fn accepts_full_coverage() {
        let tree = Fixture::new().file("a/load.rs", A01);
        assert_eq!(attacks(LIST, tree.path(), &["A01"], ""), []);
    }

    #[test]
    fn refuses_an_uncovered_line() {
        let problems = attacks(LIST, Fixture::new().path(), &["A01"], "");
        assert!(only(&problems).contains("A01 is marked C and has no case"));
    }

    #[test]
    fn pending_lines_may_only_shrink() {
        assert_eq!(attacks(LIST, Fixture::new().path(), &["A01"], "A01 needs the read surface\n"), []);
        let tree = Fixture::new().file("a/load.rs", A01);
        assert!(only(&attacks(LIST, tree.path(), &["A01"], "A01\n")).contains("has a case now"));
        assert!(only(&attacks(LIST, tree.path(), &["A01"], "A16\n")).contains("not a line that needs"));
    }

    #[test]
    fn refuses_unknown_codes_and_codes_of_other_walls() {
        let tree = Fixture::new().file("a/load.rs", A01).file("a/b.rs", "// attack: B01\n//~ E0277 x\n");
        assert!(only(&attacks(LIST, tree.path(), &["A01"], "")).contains("no attack B01"));
        let tree = Fixture::new().file("a/load.rs", A01).file("a/b.rs", "// attack: A16\n//~ E0277 x\n");
        assert!(only(&attacks(LIST, tree.path(), &["A01"], "")).contains("A16 is not marked C"));
    }

    #[test]
    fn refuses_a_case_without_attack_outside_the_free_families() {
        let free = "// attack: none, a misspelt table\n//~ - TEN0101\n";
        let tree = Fixture::new().file("a/load.rs", A01).file("macro_input/b.rs", free);
        assert_eq!(attacks(LIST, tree.path(), &["A01"], ""), []);
        let tree = Fixture::new().file("a/load.rs", A01).file("a/b.rs", free);
        assert!(only(&attacks(LIST, tree.path(), &["A01"], "")).contains("must name an attack"));
    }

    #[test]
    fn a_promised_line_leaves_the_suite_only_with_a_reason() {
        let tree = Fixture::new();
        let lost = "- A01 [R x] load\n";
        assert!(only(&attacks(lost, tree.path(), &["A01"], "")).contains("lost its C"));
        let moved = "- A01 [R x] load; moved from C: the types of a subquery do not carry the brand\n";
        assert_eq!(attacks(moved, tree.path(), &["A01"], ""), []);
        assert!(only(&attacks("", tree.path(), &["A01"], "")).contains("is gone"));
        assert!(only(&attacks("- A01 [L] a\n- A01 [L] b\n", tree.path(), &[], "")).contains("twice"));
    }

    #[test]
    fn pages_and_errors_cover_each_other() {
        let stderr = "error[E0277]: x\n  = note: see TEN0001\n";
        let tree = Fixture::new().file("fail/a.stderr", stderr).file("docs/TEN0001.md", "# TEN0001: x\n");
        let tree = tree.file("docs/README.md", "codes\n").file("snapshots/s.txt", "error: x [TEN0101]\n");
        let with_pending = |tree: &Fixture, pending: &str| {
            let root = tree.path();
            error_pages(
                &root.join("docs"),
                &root.join("fail"),
                &[&root.join("snapshots")],
                &[&root.join("src")],
                pending,
            )
        };
        let run = |tree: &Fixture| with_pending(tree, "");
        assert!(only(&run(&tree)).contains("no page tenancy/errors/TEN0101.md"));
        let tree = tree.file("docs/TEN0101.md", "# TEN0101: by a snapshot\n");
        assert_eq!(run(&tree), []);
        let tree = tree.file("docs/TEN0102.md", "# TEN0102\n");
        assert!(only(&run(&tree)).contains("no case, macro snapshot or runtime test"));
        assert_eq!(with_pending(&tree, "TEN0102 needs the connection\n"), []);
        assert!(only(&with_pending(&tree, "TEN0102\nTEN0101\n")).contains("TEN0101 is shown by a test now"));
        assert!(only(&with_pending(&tree, "TEN0102\nTEN0103\n")).contains("TEN0103 has no page"));
        let tree = tree.file("snapshots/t.txt", "TEN0102").file("fail/b.stderr", "error: TEN0009\n");
        assert!(only(&run(&tree)).contains("no page tenancy/errors/TEN0009.md"));
        let tree = tree.file("docs/TEN0009.md", "# Something else\n");
        assert!(only(&run(&tree)).contains("must begin with"));
        let tree = tree.file("docs/TEN0009.md", "# TEN0009\n").file("src/lib.rs", "//! gives TEN0010\n");
        assert!(only(&run(&tree)).contains("no page tenancy/errors/TEN0010.md"));
    }

    #[test]
    fn counts_first_errors_that_name_something() {
        let tree = Fixture::new().file("a/load.rs", A01).file("a/b.rs", "// attack: A01\n//~ E0277 -\n");
        assert_eq!(first_error_names_what_is_missing(tree.path()), (1, 2));
    }
}
