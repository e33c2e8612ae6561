//! Statements as they are sent, and those that the server knows by a name.

use super::row_security::Text;
use crate::db::driver::Constant;
use crate::db::review::Verdict;
use bytes::{BufMut, BytesMut};
use diesel::pg::PgTypeMetadata;
use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{Client, Statement};

/// More statements than these are sent without a name: a service whose texts vary without end does not fill the
/// server's memory.
const MOST_NAMED: usize = 1_000;

/// A statement that is ready to be sent.
pub(super) struct Rendered {
    pub(super) how: How,
    pub(super) values: Vec<Value>,
    /// What diesel's instrumentation receives. `None` where a connection has no instrumentation.
    pub(super) announced: Option<String>,
    /// When its permit ends, if it has one.
    pub(super) until: Option<Instant>,
}

/// How a statement is sent.
pub(super) enum How {
    /// The server knows it by a name. `draws`: see [`draws`].
    Named { statement: Statement, draws: bool },
    /// Its text goes with it; with a key it gets a name for the next time.
    Text { sql: String, types: Vec<Type>, key: Option<Key>, verdict: Option<Arc<Verdict>> },
}

impl How {
    pub(super) fn draws(&self) -> bool {
        match self {
            Self::Named { draws, .. } => *draws,
            Self::Text { sql, .. } => draws(sql),
        }
    }

    /// Whether types alone decide its text: only such a statement may be kept.
    pub(super) fn text(&self) -> Text {
        match self {
            Self::Named { .. } | Self::Text { key: Some(_), .. } => Text::Fixed,
            Self::Text { key: None, .. } => Text::Free,
        }
    }
}

/// Whether a statement may draw a number from a sequence, as its text says: a default or a trigger does it for every
/// statement that writes. What a function of the service's own does is not seen.
pub(super) fn draws(sql: &str) -> bool {
    !sql.starts_with("SELECT") || sql.contains("nextval")
}

/// A value as diesel serialized it.
#[derive(Debug)]
pub(super) struct Value(pub(super) Option<Vec<u8>>);

impl ToSql for Value {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        Ok(self.0.as_ref().map_or(IsNull::Yes, |bytes| {
            out.put_slice(bytes);
            IsNull::No
        }))
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    // The types were given with the statement, by the same collector that made the bytes.
    fn to_sql_checked(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(of, out)
    }
}

/// What tells two statements apart, beside the types of their values: the text, or the place of a constant one.
///
/// Not diesel's id, though it would save the rendering: a type that claims one id for two texts would have its values bound where
/// the other text has its organization (`docs/decisions/0019`).
#[derive(PartialEq, Eq, Hash, Clone)]
pub(super) enum Key {
    Text(String),
    Constant(Constant),
}

impl Key {
    /// The text; a constant one is written where it is needed.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Constant(_) => None,
        }
    }
}

/// The statements that the server knows by a name.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) named: bool,
    statements: Arc<Mutex<HashMap<Key, Vec<Named>, foldhash::fast::RandomState>>>,
}

/// A statement that has a name, the types of its values, whether it draws from a sequence, and what the review said of its text.
#[derive(Clone)]
pub(super) struct Named {
    statement: Statement,
    types: Arc<[u32]>,
    draws: bool,
    pub(super) verdict: Option<Arc<Verdict>>,
}

impl Named {
    pub(super) fn how(self) -> How {
        How::Named { statement: self.statement, draws: self.draws }
    }
}

impl Prepared {
    pub(super) fn new(named: bool) -> Self {
        Self { named, statements: Arc::default() }
    }

    /// The statement for values of these types. A type that was not found matches no kept statement.
    pub(super) fn get(&self, key: &Key, types: &[PgTypeMetadata]) -> Option<Named> {
        let statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        let takes = |named: &&Named| {
            let same = |(oid, of): (&u32, &PgTypeMetadata)| of.oid().is_ok_and(|of| of == *oid);
            named.types.len() == types.len() && named.types.iter().zip(types).all(same)
        };
        statements.get(key)?.iter().find(takes).cloned()
    }

    /// Whether statements get names here, and there is room for another.
    pub(super) fn may_keep(&self) -> bool {
        let statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        self.named && statements.values().map(Vec::len).sum::<usize>() < MOST_NAMED
    }

    /// Keeps a statement for values of these types. `draws`: see [`draws`].
    pub(super) fn keep(
        &self,
        key: Key,
        types: &[Type],
        (statement, draws): (Statement, bool),
        verdict: Option<Arc<Verdict>>,
    ) {
        let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        let named = statements.entry(key).or_default();
        let types: Arc<[u32]> = types.iter().map(Type::oid).collect();
        named.retain(|known| known.types != types);
        named.push(Named { statement, types, draws, verdict });
    }
}

/// Gives a statement a name, for the next time.
pub(super) async fn prepare(
    client: Arc<Client>,
    sql: String,
    types: Vec<Type>,
) -> Result<Statement, tokio_postgres::Error> {
    client.prepare_typed(&sql, &types).await
}
