//! One of the two sides of a step: where a statement is run, and what it said.

use diesel::result::Error;
use std::fmt::Debug;

/// What a statement gave: its rows as text, or the kind of its failure.
pub(crate) type Outcome = Result<Vec<String>, String>;

/// A connection and the last statement that ran on it.
pub(crate) struct Side<Scope, Conn> {
    pub(crate) scope: Scope,
    pub(crate) conn: Conn,
    /// The statement with its binds.
    pub(crate) said: String,
    /// Whether the statement must carry an organization.
    scoped: bool,
    /// How often tenant tables were named, each time with the organization.
    pub(crate) carried: usize,
    /// The first statement that did not carry it.
    pub(crate) unscoped: Option<String>,
}

impl<Scope, Conn> Side<Scope, Conn> {
    pub(crate) fn scoped(scope: Scope, conn: Conn) -> Self {
        Self { scope, conn, said: String::new(), scoped: true, carried: 0, unscoped: None }
    }

    pub(crate) fn plain(scope: Scope, conn: Conn) -> Self {
        Self { scoped: false, ..Self::scoped(scope, conn) }
    }

    pub(crate) fn says(&mut self, rendered: String) {
        if self.scoped {
            match crate::support::sql::check(&rendered, crate::schema::TENANT_TABLES) {
                Ok(0) => self.unscoped = Some(format!("no tenant table in {rendered}")),
                Ok(count) => self.carried += count,
                Err(why) => self.unscoped = Some(why),
            }
        }
        self.said = rendered;
    }
}

/// Rows in the order that they came in.
pub(crate) fn ordered<T: Debug>(loaded: diesel::QueryResult<Vec<T>>) -> Outcome {
    loaded.map(|rows| rows.iter().map(|row| format!("{row:?}")).collect()).map_err(|error| kind(&error))
}

/// Rows as a bag: for statements that ask for no order.
pub(crate) fn bag<T: Debug>(loaded: diesel::QueryResult<Vec<T>>) -> Outcome {
    ordered(loaded).map(|mut rows| {
        rows.sort_unstable();
        rows
    })
}

pub(crate) fn counted(executed: diesel::QueryResult<usize>) -> Outcome {
    executed.map(|count| vec![format!("{count} rows")]).map_err(|error| kind(&error))
}

/// What kind of failure it is. The text names columns, and one side has a column that the other has not.
fn kind(error: &Error) -> String {
    match error {
        Error::DatabaseError(kind, information) => match kind {
            diesel::result::DatabaseErrorKind::Unknown => format!("database: {}", information.message()),
            kind => format!("{kind:?}"),
        },
        other => format!("{other:?}"),
    }
}
