//! The relationships that a command works on: the database, the model, the organization.

use super::files::model;
use crate::connection::DatabaseUrl;
use crate::outcome::CommandError;
use clap::Args;
use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tenancy_permits::sql::{Context, EngineError, SchemaError, SqlEngine, SqlEngineBuilder, WriteError};
use uuid::Uuid;

/// How long a command waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A command runs one statement at a time.
const CONNECTIONS: usize = 2;

/// Relationships in a database.
#[derive(Args)]
pub(super) struct Relationships {
    #[command(flatten)]
    pub(super) database: DatabaseUrl,
    /// The model that the service uses.
    #[arg(long, value_name = "FILE")]
    pub(super) model: PathBuf,
    /// The organization that the objects belong to.
    #[arg(long, value_name = "UUID", conflicts_with = "no_org")]
    org: Option<Uuid>,
    /// The objects are above organizations: the platform, tenants.
    #[arg(long)]
    no_org: bool,
    #[command(flatten)]
    settings: Settings,
}

/// What the service sets on its engine.
#[derive(Args)]
#[command(next_help_heading = "As the service's engine is set")]
pub(super) struct Settings {
    /// The type of organizations. Default: `organization`.
    #[arg(long, value_name = "TYPE")]
    organization_type: Option<String>,
    /// A type above organizations, beside `platform` and `tenant`.
    #[arg(long, value_name = "TYPE")]
    above_organizations: Vec<String>,
    /// A type that belongs to organizations, although it is called `platform` or `tenant`.
    #[arg(long, value_name = "TYPE")]
    within_organizations: Vec<String>,
    /// A relation that is never left without a direct user, beside `organization#owner`.
    #[arg(long, value_name = "TYPE#RELATION")]
    last_holder: Vec<String>,
    /// The permission that guards a relation, for --as: `team#member=manage_members`.
    #[arg(long, value_name = "TYPE#RELATION=PERMISSION")]
    guard: Vec<String>,
}

impl Settings {
    fn on(&self, mut builder: SqlEngineBuilder) -> Result<SqlEngineBuilder, CommandError> {
        if let Some(name) = &self.organization_type {
            builder = builder.organization_type(name);
        }
        for name in &self.above_organizations {
            builder = builder.above_organizations(name);
        }
        for name in &self.within_organizations {
            builder = builder.within_organizations(name);
        }
        for text in &self.last_holder {
            let unreadable = || CommandError::usage(format!("--last-holder {text}: write it as `type#relation`"));
            let (kind, relation) = text.split_once('#').ok_or_else(unreadable)?;
            builder = builder.last_holder(kind, relation);
        }
        for text in &self.guard {
            let unreadable = || CommandError::usage(format!("--guard {text}: write it as `type#relation=permission`"));
            let (relation, permission) = text.split_once('=').ok_or_else(unreadable)?;
            let (kind, relation) = relation.split_once('#').ok_or_else(unreadable)?;
            builder = builder.guard(kind, relation, permission);
        }
        Ok(builder)
    }
}

impl Relationships {
    /// The organization; `None` for the levels above.
    pub(super) fn organization(&self) -> Result<Option<Uuid>, CommandError> {
        match (self.org, self.no_org) {
            (None, false) => Err(CommandError::usage(
                "name the organization with --org UUID, or give --no-org for objects above organizations",
            )),
            (organization, _) => Ok(organization),
        }
    }

    /// A question is asked as a scope of the organization asks it.
    pub(super) fn context(&self) -> Result<Context, CommandError> {
        let organization = self.organization()?;
        let context = Context::new(organization, PATIENCE);
        Ok(if organization.is_some() { context.implying_organization() } else { context })
    }

    /// An engine on tables of this program's version, whose model is the one that the database is used with.
    pub(super) async fn engine(&self) -> Result<SqlEngine, CommandError> {
        let engine = self.settings.engine(&self.database, &self.model, false).await?;
        if !engine.pending_migrations().await?.is_empty() {
            return Err(CommandError::usage(
                "the tables of permissions are missing or older than this program: run `tenancy permissions migrate`",
            ));
        }
        engine.verify().await?;
        Ok(engine)
    }
}

impl Settings {
    /// `makes`: whether a missing file of an SQLite database is made.
    pub(super) async fn engine(
        &self,
        database: &DatabaseUrl,
        file: &Path,
        makes: bool,
    ) -> Result<SqlEngine, CommandError> {
        let builder = self.on(SqlEngine::builder(model(file)?).connections(CONNECTIONS))?;
        on(builder, database, makes).await
    }
}

/// An engine on a database.
pub(super) async fn on(
    builder: SqlEngineBuilder,
    database: &DatabaseUrl,
    makes: bool,
) -> Result<SqlEngine, CommandError> {
    let url = database.url()?;
    let engine = match url.strip_prefix("sqlite:") {
        Some(path) => {
            if !makes && !Path::new(path).is_file() {
                return Err(CommandError::database(format!("there is no file {path}")));
            }
            builder.sqlite(path).await
        }
        None => {
            // What keeps the database from being reached is said as by every command.
            drop(database.connect().await?);
            match database.tls().await? {
                Some(tls) => builder.postgres_over_tls(url, tls),
                None => builder.postgres(url),
            }
        }
    };
    engine.map_err(CommandError::usage)
}

/// What the command says: 2 for what the arguments say, 3 for what the database did not do.
impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        let text = with_source(&error);
        match error {
            EngineError::Timeout | EngineError::Answer(_) | EngineError::Database(_) => Self::database(text),
            EngineError::TooMany { limit } => Self::usage(format!(
                "there are more than {limit}, and nothing is printed in part: raise --limit, or ask about less"
            )),
            EngineError::ImpliedList { kind } => Self::usage(format!(
                "objects of the type `{kind}` are rows of your own table: list their ids in a file, and give it with --ids"
            )),
            _ => Self::usage(text),
        }
    }
}

impl From<SchemaError> for CommandError {
    fn from(error: SchemaError) -> Self {
        match error {
            SchemaError::Engine(error) => error.into(),
            SchemaError::OtherModel => Self::usage(
                "the database is used with another permission model: give the file of that model with --model, or record this \
                 one with `tenancy permissions migrate --model FILE`",
            ),
            SchemaError::Widens { permissions } => Self {
                code: 1,
                text: format!(
                    "the model may give more than the one in use, and was not recorded: {}. See `tenancy permissions diff`, then \
                     give --allow-widening",
                    permissions.join(", ")
                ),
            },
            error => Self::usage(error),
        }
    }
}

/// 1 for what the stored relationships do not allow.
impl From<WriteError> for CommandError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Engine(error) => error.into(),
            WriteError::Exists { .. }
            | WriteError::Cycle { .. }
            | WriteError::LastHolder { .. }
            | WriteError::OwnRelationship { .. }
            | WriteError::NotPermitted { .. }
            | WriteError::NotHeld { .. }
            | WriteError::TooFar { .. } => Self { code: 1, text: format!("nothing was changed: {error}") },
            error => Self::usage(format!("nothing was changed: {error}")),
        }
    }
}

fn with_source(error: &EngineError) -> String {
    match error.source().map(ToString::to_string) {
        Some(source) if source != error.to_string() => format!("{error}: {source}"),
        _ => error.to_string(),
    }
}
