//! The constraints, defaults and indexes of the tables on PostgreSQL: those that a database has, and those that the first migration
//! makes.

use crate::session::session_row::Cells;
use std::collections::BTreeSet;
use tenancy_service::__private::sql::{StoreError, Value};

/// What the first migration makes, as PostgreSQL spells it: table, kind, definition. A test compares it with a migrated database.
const FIRST: &str = include_str!("postgres/0001_tables.shape");

/// Constraints, defaults and indexes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape(BTreeSet<(String, String, String)>);

impl Shape {
    /// What a database has.
    pub(super) fn read(rows: Vec<Vec<Value>>) -> Result<Self, StoreError> {
        let one = |row| {
            let mut row = Cells::new(row);
            Ok((row.text()?, row.text()?, row.text()?))
        };
        rows.into_iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// What the first migration makes.
    pub(super) fn made_by_the_first() -> Self {
        let line = |line: &str| {
            let mut parts = line.splitn(3, '|').map(str::to_owned);
            Some((parts.next()?, parts.next()?, parts.next()?))
        };
        Self(FIRST.lines().filter_map(line).collect())
    }

    /// The text that [`made_by_the_first`](Self::made_by_the_first) reads.
    #[cfg(test)]
    pub(super) fn text(&self) -> String {
        self.0.iter().map(|(table, kind, definition)| format!("{table}|{kind}|{definition}\n")).collect()
    }

    /// The first difference of those of these tables that the first migration makes from what they should be. An index that does not exist is made, and one that is not
    /// unique may be an operator's.
    pub(super) fn difference<'a>(&self, tables: impl Iterator<Item = &'a String>) -> Option<String> {
        let expected = Self::made_by_the_first();
        let made: BTreeSet<_> = expected.0.iter().map(|(table, ..)| table).collect();
        let tables: BTreeSet<_> = tables.filter(|table| made.contains(table)).collect();
        let in_tables = |one: &&(String, String, String)| tables.contains(&one.0);
        let missing = expected.0.difference(&self.0).filter(in_tables).find(|(_, kind, _)| kind != "index");
        if let Some((table, kind, definition)) = missing {
            return Some(format!("the table `{table}` lacks the {kind} `{definition}`"));
        }
        let names: BTreeSet<_> = expected.0.iter().filter_map(|(_, _, definition)| index_name(definition)).collect();
        let another = |(_, kind, definition): &&(String, String, String)| {
            kind != "index" || index_name(definition).is_some_and(|name| names.contains(name))
        };
        let (table, kind, definition) = self.0.difference(&expected.0).filter(in_tables).find(another)?;
        Some(format!("the table `{table}` has the {kind} `{definition}` of another origin"))
    }
}

/// The name in the definition of an index.
fn index_name(definition: &str) -> Option<&str> {
    let rest = definition.strip_prefix("CREATE UNIQUE INDEX ").or_else(|| definition.strip_prefix("CREATE INDEX "))?;
    rest.split(' ').next()
}
