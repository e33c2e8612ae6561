//! A connection and what is known of its state.

use super::Settings;
use super::arming::{Arm, Arming};
use super::encryption::Connected;
use super::render::Prepared;
use super::transaction::Transaction;
use super::types::Types;
use super::wire::Wire;
use crate::db::review::Review;
use crate::scope::OrgId;
use diesel::connection::{
    DebugQuery, Instrumentation, InstrumentationEvent, StrQueryHelper, get_default_instrumentation,
};
use diesel::{ConnectionError, ConnectionResult};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_postgres::{Client, Statement};

/// What a transaction of an armed connection begins with; its one value is the organization and its proof. On a line that
/// joins, it is one request with the statement behind it, which must follow.
pub(super) const ARM: &str = "SELECT pg_catalog.set_config('tenancy.scope', $1, true)";

/// The same after comparing the scope's epochs; the function of `rls/plan/standing.rs` fails when they differ. It begins as
/// [`ARM`] does.
const ARM_CURRENT: &str =
    "SELECT pg_catalog.set_config('tenancy.scope', $1, true) FROM tenancy.standing($2, $3, $4, $5, $6)";

/// What makes either of them a request of its own.
pub(super) const ALONE: &str = "/* alone */ ";

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
    pub(super) arm: Option<Arc<dyn Arm>>,
    /// What arms a transaction; its statement has a name, unless the connection sends none.
    pub(super) arm_text: &'static str,
    pub(super) compares_epochs: bool,
    pub(super) arm_statement: Option<Statement>,
    /// The scope that the connection is lent to.
    pub(super) armed: Option<Arming>,
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
    pub(super) joins: bool,
    pub(in crate::db) wire: Wire,
    instrumentation: Option<Box<dyn Instrumentation>>,
}

/// What the answers to statements find out about their connection.
#[derive(Default)]
pub(super) struct Health {
    /// A statement of the open transaction failed: the server refuses everything until it is rolled back.
    pub(super) failed: AtomicBool,
    /// A statement was sent whose end nobody has seen: it may have failed.
    pub(super) unheard: AtomicBool,
    /// The connection is not used again.
    pub(super) broken: AtomicBool,
    /// The server refused what may be a type that was replaced since the types were read.
    doubted: AtomicBool,
}

impl Health {
    pub(super) fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    pub(super) fn is_asking(&self, asking: bool) {
        self.unheard.store(asking, Ordering::Relaxed);
    }

    pub(super) fn doubt_types(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    pub(super) fn give_up(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }
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
        answered => answered,
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
        let Connected { client, wire, joins } =
            settings.encryption.connect(url, settings.arm.is_some()).await.map_err(|error| unopened(&error))?;
        let arm_text = if settings.epochs { ARM_CURRENT } else { ARM };
        let prepare = async {
            if settings.named && settings.arm.is_some() {
                return client.prepare(arm_text).await.map(Some);
            }
            Ok(None)
        };
        let noticing = async { settle(client.batch_execute(NOTICES_THE_END).await) };
        let settled =
            async { tokio::try_join!(client.batch_execute(TIME_ZONE), noticing, prepare, Types::read(&client)) };
        let ((), (), arm_statement, types) = wire.answered(settled).await.map_err(|error| unopened(&error))?;
        Ok(Self {
            client: Arc::new(client),
            arm: settings.arm.clone(),
            arm_text,
            compares_epochs: settings.epochs,
            arm_statement,
            armed: None,
            prepared: Prepared::new(settings.named),
            review: settings.review.clone(),
            types,
            transaction: Transaction::default(),
            raw: false,
            drew: None,
            health: Arc::default(),
            joins,
            wire: wire.awake(settings.awake.clone()),
            instrumentation: None,
        })
    }

    pub(super) fn is_broken(&self) -> bool {
        // What the server said since the last statement, if it said anything.
        self.wire.turn();
        self.client.is_closed() || self.transaction.is_open() || self.health.broken.load(Ordering::Relaxed)
    }

    /// Reads the types again when one was not found, or may have been replaced.
    pub(super) async fn refresh(&mut self) -> Result<(), tokio_postgres::Error> {
        if self.health.doubted.swap(false, Ordering::Relaxed) || self.types.is_stale() {
            let wire = self.wire.clone();
            self.types = wire.answered(Types::read(&self.client)).await?;
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

    /// Closes the connection without waiting for the answers that nobody waits for; see [`NOTICES_THE_END`].
    pub(super) fn discard(self) {
        self.wire.cut();
    }
}

impl Drop for PgConn {
    fn drop(&mut self) {
        self.wire.part();
    }
}
