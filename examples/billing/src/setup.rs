//! PostgreSQL for development: tables, roles, row-level security and a key, in an empty database.

use crate::permissions::engine_on_postgres;
use crate::{StartError, demo, schema};
use aws_lc_rs::rand;
use rustls::ClientConfig;
use std::error::Error;
use std::time::Duration;
use tenancy::db::Postgres;
use tenancy::db::seal::SealKey;
use tenancy::db::unscoped_sql::{run_unscoped_sql, run_unscoped_sql_over_tls};
use tenancy_gateway::GatewayDb;
use tenancy_gateway::migrations::postgres_grants;
use tenancy_permits::sql::postgres_grants as postgres_grants_of_permissions;
use tenancy_rls::{Options, keyring, live};

/// How long the keys of an earlier run are still believed.
const GRACE: Duration = Duration::from_secs(60);

/// What was made.
pub(crate) struct Prepared {
    pub(crate) service: String,
    pub(crate) gateway: String,
    /// `None`: the migrating role may not make the role that the permission engine needs.
    pub(crate) permissions: Option<String>,
    pub(crate) key: SealKey,
    pub(crate) options: Options,
}

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Makes, or completes, all of it as the role of `migrator`.
pub(crate) async fn postgres(migrator: &str, tls: Option<&ClientConfig>) -> Result<Prepared, StartError> {
    let place = Place::parse(migrator).ok_or_else(|| {
        StartError::Usage(
            "--setup-postgres takes postgres://ROLE:PASSWORD@HOST/NAME, where NAME is lower-case letters, digits and _"
                .to_owned(),
        )
    })?;
    make(&Migrator { url: migrator, tls }, &place).await.map_err(StartError::Setup)
}

/// The role that builds, and what its connections run over.
struct Migrator<'a> {
    url: &'a str,
    tls: Option<&'a ClientConfig>,
}

impl Migrator<'_> {
    #[expect(clippy::disallowed_methods, reason = "the migrating role's part, before the service starts")]
    async fn run(&self, sql: &str) -> Result<(), tenancy::Error> {
        match self.tls {
            Some(tls) => run_unscoped_sql_over_tls(self.url, tls.clone(), &[sql]).await,
            None => run_unscoped_sql::<Postgres>(self.url, &[sql]).await,
        }
    }

    fn gateway(&self) -> Result<GatewayDb, tenancy::Error> {
        match self.tls {
            Some(tls) => GatewayDb::postgres_over_tls(self.url, tls.clone()),
            None => GatewayDb::postgres(self.url),
        }
    }
}

async fn make(migrator: &Migrator<'_>, place: &Place<'_>) -> Result<Prepared> {
    let (app, gateway) = (format!("{}_app", place.database), format!("{}_gateway", place.database));
    let options = Options::new(&app).owner_role(format!("{}_wall", place.database)).directory("public");
    // Once: behind the wall not even the tables' owner writes rows.
    let tables = format!(
        "DO $setup$ BEGIN IF to_regclass('letterheads') IS NULL THEN {} END IF; END $setup$",
        demo::for_postgres()
    );
    migrator.run(&tables).await?;
    migrator.gateway()?.migrate().await?;
    // Before the wall, which is built around the table of its epochs too.
    engine_on_postgres(migrator.url, migrator.tls)?.migrate().await?;
    let key = wall(migrator, &options).await?;
    let (for_app, for_gateway) = (password()?, password()?);
    let grants = postgres_grants(&gateway)?;
    let roles = format!(
        "DO $setup$ BEGIN IF to_regrole('{gateway}') IS NULL THEN CREATE ROLE {gateway} LOGIN; END IF; END $setup$;
         GRANT CONNECT ON DATABASE {} TO {gateway}; GRANT USAGE ON SCHEMA public TO {gateway}; {grants}
         ALTER ROLE {app} PASSWORD '{}'; ALTER ROLE {gateway} PASSWORD '{}';",
        place.database,
        verifier(&for_app),
        verifier(&for_gateway)
    );
    migrator.run(&roles).await?;
    let permissions = engine_role(migrator, place).await?;
    let (service, gateway) = (place.url(&app, &for_app), place.url(&gateway, &for_gateway));
    Ok(Prepared { service, gateway, permissions, key, options })
}

