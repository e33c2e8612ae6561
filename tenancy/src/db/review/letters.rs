//! The letters of a text, before any parser: what parser and database could read differently is not read at all.
//!
//! Comments, escapes, dollar quotes, prefixed literals and letters outside of ASCII are where two readers of SQL disagree. No
//! rendered statement has them outside of its quotes.

use super::Dialect;
use super::found::Found;

/// How deep a text is nested, at most.
pub(super) struct Shape {
    pub(super) depth: usize,
}

/// Looks at every letter.
pub(super) fn look(sql: &str, dialect: Dialect) -> Result<Shape, Found> {
    let bytes = sql.as_bytes();
    let (mut at, mut open, mut deepest) = (0, 0_usize, 0);
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied().unwrap_or(b' ');
        // `$1FROM t` is a bind and FROM to older servers, and a bind of that name to the parser.
        if byte.is_ascii_digit() && (next.is_ascii_alphabetic() || next == b'_') && is_number(bytes, at) {
            return Err(Found::form("a number that a word follows without a space"));
        }
        match byte {
            b'\'' | b'"' | b'`' => {
                at = quoted(bytes, at, before, dialect)?;
                continue;
            }
            b'(' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b')' => open = open.checked_sub(1).ok_or_else(|| Found::form("a parenthesis that closes none"))?,
            b'-' if next == b'-' => return Err(Found::form("a comment")),
            b'/' if next == b'*' => return Err(Found::form("a comment")),
            b'$' if dialect == Dialect::Postgres && next.is_ascii_digit() && !is_word(before) => {}
            // SQLite numbers a bind that is written so by itself.
            b'?' if dialect == Dialect::Sqlite && is_word(next) => return Err(Found::form("a numbered bind")),
            b'[' | b']' | b':' | b'@' if dialect == Dialect::Postgres => {}
            b'$' | b'[' | b']' | b':' | b'@' | b'\\' | b';' | b'{' | b'}' => {
                return Err(Found::form("a letter that no rendered statement has"));
            }
            b' ' | b'\n' | b'\r' | b'\t' | 0x21..=0x7e => {}
            _ => return Err(Found::form("a letter outside of ASCII, or a control character")),
        }
        at += 1;
    }
    Ok(Shape { depth: deepest })
}

/// Whether the digits up to `at` begin a word, or follow a `$` that does.
fn is_number(bytes: &[u8], at: usize) -> bool {
    let before = |byte: &u8| is_word(*byte) && *byte != b'$';
    let word = bytes[..=at].iter().rev().take_while(|byte| before(byte)).last();
    word.is_some_and(u8::is_ascii_digit)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

/// From the quote at `begin` to behind the one that ends it; a doubled quote is one inside.
fn quoted(bytes: &[u8], begin: usize, before: u8, dialect: Dialect) -> Result<usize, Found> {
    let quote = bytes[begin];
    // `E'..'`, `U&"..`, `x'..'`: what they hold is escaped in ways of their own.
    if is_word(before) || before == b'&' || (quote == b'`' && dialect == Dialect::Postgres) {
        return Err(Found::form("a literal or name with a prefix"));
    }
    let mut at = begin + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            _ if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            _ if byte == quote => return Ok(at + 1),
            b'\\' if quote == b'\'' => return Err(Found::form("a backslash in a literal")),
            0..=0x1f | 0x7f => return Err(Found::form("a control character in a literal or name")),
            _ => at += 1,
        }
    }
    Err(Found::form("a quote that does not end"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rendered_is_read() {
        for sql in [
            r#"SELECT "a"."b", count(*) FROM (SELECT * FROM "t" WHERE "t"."org_id" = $1) AS "t" WHERE "t"."a" = $12"#,
            r#"SELECT "größe", a1b, a_1_b + 1.5, $2, 'it''s' || "a""b" FROM "t" WHERE x[1:2] @> '{}' AND y::text = '--' "#,
        ] {
            assert!(look(sql, Dialect::Postgres).is_ok(), "{sql}");
        }
        let sqlite =
            "SELECT `a`.`b` FROM (SELECT * FROM `t` WHERE `t`.`org_id` = ?) AS `t` WHERE `a` <> ? AND 'a`' = \"b\"";
        assert!(look(sqlite, Dialect::Sqlite).is_ok());
        assert_eq!(look("((1)) + (((2)))", Dialect::Sqlite).map(|shape| shape.depth), Ok(3));
    }

    #[test]
    fn what_two_readers_could_read_differently_is_not() {
        for sql in [
            "SELECT 1 -- x",
            "SELECT 1 /* /* */",
            "SELECT 1; SELECT 2",
            r"SELECT '\'",
            "SELECT E'a'",
            "SELECT e'a'",
            "SELECT U&'a'",
            "SELECT U&\"a\"",
            "SELECT $$a$$",
            "SELECT $a$b$a$",
            "SELECT a$1",
            "SELECT 'a",
            "SELECT 1)",
            "SELECT größe",
            "SELECT\u{b}1",
            "SELECT 'a\0b'",
            "SELECT $1FROM t",
            "SELECT 1FROM t",
            "SELECT 0x1F",
            "SELECT 1_000",
            "SELECT \u{a0}1",
        ] {
            for dialect in [Dialect::Postgres, Dialect::Sqlite] {
                assert!(look(sql, dialect).is_err(), "{sql}");
            }
        }
        for sql in ["SELECT :a", "SELECT @a", "SELECT $1", "SELECT [a]", "SELECT ?1"] {
            assert!(look(sql, Dialect::Sqlite).is_err(), "{sql}");
        }
        assert!(look("SELECT `a`", Dialect::Postgres).is_err());
    }
}
