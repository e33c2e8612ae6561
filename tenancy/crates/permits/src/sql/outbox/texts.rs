//! The statements of the outbox.

use crate::sql::database::{Kind, Text};
use crate::sql::dialect::Dialect;
use crate::sql::engine::SqlEngine;
use std::fmt::Write as _;

const NAMES: &str = "organization_id, resource_type, resource_id, relation, subject_type, subject_id, subject_relation";

/// An id, the names, an expiry.
const KINDS: &[Kind] =
    &[Kind::Int, Kind::Org, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Int];

/// Texts, with the meaning of their parameters where it is not evident.
#[derive(Debug)]
pub(crate) struct Texts {
    /// Organization.
    pub(super) gate: Text,
    /// Id, limit.
    pub(super) lines: Text,
    /// Id, limit.
    pub(super) rows: Text,
    /// Ids as a JSON array.
    pub(super) acknowledge: Text,
    /// Six names, organization.
    pub(super) again: Text,
    /// A line without names.
    pub(super) demand: Text,
    /// The ids of those.
    pub(super) demands: Text,
    pub(super) waiting: Text,
    pub(super) version: Text,
    /// Version.
    pub(super) record_version: Text,
}

impl Texts {
    pub(crate) fn of(engine: &SqlEngine) -> Self {
        let dialect = engine.inner.dialect;
        let text = |sql: &str, columns: &[Kind]| Text::new(dialect.parameters(sql), columns);
        let clock = dialect.clock();
        let outbox = format!("INSERT INTO permission_spicedb_outbox ({NAMES}, operation, since)");
        Self {
            gate: text(&gate(engine), &[Kind::Int; 2]),
            lines: text(
                &format!(
                    "SELECT id, {NAMES}, {} FROM permission_spicedb_outbox WHERE id > $1 ORDER BY id LIMIT $2",
                    nothing(dialect)
                ),
                KINDS,
            ),
            rows: text(
                &format!(
                    "SELECT id, {NAMES}, expires_at FROM permission_relationships WHERE id > $1 ORDER BY id LIMIT $2"
                ),
                KINDS,
            ),
            acknowledge: text(
                &format!(
                    "DELETE FROM permission_spicedb_outbox WHERE id IN (SELECT CAST(q.id AS bigint) FROM {})",
                    dialect.elements("$1")
                ),
                &[],
            ),
            again: text(&format!("{outbox} VALUES ($7, $1, $2, $3, $4, $5, $6, 'update', {clock})"), &[]),
            demand: text(&format!("{outbox} VALUES (NULL, '', '', '', '', '', '', 'update', {clock})"), &[]),
            demands: text("SELECT id FROM permission_spicedb_outbox WHERE resource_type = ''", &[Kind::Int]),
            waiting: text(
                &format!("SELECT COUNT(*), COALESCE({clock} - MIN(since), 0) FROM permission_spicedb_outbox"),
                &[Kind::Int; 2],
            ),
            version: text("SELECT COALESCE(MAX(version), 0) FROM permission_spicedb_migrations", &[Kind::Int]),
            record_version: text(
                &format!("INSERT INTO permission_spicedb_migrations (version, applied_at) VALUES ($1, {clock})"),
                &[],
            ),
        }
    }
}

fn nothing(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "CAST(NULL AS bigint)",
        Dialect::Sqlite => "NULL",
    }
}

/// A new relationship of a relation that is used negatively takes permissions away, as every delete may, and an expiry
/// that comes earlier. Names in a model are letters, digits and `_`.
fn gate(engine: &SqlEngine) -> String {
    let dialect = engine.inner.dialect;
    let (org, nil) = (dialect.organization("$1"), dialect.nil());
    let counts = format!("{} IN ({org}, {nil})", dialect.level("o.organization_id"));
    let line =
        |takes: &str| format!("EXISTS (SELECT 1 FROM permission_spicedb_outbox AS o WHERE {counts} AND {takes})");
    // Each has an index, which only the conditions as they are here fit.
    let mut behind = line("o.operation <> 'insert'");
    for (kind, relation) in &engine.inner.negative {
        let inserted = line(&format!("o.resource_type = '{kind}' AND o.relation = '{relation}'"));
        let _ = write!(behind, " OR {inserted}");
    }
    format!(
        "SELECT COALESCE((SELECT e.epoch FROM permission_epochs AS e WHERE e.org_id = {org}), 0), {}",
        dialect.number(&behind)
    )
}
