//! What a write to a table with permits may say in the places that its caller fills: one value or condition, and no clause of the
//! statement. The review of the whole text knows organizations, and no permits.

use super::assigned;
use super::permitted::{PrivilegedColumn, Privileges};
use crate::scope::{Finding, ScopeError};
use std::any::TypeId;

/// SQLite's names of a table's integer key, whatever its column is called.
const ROW_IDS: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// Checks the SET clause of a table with permits, for a statement whose permit is for the action `permit`.
///
/// # Errors
/// When it sets a column of another action, or the key, and when it is more than assignments.
pub(super) fn check_set<T: Privileges>(set: &str, permit: Option<TypeId>) -> Result<(), ScopeError> {
    let words = outermost_words(set)?;
    if words.iter().any(|word| word == "WHERE" || word == "RETURNING") {
        return Err(FRAGMENT);
    }
    // A clause that cannot be read counts as one that sets the column.
    let sets = |column: &str| assigned::check(set, column).is_err();
    let forbidden = |privileged: &&PrivilegedColumn| permit != Some((privileged.action)());
    let named = T::COLUMNS.iter().filter(forbidden).any(|privileged| sets(privileged.column));
    if named || ROW_IDS.into_iter().any(sets) { Err(ScopeError::PrivilegedColumn) } else { Ok(()) }
}

/// Checks the rows of an INSERT: a value that ended its row could update rows that are there.
///
/// # Errors
/// When they are more than rows.
pub(super) fn check_rows(rows: &str) -> Result<(), ScopeError> {
    let words = outermost_words(rows)?;
    let conflict = words.windows(2).any(|pair| pair[0] == "ON" && pair[1] == "CONFLICT");
    if conflict || words.iter().any(|word| word == "RETURNING") { Err(FRAGMENT) } else { Ok(()) }
}

/// Checks a conflict clause, whose conditions its caller writes.
///
/// # Errors
/// When it is more than one clause.
pub(super) fn check_conflict(clause: &str) -> Result<(), ScopeError> {
    let words = outermost_words(clause)?;
    let more = words.iter().filter(|word| *word == "CONFLICT").count() > 1;
    let twice = words.iter().filter(|word| *word == "DO").count() > 1;
    if more || twice || words.iter().any(|word| word == "RETURNING") { Err(FRAGMENT) } else { Ok(()) }
}

const FRAGMENT: ScopeError = ScopeError::Text(Finding::Fragment);

/// The words outside of parentheses and quotes, in capital letters.
///
/// # Errors
/// When parentheses do not match, and for what would hide text: comments, and quotes of other kinds than diesel writes.
fn outermost_words(text: &str) -> Result<Vec<String>, ScopeError> {
    let (mut words, mut word, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        match letter {
            // `E'..'` and its like end elsewhere than their letters say.
            '\'' if before.is_alphanumeric() || matches!(before, '_' | '&') => return Err(FRAGMENT),
            '\'' | '"' | '`' => skip_quoted(&mut letters, letter)?,
            '-' if next == '-' => return Err(FRAGMENT),
            '/' if next == '*' => return Err(FRAGMENT),
            '$' if !next.is_ascii_digit() => return Err(FRAGMENT),
            ';' => return Err(FRAGMENT),
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.checked_sub(1).ok_or(FRAGMENT)?,
            _ => {}
        }
        if depth == 0 && (letter.is_alphanumeric() || letter == '_') {
            word.extend(letter.to_uppercase());
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        before = letter;
    }
    words.push(word);
    if depth == 0 { Ok(words) } else { Err(FRAGMENT) }
}

/// Reads to the end of a quotation. A quote that stands twice is one of its letters.
fn skip_quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char) -> Result<(), ScopeError> {
    while let Some(letter) = letters.next() {
        if letter == '\\' && quote == '\'' {
            return Err(FRAGMENT);
        }
        if letter == quote && letters.next_if_eq(&quote).is_none() {
            return Ok(());
        }
    }
    Err(FRAGMENT)
}

#[cfg(test)]
mod tests {
    use super::{FRAGMENT, Privileges, check_conflict, check_rows, check_set, outermost_words};
    use crate::scope::ScopeError;

    struct Table;

    impl Privileges for Table {
        type Insert = ();
        type Delete = ();
        type Update = ();
    }

    #[test]
    fn what_diesel_writes_is_let_through() {
        for rows in [
            r#"INSERT INTO "t" ("org_id", "id", "memo") VALUES ($1, $2, $3), ($1, $4, DEFAULT)"#,
            "INSERT INTO `t` (`org_id`, `id`) VALUES (?, ?)",
            r#"INSERT INTO "t" ("org_id", "a") SELECT $1, "u"."a" FROM (SELECT * FROM "u") AS "u" INNER JOIN "v" ON "u"."a" = "v"."a""#,
            r#"INSERT INTO "t" ("org_id", "a") VALUES ($1, 'it''s, ON CONFLICT (x) RETURNING')"#,
        ] {
            assert_eq!(check_rows(rows), Ok(()), "{rows}");
        }
        assert_eq!(
            check_conflict(r#" ON CONFLICT ("id") WHERE ("a" = $1) DO UPDATE SET "a" = "excluded"."a" WHERE ("b")"#),
            Ok(())
        );
    }

    #[test]
    fn a_value_is_no_clause() {
        for rows in [
            "VALUES ($1, 'x') ON CONFLICT (id) DO UPDATE SET a = 1 WHERE t.org_id = $1 AND (1 = 1)",
            "VALUES ($1, 'x') on /**/ conflict do nothing",
            "VALUES ($1, 'x') RETURNING (1)",
            "VALUES ($1, 'x')) --",
            "VALUES ($1, E'\\') ON CONFLICT')",
            "VALUES ($1, $a$ ( $a$)",
            "VALUES ($1, 'x'); DELETE",
            "VALUES ($1, ('x')",
            "VALUES ($1, 'x",
        ] {
            assert!(check_rows(rows).is_err(), "{rows}");
        }
        assert!(
            check_conflict(" ON CONFLICT (\"id\") WHERE (1 = 1) DO UPDATE SET a = 1 WHERE (1 = 1) DO NOTHING").is_err()
        );
        assert_eq!(outermost_words("a (b) where \"c\"").expect("words")[..2], ["A", "WHERE"]);
    }
    #[test]
    fn a_change_is_an_assignment_and_no_clause() {
        assert_eq!(
            check_set::<Table>(r#""memo" = $1, "status" = CASE WHEN (1 = 1) THEN 'WHERE' ELSE '' END"#, None),
            Ok(())
        );
        for set in [r#""memo" = $1 WHERE (1 = 1)"#, r#""memo" = $1 RETURNING (1)"#, r#""memo" = $1) --"#] {
            assert_eq!(check_set::<Table>(set, None), Err(FRAGMENT), "{set}");
        }
        for key in ["rowid", "oid", "_rowid_"] {
            assert_eq!(
                check_set::<Table>(&format!("\"{key}\" = $1"), None),
                Err(ScopeError::PrivilegedColumn),
                "{key}"
            );
        }
    }
}
