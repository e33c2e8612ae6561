//! The errors that a case announces are the errors that the compiler gives: same codes, same order, nothing more.
//!
//! trybuild compares text, so a case can be blessed while it fails for another reason than its name says. This is the
//! second opinion: the author writes the reason down, and the blessed text must agree.

use std::path::Path;

use crate::case::{Annotation, Case, Place};
use crate::stderr::{Report, reports};
use crate::{Problem, tree};

/// Checks every case below `fail` that has a `.stderr` (a missing one is `repo::pairs`' business).
pub fn check(fail: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    for path in tree::files(fail, ".rs") {
        let case = match Case::parse(&tree::read(&fail.join(&path))) {
            Ok(case) => case,
            Err(what) => {
                problems.push(Problem::new(path, what));
                continue;
            }
        };
        let expected = fail.join(&path).with_extension("stderr");
        if expected.exists() {
            let file = path.rsplit('/').next().unwrap_or(&path);
            let found = reports(&tree::read(&expected), file);
            problems.extend(compare(&case, &found).into_iter().map(|what| Problem::new(path.clone(), what)));
        }
    }
    problems
}

fn compare(case: &Case, found: &[Report]) -> Vec<String> {
    let mut problems = Vec::new();
    for warning in found.iter().filter(|report| report.warning) {
        problems.push(format!("the output has a warning, silence it in the case: {}", headline(warning)));
    }
    let errors: Vec<&Report> = found.iter().filter(|report| !report.warning).collect();
    for (index, pair) in zip_longest(&case.annotations, &errors).enumerate() {
        let number = index + 1;
        match pair {
            (Some(annotation), Some(report)) => {
                problems.extend(mismatch(annotation, report).map(|what| format!("error {number}: {what}")));
            }
            (Some(annotation), None) => {
                problems.push(format!("error {number} is announced but not given: {annotation:?}"));
            }
            (None, Some(report)) => {
                problems.push(format!("error {number} is given but not announced: {}", headline(report)));
            }
            (None, None) => {}
        }
    }
    problems
}

fn mismatch(annotation: &Annotation, report: &Report) -> Option<String> {
    let shown = |code: &Option<String>| code.clone().unwrap_or_else(|| "no code".to_owned());
    if annotation.rustc != report.code {
        let (said, given) = (shown(&annotation.rustc), shown(&report.code));
        return Some(format!("announced {said}, given {given}: {}", headline(report)));
    }
    if let Some(word) = &annotation.word
        && !contains_word(&report.text, word)
    {
        return Some(format!("`{word}` does not occur in: {}", headline(report)));
    }
    let announced = annotation.word.as_deref();
    if let Some(other) = tree::error_codes(&report.text).iter().find(|code| Some(code.as_str()) != announced) {
        return Some(format!("carries {other}, announced {}", announced.unwrap_or("nothing")));
    }
    match annotation.place {
        Place::Line(line) if report.line != Some(line) => {
            let given = report.line.map_or("elsewhere".to_owned(), |line| format!("on line {line}"));
            Some(format!("announced on line {line}, given {given}: {}", headline(report)))
        }
        _ => None,
    }
}

/// Whether `word` occurs with no letter, digit or underscore at either side, so that `TEN0001` is not found in
/// `TEN00011` and `Scoped` not in `Unscoped`.
fn contains_word(text: &str, word: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
    })
}

fn headline(report: &Report) -> &str {
    report.text.lines().next().unwrap_or("")
}

fn zip_longest<'a, A, B>(a: &'a [A], b: &'a [B]) -> impl Iterator<Item = (Option<&'a A>, Option<&'a B>)> {
    (0..a.len().max(b.len())).map(move |index| (a.get(index), b.get(index)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, only};

    const STDERR: &str = "\
error[E0277]: this query names no organization
 --> tests/fail/f/case.rs:3:5
  = note: see TEN0001

error[E0308]: mismatched types
 --> tests/fail/f/case.rs:4:5
  = note: expected `OrgScope`, found `OrgId`
";

    fn run(first: &str, second: &str) -> Vec<Problem> {
        let case = format!("// attack: A01\nfn main() {{\n    a(); {first}\n    b(); {second}\n}}\n");
        check(Fixture::new().file("f/case.rs", &case).file("f/case.stderr", STDERR).path())
    }

    #[test]
    fn accepts_what_is_true() {
        assert_eq!(run("//~ E0277 TEN0001", "//~ E0308 OrgScope"), []);
    }

    #[test]
    fn refuses_each_kind_of_falsehood() {
        let wrong_rustc = run("//~ E0599 TEN0001", "//~ E0308 OrgScope");
        assert!(only(&wrong_rustc).contains("announced E0599, given E0277"));
        let wrong_ours = run("//~ E0277 TEN0002", "//~ E0308 OrgScope");
        assert!(only(&wrong_ours).contains("`TEN0002` does not occur"));
        let silent_about_ours = run("//~ E0277 organization", "//~ E0308 OrgScope");
        assert!(only(&silent_about_ours).contains("carries TEN0001"));
        let part_of_a_word = run("//~ E0277 TEN0001", "//~ E0308 Scope");
        assert!(only(&part_of_a_word).contains("`Scope` does not occur"));
        let missing = run("//~ E0277 TEN0001", "");
        assert!(only(&missing).contains("given but not announced"));
        let other_line = run("//~ E0277 TEN0001", "//~^ E0308 OrgScope");
        assert!(only(&other_line).contains("announced on line 3, given on line 4"));
        let other_order = run("//~ E0308 OrgScope", "//~ E0277 TEN0001");
        assert_eq!(other_order.len(), 2);
    }

    #[test]
    fn refuses_an_announced_error_that_is_not_given_and_a_warning() {
        let case = "// attack: A01\n//~ E0277 TEN0001\n";
        let nothing = Fixture::new().file("f/case.rs", case).file("f/case.stderr", "");
        assert!(only(&check(nothing.path())).contains("announced but not given"));
        let output = "warning: unused\n --> f/case.rs:1:1\n\nerror[E0277]: see TEN0001\n";
        let warned = Fixture::new().file("f/case.rs", case).file("f/case.stderr", output);
        assert!(only(&check(warned.path())).contains("has a warning"));
    }

    #[test]
    fn refuses_an_unreadable_case() {
        let tree = Fixture::new().file("f/case.rs", "fn main() {}\n");
        assert!(only(&check(tree.path())).contains("first line"));
    }
}