/// The URL of the permission engine's role, which reads the epochs of all organizations. `None` where the migrating role may not
/// make a role that passes by row-level security.
async fn engine_role(migrator: &Migrator<'_>, place: &Place<'_>) -> Result<Option<String>> {
    let role = format!("{}_permits", place.database);
    let made = format!(
        "DO $setup$ BEGIN
            IF to_regrole('{role}') IS NULL THEN CREATE ROLE {role} LOGIN BYPASSRLS; END IF;
            IF NOT (SELECT rolbypassrls FROM pg_roles WHERE rolname = '{role}') THEN ALTER ROLE {role} BYPASSRLS; END IF;
         END $setup$"
    );
    if let Err(error) = migrator.run(&made).await {
        tracing::warn!(
            %error,
            "privileged actions are switched off, because the role of --setup-postgres may not make one with BYPASSRLS: have a \
             superuser run CREATE ROLE {role} LOGIN BYPASSRLS, and start again"
        );
        return Ok(None);
    }
    let password = password()?;
    let grants = format!(
        "GRANT CONNECT ON DATABASE {} TO {role}; GRANT USAGE ON SCHEMA public TO {role}; {}
         ALTER ROLE {role} PASSWORD '{}';",
        place.database,
        postgres_grants_of_permissions(&role),
        verifier(&password)
    );
    migrator.run(&grants).await?;
    let url = place.url(&role, &password);
    // As that role: behind the wall the tables' owner writes no epoch.
    engine_on_postgres(url.as_str(), migrator.tls)?.adopt_model().await?;
    Ok(Some(url))
}

/// Row-level security from the declaration, and a key that the database knows.
async fn wall(migrator: &Migrator<'_>, options: &Options) -> Result<SealKey> {
    let mut conn = match migrator.tls {
        Some(tls) => live::connect_over_tls(migrator.url, tls.clone()).await?,
        None => live::connect(migrator.url).await?,
    };
    let plan = live::diff(&mut conn, &schema::schema_manifest(), options).await?;
    for advice in live::apply(&mut conn, &plan, |_| {}).await? {
        tracing::warn!(id = advice.id, reason = advice.reason, "not run while wall two was built");
    }
    tracing::info!(steps = plan.steps.len(), "wall two stands");
    let key = SealKey::generate()?;
    keyring::rotate(&mut conn, &key, GRACE).await?;
    Ok(key)
}

fn password() -> Result<String> {
    let mut bytes = [0; 24];
    rand::fill(&mut bytes).map_err(|_| "the system has no randomness")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What the server keeps of a password: it can be checked with it, and not read from it.
fn verifier(password: &str) -> String {
    postgres_protocol::password::scram_sha_256(password.as_bytes())
}

/// A URL's parts, so that another role can be put in.
struct Place<'u> {
    host: &'u str,
    database: &'u str,
    options: &'u str,
}

impl<'u> Place<'u> {
    fn parse(url: &'u str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        let (host, path) = rest.split_once('/')?;
        let (database, options) = path.split_once('?').unwrap_or((path, ""));
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let named = !database.is_empty() && database.bytes().all(plain) && database.len() <= 50;
        (named && matches!(scheme, "postgres" | "postgresql")).then_some(Self { host, database, options })
    }

    fn url(&self, role: &str, password: &str) -> String {
        let question = if self.options.is_empty() { "" } else { "?" };
        format!("postgres://{role}:{password}@{}/{}{question}{}", self.host, self.database, self.options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_role_is_put_into_a_url() {
        let place = Place::parse("postgres://me:p@ss@db:5433/shop?connect_timeout=3").unwrap();
        assert_eq!(place.url("shop_app", "x"), "postgres://shop_app:x@db:5433/shop?connect_timeout=3");
        for other in ["mysql://h/d", "postgres://h", "postgres://h/", "postgres://h/a'b", "postgres://h/Shop"] {
            assert!(Place::parse(other).is_none(), "{other}");
        }
    }
}
