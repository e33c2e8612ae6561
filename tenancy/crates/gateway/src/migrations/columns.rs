//! The columns of the gateway's tables: those that a database has, and those that the first migration makes.

use super::{Dialect, Migration};
use crate::session::session_row::Cells;
use std::collections::{BTreeMap, BTreeSet};
use tenancy_service::__private::sql::{StoreError, Value};

/// The table that records migrations.
pub(super) const RECORD: &str = "gateway_migrations";

/// A column's type and whether it is NOT NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    kind: String,
    not_null: bool,
}

/// Tables with their columns.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) tables: BTreeMap<String, BTreeMap<String, Column>>,
    /// Tables that the role may not read.
    pub(super) unreadable: BTreeSet<String>,
}

impl Columns {
    /// What a database has.
    pub(super) fn read(rows: Vec<Vec<Value>>) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for row in rows {
            let mut row = Cells::new(row);
            let (table, column) = (row.text()?, row.text()?);
            let (kind, not_null, readable) = (row.text()?, row.int()? == 1, row.int()? == 1);
            if !readable {
                columns.unreadable.insert(table.clone());
            }
            columns.tables.entry(table).or_default().insert(column, Column { kind, not_null });
        }
        Ok(columns)
    }

    /// What a migration makes that has nothing but `CREATE TABLE`, a column to a line.
    pub(super) fn made_by(first: &Migration, dialect: Dialect) -> Self {
        let mut columns = Self::default();
        let mut table = None;
        for line in first.sql().lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("CREATE TABLE IF NOT EXISTS ") {
                table = name.split_whitespace().next();
            } else if line.starts_with(");") {
                table = None;
            }
            let (Some(table), Some((column, rest))) = (table, line.split_once(' ')) else { continue };
            // Keywords and comments are no columns.
            if column.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_') {
                let kind = rest.split([' ', ',']).next().unwrap_or_default().to_owned();
                let key = dialect == Dialect::Postgres && rest.contains("PRIMARY KEY");
                let not_null = rest.contains("NOT NULL") || key;
                columns
                    .tables
                    .entry(table.to_owned())
                    .or_default()
                    .insert(column.to_owned(), Column { kind, not_null });
            }
        }
        columns
    }

    /// Whether there is any table besides the record.
    pub(super) fn is_empty(&self) -> bool {
        self.tables.keys().all(|table| table == RECORD)
    }

    /// The first table or column of these that does not exist or has another type. Later migrations add columns.
    pub(super) fn lacks(&self, expected: &Self) -> Option<String> {
        expected.tables.iter().find_map(|(table, columns)| {
            let Some(found) = self.tables.get(table) else {
                return Some(format!("the table `{table}` does not exist"));
            };
            let (column, _) = columns.iter().find(|(name, column)| found.get(*name) != Some(*column))?;
            Some(format!("the column `{table}.{column}` does not exist or has another type"))
        })
    }

    /// The first difference of a table that is there from what it should be. Tables that are not there are made.
    pub(super) fn difference(&self, expected: &Self) -> Option<String> {
        expected.tables.iter().find_map(|(table, expected)| {
            let found = self.tables.get(table)?;
            let missing = expected.keys().find(|column| !found.contains_key(*column));
            let more = found.keys().find(|column| !expected.contains_key(*column));
            let other = expected.iter().find(|(name, column)| found.get(*name).is_some_and(|found| found != *column));
            let said = |column: &Column| format!("{}{}", column.kind, if column.not_null { " NOT NULL" } else { "" });
            match (missing, more, other) {
                (Some(column), _, _) => Some(format!("the table `{table}` lacks the column `{column}`")),
                (_, Some(column), _) => Some(format!("the table `{table}` has a column `{column}` of another origin")),
                (_, _, Some((name, column))) => {
                    let found = said(&found[name]);
                    Some(format!("the column `{table}.{name}` is `{found}` and should be `{}`", said(column)))
                }
                _ => None,
            }
        })
    }
}
