//! Public text is plain English: no word of a list, and no sentence that is too long.
//!
//! Public text is Markdown, documentation comments, string literals of source files outside of tests, and the expected output of
//! the compile-fail cases. What stands in backticks or in a code block is code, and is not read.

use std::path::Path;

use crate::{Problem, tree};

/// A word or phrase that public text does not use, and what to write instead.
pub struct Banned {
    /// In lower case, words separated by one space.
    pub phrase: &'static str,
    /// The advice.
    pub instead: &'static str,
}

const fn banned(phrase: &'static str, instead: &'static str) -> Banned {
    Banned { phrase, instead }
}

/// The list.
pub const BANNED: &[Banned] = &[
    banned("whoever", "name the subject: the role, the client, the caller"),
    banned("nobody", "say what happens: `no role can ..`, `is rejected`"),
    banned("somebody", "name the subject: another role, an operator, an attacker"),
    banned("anybody", "name the subject: any client, any role"),
    banned("is none", "say what happens: `is rejected`, `has no effect`, `does not exist`"),
    banned("was told", "write `was configured with`, `received`"),
    banned("is told", "write `receives`, `is configured with`"),
    banned("anew", "write `again`, `new`"),
    banned("put out", "write `revoked`, `signed out`"),
    banned("takes leave", "write `closes the connection`, `disconnects`"),
    banned("to be had", "write `available`"),
    banned("eyes of", "write `with the rights of`"),
    banned("owner's eyes", "write `its owner's rights`"),
    banned("tenant table", "write `organization table`"),
    banned("tenant tables", "write `organization tables`"),
];

/// Banned phrases inside a longer phrase that is a term of the field, each with the reason.
const ALLOWED: &[(&str, &str)] =
    &[("is none of", "`none of` counts members of a set"), ("there is none", "it says that a thing is missing")];

/// String literals that are a name and no text, each with the reason.
const NAMES: &[(&str, &str)] = &[("nobody", "an account of Unix, and a reason's name in metrics")];

/// After one of these words, `a process` is a process; after any other word it would be short for `per process`.
const BEFORE_A_PROCESS: &[&str] = &[
    "about", "after", "also", "and", "as", "at", "before", "between", "but", "by", "each", "end", "ends", "for",
    "from", "gives", "has", "if", "in", "inside", "into", "is", "killed", "kills", "leaves", "like", "of", "on",
    "once", "only", "or", "outlives", "over", "replaces", "so", "start", "starts", "stops", "than", "that", "then",
    "though", "through", "to", "until", "what", "when", "whenever", "where", "which", "while", "with", "within",
    "without",
];

/// The longest a sentence may be, in words.
pub const LONGEST_SENTENCE: usize = 40;

/// A word of public text, with the line it is on.
#[derive(Clone, Debug)]
struct Word {
    /// In lower case, without punctuation around it.
    text: String,
    line: usize,
    /// A sentence or a clause ends behind it.
    ends: bool,
}

/// Each banned phrase in the public text of the files below `root` that `places` name: folders or files.
pub fn banned_words(root: &Path, places: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, paragraphs) in read(root, places, true) {
        for words in &paragraphs {
            problems.extend(hits(words).into_iter().map(|(line, phrase, instead)| {
                Problem::new(format!("{file}:{line}"), format!("`{phrase}`: {instead}"))
            }));
        }
    }
    problems
}

/// Each sentence of documents and documentation comments that has more words than [`LONGEST_SENTENCE`]. In the expected output of
/// a case the compiler has its own words.
pub fn long_sentences(root: &Path, places: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, paragraphs) in read(root, places, false).into_iter().filter(|(file, _)| !file.ends_with(".stderr")) {
        for sentence in paragraphs.iter().flat_map(|words| words.split_inclusive(|word| word.ends)) {
            if sentence.len() > LONGEST_SENTENCE {
                let what = format!("a sentence of {} words: make it two", sentence.len());
                problems.push(Problem::new(format!("{file}:{}", sentence[0].line), what));
            }
        }
    }
    problems
}

