//! One of the two sides of a step: where a statement is run, and what it said.

use crate::schema::{TENANT_TABLES, manifest};
use crate::support::{ids, sql};
use crate::{router, world};
use diesel::backend::{Backend, DieselReserveSpecialization};
use diesel::query_builder::{DebugQuery, QueryFragment, QueryId};
use diesel::result::Error;
use std::fmt::{Debug, Display};

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
    /// How often organization tables were named, each time with the organization.
    pub(crate) carried: usize,
    /// What is wrong with a statement: it does not carry it, or no single node could answer it.
    pub(crate) unscoped: Option<String>,
}

impl<Scope, Conn> Side<Scope, Conn> {
    pub(crate) fn scoped(scope: Scope, conn: Conn) -> Self {
        Self { scope, conn, said: String::new(), scoped: true, carried: 0, unscoped: None }
    }

    pub(crate) fn plain(scope: Scope, conn: Conn) -> Self {
        Self { scoped: false, ..Self::scoped(scope, conn) }
    }

    /// Holds the statement that is about to run against both readers of rendered SQL. Without a scope, the one that asks
    /// for the router condition has to refuse it.
    pub(crate) fn says<DB, Q>(&mut self, query: &Q)
    where
        DB: Routed + DieselReserveSpecialization + 'static,
        DB::QueryBuilder: Default,
        Q: QueryFragment<DB> + QueryId,
        for<'q> DebugQuery<'q, Q, DB>: Display + Debug,
    {
        let rendered = sql::rendered::<DB, _>(query);
        if self.scoped
            && let Err(why) = ids::hold::<DB, Q>(query, &rendered)
        {
            self.unscoped = Some(why);
        }
        let verdict = match (sql::check(&rendered, TENANT_TABLES), DB::route(query, &rendered)) {
            (_, Err(_)) if !self.scoped => Ok(0),
            (_, Ok(_)) if !self.scoped => {
                Err(format!("no organization, and one node was thought to do for {rendered}"))
            }
            (Ok(0), _) => Err(format!("no organization table in {rendered}")),
            (Ok(count), Ok(tables)) if tables.len() == count => Ok(count),
            (Ok(count), Ok(tables)) => Err(format!("{count} tables or {}: {tables:?} in {rendered}", tables.len())),
            (Ok(_), Err(why)) => Err(format!("no single node can answer: {why}: {rendered}")),
            (Err(why), _) => Err(why),
        };
        match verdict {
            Ok(count) => self.carried += count,
            Err(why) => self.unscoped = Some(why),
        }
        self.said = rendered;
    }

    /// For a statement that does not pass through here.
    pub(crate) fn does(&mut self, what: &str) {
        what.clone_into(&mut self.said);
    }
}

/// A backend whose statements are held against the router condition.
pub(crate) trait Routed: Backend {
    fn route<Q: QueryFragment<Self>>(query: &Q, rendered: &str) -> Result<Vec<String>, router::Refused>;
}

/// Which binds carry the organization is told by their values.
impl Routed for diesel::pg::Pg {
    fn route<Q: QueryFragment<Self>>(query: &Q, rendered: &str) -> Result<Vec<String>, router::Refused> {
        let (sql, _) = rendered.rsplit_once(" -- binds: ").expect("binds are shown");
        router::check(sql, &router::values::carries(query, world::A), manifest())
    }
}

/// The same statements in the spelling of PostgreSQL. They are never distributed, and there are many more of them.
impl Routed for diesel::sqlite::Sqlite {
    fn route<Q: QueryFragment<Self>>(_: &Q, rendered: &str) -> Result<Vec<String>, router::Refused> {
        let (sql, binds) = rendered.rsplit_once(" -- binds: ").expect("binds are shown");
        router::check(&sql::numbered(sql), &router::values::carries_as_shown(binds, world::A), manifest())
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
