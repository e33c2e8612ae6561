//! Reads rendered SQL: does every organization table in it carry the organization of its scope?
//!
//! It knows the text only, so it stands on nothing that it checks. A table may be named in four ways, and each must be
//! followed by the organization's bind: `FROM t WHERE t.org = $1` (a derived table, a DELETE), `UPDATE t SET .. WHERE
//! t.org = $1`, `INSERT INTO t (org, ..) VALUES ($1, ..)` and `INSERT INTO t (org, ..) SELECT $1, ..`.

use diesel::backend::{Backend, DieselReserveSpecialization};
use diesel::query_builder::QueryFragment;
use std::fmt::{Debug, Display};

/// How the organization's bind is shown: its value never is.
pub const ORGANIZATION: &str = "organization of the scope";

/// An organization table: its name, and the name of its organization column.
pub type TenantTable = (&'static str, &'static str);

/// A statement's SQL and its binds, as diesel's `debug_query` writes them.
pub fn rendered<DB, Q>(query: &Q) -> String
where
    DB: Backend + DieselReserveSpecialization,
    DB::QueryBuilder: Default,
    Q: QueryFragment<DB>,
    for<'a> diesel::query_builder::DebugQuery<'a, Q, DB>: Display + Debug,
{
    diesel::debug_query::<DB, _>(query).to_string()
}

/// Checks every occurrence of every table and returns how many there are.
///
/// # Errors
/// The first occurrence that does not carry the organization.
pub fn check(rendered: &str, tables: &[TenantTable]) -> Result<usize, String> {
    let (sql, binds) = rendered.rsplit_once(" -- binds: ").ok_or("no binds are shown")?;
    let statement = Statement { sql: numbered(sql), binds: split(binds) };
    let mut count = 0;
    for (table, organization) in tables {
        let quoted = format!("\"{table}\"");
        for (at, _) in statement.sql.match_indices(&quoted) {
            count += usize::from(statement.occurrence(at, table, organization)?);
        }
    }
    Ok(count)
}

/// SQLite's quotes and placeholders, written as PostgreSQL's.
pub fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let mut number = 0;
    for letter in sql.chars() {
        match letter {
            '`' => out.push('"'),
            '?' => {
                number += 1;
                out.push_str(&format!("${number}"));
            }
            other => out.push(other),
        }
    }
    out
}

/// The elements of a debugged list.
pub fn split(binds: &str) -> Vec<String> {
    let (mut out, mut depth, mut text) = (vec![String::new()], 0, false);
    let mut previous = ' ';
    for letter in binds.trim().trim_start_matches('[').chars() {
        match letter {
            '"' if previous != '\\' => text = !text,
            '[' | '(' if !text => depth += 1,
            ']' | ')' if !text => depth -= 1,
            ',' if !text && depth == 0 => out.push(String::new()),
            _ => {}
        }
        if letter != ',' || text || depth != 0 {
            out.last_mut().expect("one element").push(letter);
        }
        previous = letter;
    }
    out.into_iter().map(|bind| bind.trim().trim_end_matches(']').to_owned()).collect()
}

struct Statement {
    sql: String,
    binds: Vec<String>,
}

impl Statement {
    /// Whether the name at `at` is the table itself, not a column's qualifier or an alias.
    fn occurrence(&self, at: usize, table: &str, organization: &str) -> Result<bool, String> {
        let (before, after) = (&self.sql[..at], &self.sql[at + table.len() + 2..]);
        if after.starts_with('.') || before.ends_with(" AS ") {
            return Ok(false);
        }
        let (before, schema) = without_schema(before);
        // A written table of a named schema has an alias that says so.
        let alias = schema.map(|schema| format!("{schema}.{table}"));
        let aliased =
            alias.as_deref().and_then(|alias| Some((after.strip_prefix(&format!(" AS \"{alias}\""))?, alias)));
        let (after, table) = aliased.unwrap_or((after, table));
        let holds = if before.ends_with("INSERT INTO ") {
            self.insert_holds(after, table, organization)
        } else if before.ends_with("UPDATE ") {
            at_top(after, " WHERE ").is_some_and(|rest| self.predicate_holds(rest, table, organization))
        } else if before.ends_with(" FROM ") || before.ends_with("DELETE FROM ") {
            after.strip_prefix(" WHERE ").is_some_and(|rest| self.predicate_holds(rest, table, organization))
        } else {
            false
        };
        if holds { Ok(true) } else { Err(format!("`{table}` carries no organization at byte {at} of {}", self.sql)) }
    }

