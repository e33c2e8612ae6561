//! How the two databases' SQL differs.

/// The database that the tables lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "only this database makes one"))]
    Postgres,
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "only this database makes one"))]
    Sqlite,
}

impl Dialect {
    /// Writes a text whose parameters are `$1`, `$2` … for this database. The character `$` means nothing else in our
    /// texts.
    pub(super) fn parameters(self, sql: &str) -> String {
        match self {
            Self::Postgres => sql.to_owned(),
            Self::Sqlite => sql.replace('$', "?"),
        }
    }

    /// An id in a recursive query. PostgreSQL demands that its collation is the column's.
    pub(super) fn id(self, sql: &str) -> String {
        match self {
            Self::Postgres => format!("CAST({sql} AS text) COLLATE \"C\""),
            Self::Sqlite => sql.to_owned(),
        }
    }

    /// A truth value as a number. A truth value that is NULL stays NULL.
    pub(super) fn number(self, sql: &str) -> String {
        match self {
            Self::Postgres => format!("CAST(CAST(({sql}) AS integer) AS bigint)"),
            Self::Sqlite => format!("CAST(({sql}) AS INTEGER)"),
        }
    }

    /// The nil UUID.
    pub(super) fn nil(self) -> &'static str {
        match self {
            Self::Postgres => "CAST('00000000-0000-0000-0000-000000000000' AS uuid)",
            Self::Sqlite => "x'00000000000000000000000000000000'",
        }
    }

    /// An organization as the indexes have it: what belongs to the levels above has the nil UUID.
    pub(super) fn level(self, organization: &str) -> String {
        format!("COALESCE({organization}, {})", self.nil())
    }

    /// Whether a row of relationships is an organization's, or above them for NULL.
    pub(super) fn of_level(self, column: &str, parameter: &str) -> String {
        format!("{} = {}", self.level(column), self.level(&self.organization(parameter)))
    }

    /// Whether a row of relationships counts for an organization: it is its own, or above.
    pub(super) fn counts_for(self, column: &str, parameter: &str) -> String {
        format!("{} IN ({}, {})", self.level(column), self.organization(parameter), self.nil())
    }

    /// The database's clock, in whole seconds since 1970.
    pub(super) fn clock(self) -> &'static str {
        match self {
            Self::Postgres => "CAST(floor(date_part('epoch', clock_timestamp())) AS bigint)",
            Self::Sqlite => "CAST(strftime('%s', 'now') AS INTEGER)",
        }
    }

    /// The texts of a JSON array as a table `q` with the column `id`.
    pub(super) fn elements(self, json: &str) -> String {
        match self {
            Self::Postgres => format!(
                "(SELECT j.value COLLATE \"C\" AS id \
                 FROM json_array_elements_text(CAST({json} AS json)) AS j (value)) AS q"
            ),
            Self::Sqlite => format!("(SELECT j.value AS id FROM json_each({json}) AS j) AS q"),
        }
    }

    /// A parameter that may be NULL as the organization's type.
    pub(super) fn organization(self, parameter: &str) -> String {
        match self {
            Self::Postgres => format!("CAST({parameter} AS uuid)"),
            Self::Sqlite => parameter.to_owned(),
        }
    }

    /// The end of an `EXISTS` that PostgreSQL must look up for one row at a time. Otherwise it may decide to compute the
    /// answers for all objects of a relation first, because it does not know that the statement stops after some rows.
    pub(super) fn by_index(self) -> &'static str {
        match self {
            Self::Postgres => " OFFSET 0",
            // It has no other way.
            Self::Sqlite => "",
        }
    }

    /// The subject's type of a row, for a statement that finds relationships by their subject; see the tables' indexes.
    pub(super) fn by_subject(self, column: &str) -> String {
        match self {
            Self::Postgres => format!("{column} COLLATE \"POSIX\""),
            Self::Sqlite => column.to_owned(),
        }
    }

    /// A number, 1 if a table of this name is there.
    pub(super) fn is_table(self, name: &str) -> String {
        match self {
            Self::Postgres => format!("CAST(CAST(pg_catalog.to_regclass('{name}') IS NOT NULL AS integer) AS bigint)"),
            Self::Sqlite => format!("(SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = '{name}')"),
        }
    }

    /// Locks the selected rows against writers, where the transaction itself does not keep them out already.
    pub(super) fn for_share(self) -> &'static str {
        match self {
            Self::Postgres => " FOR SHARE",
            // A transaction that may write is the only one (`BEGIN IMMEDIATE`).
            Self::Sqlite => "",
        }
    }
}