/// The paragraphs of each file. `literals`: those of string literals too, of which some are SQL.
fn read(root: &Path, places: &[&str], literals: bool) -> Vec<(String, Vec<Vec<Word>>)> {
    let mut files = Vec::new();
    for place in places {
        if root.join(place).is_file() {
            files.push((*place).to_owned());
        }
        for ending in [".md", ".rs", ".stderr"] {
            files.extend(tree::files(&root.join(place), ending).into_iter().map(|file| format!("{place}/{file}")));
        }
    }
    files.retain(|file| !is_test(file));
    let public = |file: String| {
        let text = tree::read(&root.join(&file));
        let paragraphs =
            if file.ends_with(".rs") { of_source(&text, literals) } else { of_document(text.lines().enumerate()) };
        (file, paragraphs)
    };
    files.into_iter().map(public).collect()
}

/// Tests have their own words: what an attacker writes is one of them.
fn is_test(file: &str) -> bool {
    file.ends_with(".rs") && (file.contains("/tests/") || file.ends_with("/tests.rs") || file.ends_with("prose.rs"))
}

/// The paragraphs of lines: separated by a blank line, a list item, a row of a table or a code block.
fn of_document<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Vec<Vec<Word>> {
    let mut paragraphs = vec![Vec::new()];
    let mut in_code = false;
    let mut code = false;
    let mut indented = false;
    for (at, line) in lines {
        let text = line.trim();
        if text.starts_with("```") {
            in_code = !in_code;
        }
        // A block of code that is indented follows a blank line.
        indented = line.starts_with("    ") && (indented || paragraphs.last().is_some_and(Vec::is_empty));
        let new =
            text.is_empty() || in_code || ["```", "- ", "* ", "|", "#", "> "].iter().any(|mark| text.starts_with(mark));
        if new {
            paragraphs.push(Vec::new());
            code = false;
        }
        if !in_code && !indented && !text.starts_with("```") {
            for (cell, part) in text.split('|').enumerate() {
                if cell > 0 && text.starts_with('|') {
                    paragraphs.push(Vec::new());
                    code = false;
                }
                let last = paragraphs.len() - 1;
                words(part, at + 1, &mut code, &mut paragraphs[last]);
            }
        }
    }
    paragraphs
}

/// The words of one line. `code` says whether a text in backticks is open, from an earlier line on.
fn words(text: &str, line: usize, code: &mut bool, to: &mut Vec<Word>) {
    for (at, part) in text.split('`').enumerate() {
        if at > 0 {
            *code = !*code;
        }
        if *code {
            continue;
        }
        for word in part.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let ends = word.trim_end_matches(['*', '_', '"', ')', ']']).ends_with(['.', ':', ';', '?', '!']);
            if bare.is_empty() {
                if let Some(last) = to.last_mut().filter(|_| ends) {
                    last.ends = true;
                }
            } else {
                to.push(Word { text: bare.to_lowercase(), line, ends });
            }
        }
    }
}

/// Documentation comments, block by block, and string literals if asked for.
fn of_source(text: &str, with_literals: bool) -> Vec<Vec<Word>> {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    let doc = |line: &'_ str| {
        let line = line.trim_start();
        line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).map(str::to_owned)
    };
    let comments: Vec<String> = text.lines().map(|line| doc(line).unwrap_or_default()).collect();
    let mut paragraphs = of_document(comments.iter().map(String::as_str).enumerate());
    let is_name = |literal: &str| NAMES.iter().any(|(name, _)| *name == literal);
    for (line, literal) in literals(text).into_iter().filter(|(_, literal)| with_literals && !is_name(literal)) {
        paragraphs.extend(of_document(std::iter::once((line, literal.as_str()))));
    }
    paragraphs
}

/// String literals, each with the number of lines before it. Comments, characters and lifetimes are passed over.
fn literals(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 0);
    while let Some(at) = rest.find(['"', '/', '\'', 'r', '\n']) {
        let here = &rest[at..];
        let before = rest[..at].chars().next_back();
        let word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let hashes = here[1..].len() - here[1..].trim_start_matches('#').len();
        let length = if here.starts_with("//") {
            here.find('\n').unwrap_or(here.len())
        } else if let Some(inside) = here.strip_prefix('"') {
            let end = end_of_string(here);
            found.push((line, inside[..end - 1].trim_end_matches('"').replace("\\n", " ").replace("\\\n", " ")));
            end
        } else if here.starts_with('r') && !word && here[1 + hashes..].starts_with('"') {
            let open = 2 + hashes;
            let close = format!("\"{}", "#".repeat(hashes));
            let end = here[open..].find(&close).map_or(here.len(), |end| open + end);
            found.push((line, here[open..end].to_owned()));
            (end + close.len()).min(here.len())
        } else if let Some(escaped) = here.strip_prefix("'\\") {
            escaped.char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(2, |(end, _)| end + 3)
        } else if here.starts_with('\'') && here.chars().nth(2) == Some('\'') {
            here.char_indices().nth(3).map_or(here.len(), |(end, _)| end)
        } else {
            1
        };
        line += here[..length].matches('\n').count();
        rest = &here[length..];
    }
    found
}

