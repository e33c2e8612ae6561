//! Names of a database as text of one line, in which no letter moves, colours or hides the others.

/// Returns whether a letter moves, colours or hides text where it is printed. The names of database objects may hold such letters and
/// would overwrite the finding that is reported of them.
#[must_use]
pub fn controls(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text of one line, in which such letters are seen.
pub(super) fn shown(text: &str) -> String {
    let each = |letter: char| match letter {
        '\n' | '\r' | '\t' => " ".to_owned(),
        _ if controls(letter) => letter.escape_unicode().to_string(),
        _ => letter.to_string(),
    };
    text.chars().map(each).collect()
}
