//! A connection and what is known of its state.

use super::context_sql::{SET_CONTEXT, SET_CONTEXT_IF_CURRENT};
use super::health::Health;
use super::inline_driver::InlineDriver;
use super::prepared_statements::Prepared;
use super::row_security::{RowSecurity, ScopeContext};
use super::settings::Settings;
use super::tls::Connected;
use super::transaction_state::Transaction;
use super::types::Types;
use crate::db::review::Review;
use crate::scope::OrgId;
use diesel::connection::{
    DebugQuery, Instrumentation, InstrumentationEvent, StrQueryHelper, get_default_instrumentation,
};
use diesel::{ConnectionError, ConnectionResult};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio_postgres::{Client, Statement};

/// Dates are told apart by their offset, never by the server's own time zone; as diesel's connections do.
pub(super) const TIME_ZONE: &str = "SET TIME ZONE 'UTC'";

/// A statement ends within a second of its connection, where it would go on and hold its locks. No cancel request is ever
/// sent: through a pooler it may meet the statement of the connection's next user, and it ends `PgBouncer` 1.18 altogether when
/// the one who asks does not wait.
const NOTICES_THE_END: &str = "SET client_connection_check_interval = '1s'";

/// A connection.
pub struct PgConn {
    pub(in crate::db) client: Arc<Client>,
    /// `None` when only wall one stands.
    pub(super) row_security: Option<Arc<dyn RowSecurity>>,
    /// What sets the context of a transaction; its statement has a name, unless the connection sends none.
    pub(super) context_sql: &'static str,
    pub(super) compares_epochs: bool,
    pub(super) context_statement: Option<Statement>,
    /// The scope that the connection is lent to.
    pub(super) scope: Option<ScopeContext>,
    pub(super) prepared: Prepared,
    /// `None`: no text is reviewed.
    pub(super) review: Option<Arc<Review>>,
    pub(super) types: Types,
    pub(super) transaction: Transaction,
    /// Raw SQL was run, which may have left a session setting or a lock behind.
    pub(super) raw: bool,
    /// The organization whose statements may have drawn numbers from sequences, which `lastval()` remembers.
    pub(super) drew: Option<OrgId>,
    pub(super) health: Arc<Health>,
    /// The token and the statement behind it are one request.
    pub(super) elides_sync: bool,
    pub(in crate::db) driver: InlineDriver,
    instrumentation: Option<Box<dyn Instrumentation>>,
}

/// A driver's text may quote the URL, which holds the password: the kind of the failure has to do.
fn unopened(error: &tokio_postgres::Error) -> ConnectionError {
    let text = match error.as_db_error() {
        Some(reported) => format!("the server refused the connection ({})", reported.code().code()),
        None => "the server was not reached, or the URL is not one of PostgreSQL's".to_owned(),
    };
    ConnectionError::BadConnection(text)
}

/// Servers before 14, and some that only speak like `PostgreSQL`, do without the setting.
fn settle(set: Result<(), tokio_postgres::Error>) -> Result<(), tokio_postgres::Error> {
    match set {
        Err(error) if error.as_db_error().is_some() => Ok(()),
        response => response,
    }
}

impl PgConn {
    pub(super) async fn open(url: &str, settings: &Settings) -> ConnectionResult<Self> {
        // Not the URL, which diesel's own connections tell here: it holds the password.
        const SERVER: &str = "postgres";
        let Some(mut instrumentation) = get_default_instrumentation() else {
            return Self::connect(url, settings).await;
        };
        instrumentation.on_connection_event(InstrumentationEvent::start_establish_connection(SERVER));
        let opened = Self::connect(url, settings).await;
        let failed = opened.as_ref().err();
        instrumentation.on_connection_event(InstrumentationEvent::finish_establish_connection(SERVER, failed));
        opened.map(|mut conn| {
            conn.instrumentation = Some(instrumentation);
            conn
        })
    }

    async fn connect(url: &str, settings: &Settings) -> ConnectionResult<Self> {
        // Without row security there is no token to join with its statement.
        let elide = settings.sync_elision && settings.row_security.is_some();
        let Connected { client, driver, elides_sync } =
            settings.encryption.connect(url, elide).await.map_err(|error| unopened(&error))?;
        let context_sql = if settings.epochs { SET_CONTEXT_IF_CURRENT } else { SET_CONTEXT };
        let prepare = async {
            if settings.named && settings.row_security.is_some() {
                return client.prepare(context_sql).await.map(Some);
            }
            Ok(None)
        };
        let noticing = async { settle(client.batch_execute(NOTICES_THE_END).await) };
        let settled =
            async { tokio::try_join!(client.batch_execute(TIME_ZONE), noticing, prepare, Types::read(&client)) };
        let ((), (), context_statement, types) = driver.response(settled).await.map_err(|error| unopened(&error))?;
        Ok(Self {
            client: Arc::new(client),
            row_security: settings.row_security.clone(),
            context_sql,
            compares_epochs: settings.epochs,
            context_statement,
            scope: None,
            prepared: Prepared::new(settings.named),
            review: settings.review.clone(),
            types,
            transaction: Transaction::default(),
            raw: false,
            drew: None,
            health: Arc::default(),
            elides_sync,
            driver,
            instrumentation: None,
        })
    }

    pub(super) fn is_broken(&self) -> bool {
        // What the server said since the last statement, if it said anything.
        self.driver.drive();
        self.client.is_closed() || self.transaction.is_open() || self.health.broken.load(Ordering::Relaxed)
    }

    /// Reads the types again when one was not found, or may have been replaced.
    pub(super) async fn refresh(&mut self) -> Result<(), tokio_postgres::Error> {
        if self.health.doubted.swap(false, Ordering::Relaxed) || self.types.is_stale() {
            let driver = self.driver.clone();
            self.types = driver.response(Types::read(&self.client)).await?;
        }
        Ok(())
    }

    /// Tells diesel's instrumentation, if there is one, of a statement that begins; its text tells of the end.
    pub(super) fn announce(&mut self, query: &dyn DebugQuery) -> Option<String> {
        let instrumentation = self.instrumentation.as_mut()?;
        instrumentation.on_connection_event(InstrumentationEvent::start_query(query));
        Some(query.to_string())
    }

    pub(super) fn conclude(&mut self, announced: Option<String>, error: Option<&diesel::result::Error>) {
        if let (Some(instrumentation), Some(text)) = (self.instrumentation.as_mut(), announced) {
            let query = StrQueryHelper::new(&text);
            instrumentation.on_connection_event(InstrumentationEvent::finish_query(&query, error));
        }
    }

    /// Closes the connection without waiting for pending responses; see [`NOTICES_THE_END`].
    pub(super) fn discard(self) {
        self.driver.close();
    }
}

impl Drop for PgConn {
    fn drop(&mut self) {
        self.driver.detach();
    }
}
