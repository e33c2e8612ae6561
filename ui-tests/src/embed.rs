//! Code blocks in Markdown that are copies of a file, kept equal to it.
//!
//! ```text
//! <!-- copy of: examples/quickstart/src/main.rs#handler -->
//! (a fenced code block)
//! ```
//!
//! `#handler` takes the lines between `// anchor: handler` and `// end: handler`; without it the whole file is meant.

use std::fs;
use std::path::Path;

use crate::{Problem, tree};

const MARK: &str = "<!-- copy of: ";

/// Every marked block of `document` equals what it is a copy of. Both are below `root`.
pub fn check(root: &Path, document: &str) -> Vec<Problem> {
    let text = tree::read(&root.join(document));
    let lines: Vec<&str> = text.lines().collect();
    let mut problems = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(source) = line.trim().strip_prefix(MARK).and_then(|rest| rest.strip_suffix(" -->")) else {
            continue;
        };
        if let Err(what) = check_block(root, source, &lines[index + 1..]) {
            problems.push(Problem::new(format!("{document}:{}", index + 1), what));
        }
    }
    problems
}

fn check_block(root: &Path, source: &str, after: &[&str]) -> Result<(), String> {
    let (path, anchor) = source.split_once('#').map_or((source, None), |(path, anchor)| (path, Some(anchor)));
    let original = fs::read_to_string(root.join(path)).map_err(|error| format!("cannot read {path}: {error}"))?;
    let original = match anchor {
        Some(anchor) => region(&original, anchor).ok_or(format!("no `// anchor: {anchor}` in {path}"))?,
        None => original.trim_end().to_owned(),
    };
    let block = fenced(after).ok_or("no fenced code block follows the mark")?;
    if block == original {
        return Ok(());
    }
    Err(format!("differs from {source}; it should be:\n{original}"))
}

fn fenced(lines: &[&str]) -> Option<String> {
    let mut lines = lines.iter().skip_while(|line| line.is_empty());
    lines.next()?.starts_with("```").then_some(())?;
    let mut block = Vec::new();
    for line in lines {
        if line.starts_with("```") {
            return Some(block.join("\n"));
        }
        block.push(*line);
    }
    None
}

/// The lines of a region, without the indentation that all of them share.
fn region(text: &str, name: &str) -> Option<String> {
    let (begin, end) = (format!("// anchor: {name}"), format!("// end: {name}"));
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|line| line.trim() == begin)? + 1;
    let last = lines.iter().position(|line| line.trim() == end)?;
    let lines = lines.get(first..last)?;
    let indent = |line: &&&str| line.len() - line.trim_start().len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min().unwrap_or(0);
    Some(lines.iter().map(|line| line.get(shared..).unwrap_or("")).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, only};

    const SOURCE: &str = "fn main() {\n    // anchor: body\n    if true {\n        go();\n    }\n    // end: body\n}\n";

    fn with(document: &str) -> Vec<Problem> {
        check(Fixture::new().file("a.rs", SOURCE).file("README.md", document).path(), "README.md")
    }

    #[test]
    fn accepts_a_true_copy_of_a_region() {
        assert_eq!(with("<!-- copy of: a.rs#body -->\n```rust\nif true {\n    go();\n}\n```\n"), []);
    }

    #[test]
    fn refuses_a_stale_copy_a_missing_region_file_or_block() {
        assert!(only(&with("<!-- copy of: a.rs#body -->\n```rust\ngo();\n```\n")).contains("differs from a.rs#body"));
        assert!(only(&with("<!-- copy of: a.rs#tail -->\n```\n```\n")).contains("no `// anchor: tail`"));
        assert!(only(&with("<!-- copy of: b.rs -->\n```\n```\n")).contains("cannot read b.rs"));
        assert!(only(&with("<!-- copy of: a.rs -->\nprose\n")).contains("no fenced code block"));
    }
}