    /// `"t"."org" = $n`, alone or with everything else behind `AND (..)`.
    fn predicate_holds(&self, text: &str, table: &str, organization: &str) -> bool {
        let Some(rest) = text.strip_prefix(&format!("\"{table}\".\"{organization}\" = ")) else { return false };
        let Some(rest) = self.after_organization(rest) else { return false };
        let rest = match rest.strip_prefix(" AND (") {
            Some(filter) => match closing(filter) {
                Some(end) => &filter[end + 1..],
                None => return false,
            },
            None => rest,
        };
        rest.is_empty() || rest.starts_with(')') || rest.starts_with(" RETURNING ") || rest.starts_with(" FOR ")
    }

    /// What follows the organization's bind.
    fn after_organization<'a>(&self, text: &'a str) -> Option<&'a str> {
        let digits = text.strip_prefix('$')?;
        let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
        let place: usize = digits[..end].parse().ok()?;
        (self.binds.get(place - 1)? == ORGANIZATION).then_some(&digits[end..])
    }

    fn insert_holds(&self, after: &str, table: &str, organization: &str) -> bool {
        let Some(rest) = after.strip_prefix(&format!(" (\"{organization}\"")) else { return false };
        let Some(rest) = closing(rest).map(|end| &rest[end + 1..]) else { return false };
        let rows = match (rest.strip_prefix(" VALUES "), rest.strip_prefix(" SELECT ")) {
            (Some(rows), _) => self.rows_hold(rows),
            (None, Some(row)) => {
                // An insert of no rows selects none.
                self.after_organization(row).is_some_and(|row| row.starts_with(',') || row.starts_with(" WHERE 1 = 0"))
            }
            (None, None) => false,
        };
        let update = at_top(rest, " DO UPDATE SET ").map(|changes| at_top(changes, " WHERE "));
        rows && update.is_none_or(|own| own.is_some_and(|own| self.predicate_holds(own, table, organization)))
    }

    /// `($1, ..), ($4, ..)`: each row begins with the organization.
    fn rows_hold(&self, mut rows: &str) -> bool {
        loop {
            let Some(row) = rows.strip_prefix('(') else { return false };
            let stamped = self.after_organization(row).is_some_and(|row| row.starts_with([',', ')']));
            let Some(end) = closing(row).filter(|_| stamped) else { return false };
            match row[end + 1..].strip_prefix(", ") {
                Some(next) => rows = next,
                None => return true,
            }
        }
    }
}

/// What stands before the name and its schema, and the schema.
fn without_schema(before: &str) -> (&str, Option<&str>) {
    let Some(schema) = before.strip_suffix("\".") else { return (before, None) };
    schema.rfind('"').map_or((before, None), |start| (&schema[..start], Some(&schema[start + 1..])))
}

/// Where the parenthesis that is open at the start of `text` closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What follows the first `word` outside of any parenthesis.
fn at_top<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && text[at..].starts_with(word) => return Some(&text[at + word.len()..]),
            _ => {}
        }
    }
    None
}

/// The checker itself is shown texts that it must refuse.
pub mod shown {
    use super::{TenantTable, check};

    const T: &[TenantTable] = &[("t", "org_id"), ("u", "org_id")];
    const BINDS: &str = " -- binds: [organization of the scope, 5, organization of the scope]";

