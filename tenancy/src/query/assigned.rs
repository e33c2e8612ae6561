//! What a SET clause assigns and what an INSERT lists, read from its text.
//!
//! A column is a type that any crate may write, and so is a changeset: types alone do not keep the organization
//! column out of a SET clause. Its text does, whatever wrote it.
//!
//! A scoped connection has the text read when it meets it: [`reading`]. A text that the review has approved is not read again,
//! and what it says of another way to render it (a raw connection of diesel's, which runs anything) is nothing.

use crate::scope::ScopeError;
use std::cell::Cell;

thread_local! {
    /// Whether the parts of a statement that name columns are read while it is rendered. Rendering is one synchronous call.
    static READING: Cell<bool> = const { Cell::new(false) };
}

/// Renders a statement that refuses to name the organization column among those that it writes.
#[cfg_attr(
    not(any(feature = "postgres", feature = "sqlite")),
    expect(dead_code, reason = "without a driver no statement is sent")
)]
pub(crate) fn reading<R>(render: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            READING.set(self.0);
        }
    }
    let _restore = Restore(READING.replace(true));
    render()
}

pub(super) fn is_reading() -> bool {
    READING.get()
}

/// Refuses a SET clause that assigns the column `organization`, and one whose targets cannot be read.
///
/// Each assignment begins with a quoted column, as diesel writes it; PostgreSQL's `"column"[1]` is one too.
pub(super) fn check(set: &str, organization: &str) -> Result<(), ScopeError> {
    let mut rest = set;
    loop {
        let (column, after) = quoted(rest.trim_start()).ok_or(ScopeError::OrganizationAssigned)?;
        if column.eq_ignore_ascii_case(organization) {
            return Err(ScopeError::OrganizationAssigned);
        }
        let after = after.trim_start();
        if !after.starts_with(['=', '[']) {
            return Err(ScopeError::OrganizationAssigned);
        }
        match next(after) {
            Some(further) => rest = further,
            None => break,
        }
    }
    // What hides an assignment from the walk above, in text that diesel did not write.
    if names(set, organization) { Err(ScopeError::OrganizationAssigned) } else { Ok(()) }
}

/// Whether `columns`, a list of quoted names, has the column `organization`, or cannot be read.
pub(crate) fn lists(columns: &str, organization: &str) -> bool {
    let mut rest = columns.trim();
    while !rest.is_empty() {
        let Some((column, after)) = quoted(rest) else { return true };
        if column.eq_ignore_ascii_case(organization) {
            return true;
        }
        match after.trim_start().strip_prefix(',') {
            Some(further) => rest = further.trim_start(),
            None => return !after.trim().is_empty(),
        }
    }
    false
}

/// The name in quotes that `text` begins with, and what follows it. PostgreSQL's quote is `"`, SQLite's is diesel's `` ` ``.
fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '`'))?;
    let mut name = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((_, letter)) = letters.next() {
        if letter != quote {
            name.push(letter);
            continue;
        }
        match letters.peek() {
            Some((_, twice)) if *twice == quote => {
                letters.next();
                name.push(quote);
            }
            Some((at, _)) => return Some((name, &text[*at..])),
            None => return Some((name, "")),
        }
    }
    None
}

/// What follows the next comma that stands outside of parentheses and quotes.
fn next(text: &str) -> Option<&str> {
    let (mut depth, mut inside) = (0_usize, None);
    for (at, letter) in text.char_indices() {
        match (inside, letter) {
            (Some(quote), _) if letter == quote => inside = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => inside = Some(letter),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => return Some(&text[at + 1..]),
            (None, _) => {}
        }
    }
    None
}

/// Whether the column stands before a `=` without a table's name before it: what a SET clause that was read wrongly could hide.
fn names(set: &str, organization: &str) -> bool {
    let (set, organization) = (set.to_ascii_lowercase(), organization.to_ascii_lowercase());
    set.match_indices(&organization).any(|(at, _)| {
        let before = set[..at].trim_end_matches(['"', '`']).trim_end();
        let within = |text: Option<char>| text.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        let after = &set[at + organization.len()..];
        let whole = !within(set[..at].chars().next_back()) && !within(after.chars().next());
        let after = after.trim_start_matches(['"', '`']).trim_start();
        whole && !before.ends_with('.') && after.starts_with('=') && !after.starts_with("==")
    })
}

#[cfg(test)]
mod tests {
    use super::{check, lists};
    use crate::scope::ScopeError;

    #[test]
    fn what_diesel_writes_is_let_through() {
        for set in [
            "\"memo\" = $1",
            "`memo` = ?, `amount` = (`amount` + ?)",
            "\"memo\" = $1, \"amount\" = coalesce(\"t\".\"amount\", $2), \"tags\"[$3] = $4",
            "\"memo\" = (SELECT \"memo\" FROM (SELECT * FROM \"t\" WHERE \"t\".\"org_id\" = $1) AS \"t\" LIMIT 1)",
            "\"memo\" = 'a, \"org_id\" in a text'",
            "\"my_org_id\" = $1, \"a\"\"b\" = $2, \"org_id_2\" = $3",
            "\"org\" = \"t\".\"org_id\"",
        ] {
            assert_eq!(check(set, "org_id"), Ok(()), "{set}");
        }
    }

    #[test]
    fn the_organization_is_never_assigned() {
        for set in [
            "\"org_id\" = $1",
            "\"memo\" = $1, \"org_id\" = $2",
            "\"memo\" = $1, \"ORG_ID\" = $2",
            "`memo` = ?, `org_id`=?",
            "org_id = $1",
            "\"memo\" = $1, org_id = $2",
            "(\"memo\", \"org_id\") = ($1, $2)",
            "\"memo\" = $1, (org_id) = ROW($2)",
            "U&\"org\\005fid\" = $1",
            "\"memo\" = $1, U&\"org\\005fid\" = $2",
            "\"memo\" = E'\\'', \"org_id\" = 'x' --'",
            "\"memo\" = $1, /* */ \"org_id\" = $2",
            "\"org_id\"[1] = $1",
            "",
            "\"memo\"",
        ] {
            assert_eq!(check(set, "org_id"), Err(ScopeError::OrganizationAssigned), "{set}");
        }
    }

    #[test]
    fn the_organization_is_in_no_list_of_columns() {
        assert!(!lists("\"memo\", \"a\"\"b\", \"amount\"", "org_id"));
        assert!(!lists("", "org_id"));
        for columns in
            ["\"org_id\"", "\"memo\", \"org_id\"", "`memo`, `Org_Id`", "memo", "\"memo\" org_id", "\"memo\", org_id"]
        {
            assert!(lists(columns, "org_id"), "{columns}");
        }
    }
}
