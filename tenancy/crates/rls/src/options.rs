//! What a wall is built for.

use serde::{Deserialize, Serialize};

/// The database that the wall is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// PostgreSQL 15 or later. Policies hold `(SELECT tenancy.org())`, which is evaluated once a table reference.
    #[default]
    Postgres,
    /// Citus. It refuses sub-selects in policies, and wants one DDL statement a transaction. Not run by our tests.
    Citus,
    /// CockroachDB 25.2 or later. As Citus. Not run by our tests.
    Cockroach,
}

impl Target {
    /// Whether policies may hold a sub-select.
    pub(crate) const fn wraps(self) -> bool {
        matches!(self, Self::Postgres)
    }

    /// Whether all steps may share one transaction.
    pub(crate) const fn one_transaction(self) -> bool {
        matches!(self, Self::Postgres)
    }
}

/// How the database verifies the scope that it is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A token that only a process with a [`SealKey`](tenancy::db::seal::SealKey) can make.
    #[default]
    Sealed,
    /// A plain setting, which **any SQL that runs as the service's role can set to any organization**. It holds
    /// against a forgotten predicate, not against injected SQL or a stolen password. Cheaper by some 10 µs a table.
    Unsealed,
}

/// What [`Plan::for_manifest`](super::Plan::for_manifest) and [`live::diff`](super::live::diff) build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Options {
    /// The role that the service logs in as. It owns nothing, and every policy is for it.
    pub app_role: String,
    /// The role that owns the key and the verifier. It cannot log in.
    pub owner_role: String,
    /// The database.
    pub target: Target,
    /// How the database verifies a scope.
    pub level: Level,
    /// Where tables lie that the declaration does not qualify.
    pub default_schema: String,
    /// The schema of the gateway's directory, if every transaction compares its epochs.
    #[serde(default)]
    pub directory: Option<String>,
}

impl Options {
    /// A sealed wall on PostgreSQL for the role `app_role`.
    pub fn new(app_role: impl Into<String>) -> Self {
        Self {
            app_role: app_role.into(),
            owner_role: "tenancy_owner".to_owned(),
            target: Target::Postgres,
            level: Level::Sealed,
            default_schema: "public".to_owned(),
            directory: None,
        }
    }

    /// Another owner than `tenancy_owner`.
    #[must_use]
    pub fn owner_role(mut self, owner_role: impl Into<String>) -> Self {
        self.owner_role = owner_role.into();
        self
    }

    /// Another database than PostgreSQL.
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// Another level than sealed.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Another schema than `public` for tables that the declaration does not qualify.
    #[must_use]
    pub fn default_schema(mut self, schema: impl Into<String>) -> Self {
        self.default_schema = schema.into();
        self
    }

    /// Lets [`compare_epochs`](tenancy::db::TenantDbBuilder::compare_epochs) ask the gateway's directory, whose tables are in
    /// this schema of the same database. The tables come first.
    #[must_use]
    pub fn directory(mut self, schema: impl Into<String>) -> Self {
        self.directory = Some(schema.into());
        self
    }
}