    pub fn accepts_what_is_scoped() {
        for (sql, count) in [
            ("SELECT \"t\".\"id\" FROM (SELECT * FROM \"t\" WHERE \"t\".\"org_id\" = $1) AS \"t\"", 1),
            ("SELECT `t`.`id` FROM (SELECT * FROM `main`.`t` WHERE `t`.`org_id` = ?) AS `t`", 1),
            ("SELECT 1 FROM (SELECT * FROM `s`.`t` WHERE `t`.`org_id` = ?) AS `s.t`", 1),
            ("UPDATE \"s\".\"t\" AS \"s.t\" SET \"x\" = 1 WHERE \"s.t\".\"org_id\" = $1", 1),
            ("DELETE FROM \"s\".\"t\" AS \"s.t\" WHERE \"s.t\".\"org_id\" = $1 AND (\"s.t\".\"x\" = $2)", 1),
            ("INSERT INTO \"s\".\"t\" AS \"s.t\" (\"org_id\") VALUES ($1)", 1),
            ("UPDATE \"t\" SET \"x\" = (SELECT 1) WHERE \"t\".\"org_id\" = $3 AND ((\"t\".\"x\" = $2))", 1),
            ("DELETE FROM \"t\" WHERE \"t\".\"org_id\" = $1 RETURNING \"t\".\"id\"", 1),
            ("INSERT INTO \"t\" (\"org_id\", \"x\") VALUES ($1, $2), ($3, $2)", 1),
            ("INSERT INTO \"t\" (\"org_id\", \"x\") SELECT $1, rows.* FROM (SELECT 1) AS rows WHERE 1 = 1", 1),
            ("INSERT INTO \"t\" (\"org_id\") SELECT $1 WHERE 1 = 0", 1),
        ] {
            assert_eq!(check(&format!("{sql}{BINDS}"), T), Ok(count), "{sql}");
        }
    }

    pub fn refuses_what_is_not() {
        for sql in [
            "SELECT \"t\".\"id\" FROM \"t\"",
            "SELECT \"t\".\"id\" FROM \"t\" WHERE \"t\".\"id\" = $1",
            "SELECT 1 FROM (SELECT * FROM \"t\" WHERE \"t\".\"org_id\" = $2) AS \"t\"",
            "SELECT 1 FROM (SELECT * FROM \"t\" WHERE \"t\".\"org_id\" = $1 OR 1 = 1) AS \"t\"",
            "SELECT 1 FROM (SELECT * FROM \"t\" WHERE \"t\".\"org_id\" = $1) AS \"t\" INNER JOIN \"u\" ON 1 = 1",
            "SELECT 1 FROM (SELECT * FROM \"t\" WHERE \"t\".\"org_id\" = $1) AS \"t\" WHERE EXISTS (SELECT 1 FROM \"u\")",
            "UPDATE \"t\" SET \"x\" = $2",
            "UPDATE \"t\" SET \"x\" = (SELECT 1 FROM x WHERE \"t\".\"org_id\" = $1)",
            "UPDATE \"t\" SET \"x\" = $2 WHERE \"t\".\"org_id\" = $1 AND (1 = 1) OR (1 = 1)",
            "DELETE FROM \"t\" WHERE \"t\".\"id\" = $1",
            "DELETE FROM \"s\".\"t\" AS \"s.t\" WHERE \"t\".\"org_id\" = $1",
            "DELETE FROM \"s\".\"t\" AS \"r.t\" WHERE \"s.t\".\"org_id\" = $1",
            "INSERT INTO \"t\" (\"x\") VALUES ($1)",
            "INSERT INTO \"t\" (\"org_id\", \"x\") VALUES ($1, $2), ($2, $2)",
            "INSERT INTO \"t\" (\"org_id\", \"x\") SELECT $2, rows.* FROM (SELECT 1) AS rows",
            "INSERT INTO \"t\" (\"org_id\") VALUES ($1) ON CONFLICT (\"id\") DO UPDATE SET \"x\" = $2",
            "INSERT INTO \"t\" (\"org_id\") VALUES ($1) ON CONFLICT (\"id\") DO UPDATE SET \"x\" = $2 WHERE 1 = 1",
        ] {
            assert!(check(&format!("{sql}{BINDS}"), T).is_err(), "{sql}");
        }
    }
}
