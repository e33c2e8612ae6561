//! The relations that bear the gateway's names: whether a migration can have made them.
//!
//! A lesser role that may create in a schema of `search_path` can make a table, a view, an index or a function there before the
//! migrations do, and `CREATE TABLE IF NOT EXISTS` takes what is there.

use super::relation_error::{RelationError, Shown};
use crate::session::session_row::Cells;
use tenancy_service::__private::sql::{StoreError, Value};

/// The tables that lose no line: a trigger rejects changes.
const APPEND_ONLY: [&str; 4] = ["gateway_audit", "gateway_entries", "gateway_entry_approvals", "gateway_entry_ends"];

/// What the tables are looked at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The gateway's own role is about to use them. It owns none.
    Use,
    /// The role that owns them is about to change them.
    Migrate,
}

/// A relation on PostgreSQL.
#[derive(Debug)]
struct Relation {
    schema: String,
    name: String,
    kind: String,
    /// The table that an index or a sequence belongs to.
    parent: String,
    owner: String,
    /// Whether it lies in the schema that new tables are made in.
    here: bool,
    /// Whether the role that migrates owns it.
    owned: bool,
    role: String,
    /// What no migration adds.
    added: String,
    append_only: bool,
}

/// What a database has.
#[derive(Debug, Default)]
pub(super) struct Relations(Vec<Relation>);

impl Relations {
    /// Adds what a schema has, but for names that a schema before it has: those are not reached.
    pub(super) fn add(&mut self, schema: &str, here: bool, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        let before = self.0.len();
        for row in rows {
            let mut row = Cells::new(row);
            let name = row.text()?;
            if self.0[..before].iter().any(|one| one.name == name) {
                continue;
            }
            self.0.push(Relation {
                schema: schema.to_owned(),
                here,
                name,
                kind: row.text()?,
                parent: row.text()?,
                owner: row.text()?,
                owned: row.int()? == 1,
                role: row.text()?,
                added: row.text()?,
                append_only: row.int()? == 1,
            });
        }
        Ok(())
    }

    /// The schema that they lie in.
    pub(super) fn schema(&self) -> Option<&str> {
        self.0.first().map(|one| one.schema.as_str())
    }

    /// Succeeds when every relation can be one that a migration made.
    pub(super) fn check(&self, purpose: Purpose, current: &str) -> Result<(), RelationError> {
        let mut first: Option<&Relation> = None;
        for relation in &self.0 {
            relation.check(purpose, current)?;
            let first = *first.get_or_insert(relation);
            if first.schema != relation.schema {
                return Err(RelationError::Schemas { relation: relation.place(), other: first.place() });
            }
            if first.owner != relation.owner {
                let (owner, other) = (relation.owner.clone(), first.owner.clone());
                return Err(RelationError::Owners { relation: relation.place(), owner, other });
            }
        }
        Ok(())
    }

    /// The first table of the audit log that would lose a line.
    pub(super) fn without_trigger(&self) -> Option<String> {
        let open = self.0.iter().find(|one| APPEND_ONLY.contains(&one.name.as_str()) && !one.append_only)?;
        Some(format!("the table `{}` lacks the trigger that keeps its rows", open.name))
    }
}

impl Relation {
    fn place(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    fn check(&self, purpose: Purpose, current: &str) -> Result<(), RelationError> {
        if let Some(kind) = self.strange_kind() {
            return Err(RelationError::Kind { relation: self.place(), kind });
        }
        if purpose == Purpose::Migrate && !self.here {
            return Err(RelationError::Schema { relation: self.place(), current: current.to_owned() });
        }
        if purpose == Purpose::Migrate && !self.owned {
            let (owner, role) = (self.owner.clone(), self.role.clone());
            return Err(RelationError::Owner { relation: self.place(), owner, role });
        }
        if !self.added.is_empty() {
            return Err(RelationError::Added { relation: self.place(), what: Shown(&self.added).to_string() });
        }
        Ok(())
    }

    /// What it is, unless a migration makes its kind.
    fn strange_kind(&self) -> Option<&'static str> {
        match self.kind.as_str() {
            "r" => None,
            "i" | "S" if self.parent.starts_with("gateway_") => None,
            "i" => Some("an index of another table"),
            "S" => Some("a sequence of no table"),
            "v" => Some("a view"),
            "m" => Some("a materialized view"),
            "f" => Some("a foreign table"),
            "p" | "I" => Some("partitioned"),
            "c" => Some("a composite type"),
            _ => Some("of an unknown kind"),
        }
    }
}

/// What SQLite has beside the tables: views of their names, and triggers of other names.
pub(super) fn check_on_sqlite(rows: Vec<Vec<Value>>) -> Result<Result<(), RelationError>, StoreError> {
    let Some(row) = rows.into_iter().next() else { return Ok(Ok(())) };
    let mut row = Cells::new(row);
    let (kind, name, table) = (row.text()?, row.text()?, row.text()?);
    Ok(Err(match kind.as_str() {
        "view" => RelationError::Kind { relation: name, kind: "a view" },
        _ => RelationError::Added { relation: table, what: format!("the trigger `{}`", Shown(name)) },
    }))
}