/// Behind the closing quote.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether a phrase begins at a word, and no sentence ends inside of it.
fn begins(words: &[Word], at: usize, phrase: &str) -> bool {
    let parts: Vec<&str> = phrase.split(' ').collect();
    let here = words.get(at..at + parts.len()).unwrap_or_default();
    let joined = here.iter().rev().skip(1).all(|word| !word.ends);
    !here.is_empty() && joined && here.iter().zip(&parts).all(|(word, part)| word.text == *part)
}

/// Each banned phrase: its line, itself, and what to write instead.
fn hits(words: &[Word]) -> Vec<(usize, &'static str, &'static str)> {
    let mut found = Vec::new();
    for at in 0..words.len() {
        let begins = |phrase: &str| begins(words, at, phrase);
        let allowed =
            ALLOWED.iter().any(|(allowed, _)| (at.saturating_sub(1)..=at).any(|at| self::begins(words, at, allowed)));
        for Banned { phrase, instead } in BANNED {
            if begins(phrase) && !allowed {
                found.push((words[at].line, *phrase, *instead));
            }
        }
        let before = at.checked_sub(1).map(|before| &words[before]).filter(|before| !before.ends);
        if begins("a process") && before.is_some_and(|word| !BEFORE_A_PROCESS.contains(&word.text.as_str())) {
            found.push((words[at].line, "a process", "write `per process`, or `each process`"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, only};

    fn document(text: &str) -> Vec<Problem> {
        let fixture = Fixture::new().file("docs/a.md", text);
        [banned_words(fixture.path(), &["docs"]), long_sentences(fixture.path(), &["docs"])].concat()
    }

    fn source(text: &str) -> Vec<Problem> {
        let fixture = Fixture::new().file("src/a.rs", text);
        banned_words(fixture.path(), &["src"])
    }

    #[test]
    fn plain_text_passes() {
        assert_eq!(document("The key is rotated. A process reads it.\n\n| a row | `nobody` |\n"), []);
        assert_eq!(document("```text\nwhoever\n```\nIt is. None of them is read, and it is none of ours.\n"), []);
        assert_eq!(source("fn a() { find(\"nobody\") }\n"), []);
        assert_eq!(
            source("// whoever reads this\nfn nobody() { let a = 'a'; }\n#[cfg(test)]\nmod tests { \"nobody\"; }\n"),
            []
        );
    }

    #[test]
    fn each_banned_phrase_is_found_with_its_line_and_advice() {
        for Banned { phrase, instead } in BANNED {
            let what = only(&document(&format!("First.\n\nThe gateway {phrase} it\n")));
            assert!(what.contains(phrase) && what.contains(instead), "{what}");
        }
        assert!(document("First.\n\nNobody\n")[0].path.ends_with("docs/a.md:3"));
        assert!(only(&document("It is\ntold the name.\n")).contains("is told"));
        assert!(only(&document("One pool a process.\n")).contains("per process"));
        assert!(only(&document(&"word ".repeat(LONGEST_SENTENCE + 1))).contains("41 words"));
    }

    #[test]
    fn comments_and_literals_of_sources_are_read() {
        for text in [
            "/// Nobody reads it.\nfn a() {}\n",
            "//! It is\n//! told.\n",
            "#[error(\"whoever\")]\nstruct A;\n",
            "const A: &str = \"two \\\n  lines, and nobody\";\n",
            "const A: &str = r#\"said \"anew\" here\"#;\n",
            "fn a<'a>() { b('\"', '\\'', \"somebody\") } // \"whoever\"\n",
        ] {
            assert_eq!(source(text).len(), 1, "{text}: {:?}", source(text));
        }
    }
}
