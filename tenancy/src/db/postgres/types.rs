//! The database's types by name, for values whose SQL type is looked up: enums, domains, composites, and those built-in
//! types that diesel itself knows by name only.

use diesel::QueryResult;
use diesel::pg::{FailedToLookupTypeError, PgMetadataCacheKey, PgMetadataLookup, PgTypeMetadata};
use diesel::result::Error::SerializationError;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use tokio_postgres::{Client, Row};

/// The types as they were when they were last read.
#[derive(Default)]
pub(super) struct Types {
    /// By schema and name: a type, and its array type or 0.
    known: HashMap<String, HashMap<String, (u32, u32)>>,
    /// The schema of a bare name, as the search path finds it.
    visible: HashMap<String, String>,
    /// Those whose arrays are one column of `unnest`: it takes composites apart, and domains over them.
    whole: HashSet<u32>,
    stale: bool,
    /// Why the last name that was looked up has no answer.
    refused: Option<AmbiguousType>,
}

/// A bare name that means a type of the service's own where the search path is followed, and hides a built-in one.
#[derive(Debug, thiserror::Error)]
#[error(
    "the type `{name}` is ambiguous: `{schema}.{name}` hides `pg_catalog.{name}` in this connection's search path; say which one \
     is meant: `#[diesel(postgres_type(name = \"{name}\", schema = \"..\"))]`, or name `pg_catalog` first in the search path, or \
     leave it out"
)]
struct AmbiguousType {
    name: String,
    schema: String,
}

const CATALOG: &str = "pg_catalog";

/// Every connection asks this, with all that its role may do. An operator of a lesser role that fits the types of both sides better
/// than PostgreSQL's own would be run, and so would one of a schema that `search_path` names before `pg_catalog`: operators and types name their schema
/// (`no_operator_or_function_of_a_lesser_role_is_run`, `no_operator_of_a_path_before_the_catalog_is_run`).
///
/// No row types of tables, which a database may have in great numbers; no pseudo-types, which are no type of a value. An array
/// type comes with its element, whatever it is called.
const TYPES: &str = "SELECT n.nspname::pg_catalog.text, t.typname::pg_catalog.text, t.oid, t.typarray, pg_catalog.pg_type_is_visible(t.oid), \
                       a.typname::pg_catalog.text, t.typtype OPERATOR(pg_catalog.=) 'c', t.typbasetype, \
                       pg_catalog.pg_type_is_visible(a.oid) FROM pg_catalog.pg_type t \
                     JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace \
                     LEFT JOIN pg_catalog.pg_type a ON a.oid OPERATOR(pg_catalog.=) t.typarray \
                     WHERE t.typtype OPERATOR(pg_catalog.<>) 'p' AND (t.typtype OPERATOR(pg_catalog.<>) 'b' \
                       OR t.typcategory OPERATOR(pg_catalog.<>) 'A' OR t.typarray OPERATOR(pg_catalog.<>) CAST(0 AS pg_catalog.oid)) \
                     AND (t.typrelid OPERATOR(pg_catalog.=) CAST(0 AS pg_catalog.oid) OR EXISTS (SELECT FROM pg_catalog.pg_class c \
                       WHERE c.oid OPERATOR(pg_catalog.=) t.typrelid AND c.relkind OPERATOR(pg_catalog.=) 'c'))";

impl Types {
    pub(super) async fn read(client: &Client) -> Result<Self, tokio_postgres::Error> {
        let (mut types, mut composite, mut bases) = (Self::default(), HashSet::new(), Vec::new());
        for row in client.query_typed(TYPES, &[]).await? {
            let oid = types.learn(&row)?;
            if row.try_get(6)? {
                composite.insert(oid);
            }
            bases.push((oid, row.try_get::<_, u32>(7)?));
        }
        // A domain may be one over a domain.
        while let Some(at) = bases.iter().position(|(_, base)| composite.contains(base)) {
            composite.insert(bases.swap_remove(at).0);
        }
        types.whole.retain(|oid| !composite.contains(oid));
        Ok(types)
    }

    fn learn(&mut self, row: &Row) -> Result<u32, tokio_postgres::Error> {
        let (schema, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (oid, array): (u32, u32) = (row.try_get(2)?, row.try_get(3)?);
        let of_array: Option<(String, bool)> = row.try_get::<_, Option<String>>(5)?.zip(row.try_get(8)?);
        let in_schema = self.known.entry(schema.clone()).or_default();
        in_schema.insert(name.clone(), (oid, array));
        if let Some((of_array, visible)) = of_array {
            in_schema.insert(of_array.clone(), (array, 0));
            if visible {
                self.visible.insert(of_array, schema.clone());
            }
        }
        if row.try_get(4)? {
            self.visible.insert(name, schema);
        }
        self.whole.insert(oid);
        Ok(oid)
    }

    /// Whether something was not as it was when they were read. They are read again before the connection is lent again.
    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Whether an array of them is one column of `unnest`. What is not known here may be anything.
    pub(super) fn stays_whole(&self, oid: u32) -> bool {
        self.whole.contains(&oid)
    }

    /// The error of a name that had no answer of its own, once.
    pub(super) fn refused(&mut self) -> QueryResult<()> {
        self.refused.take().map_or(Ok(()), |ambiguous| Err(SerializationError(Box::new(ambiguous))))
    }

    fn find(&mut self, name: &str, schema: Option<&str>) -> Option<(u32, u32)> {
        if let Some(schema) = schema {
            return self.known.get(schema)?.get(name).copied();
        }
        let schema = self.visible.get(name)?;
        if schema != CATALOG && self.known.get(CATALOG).is_some_and(|built_in| built_in.contains_key(name)) {
            self.refused = Some(AmbiguousType { name: name.to_owned(), schema: schema.clone() });
            return None;
        }
        self.known.get(schema)?.get(name).copied()
    }
}

impl PgMetadataLookup for Types {
    fn lookup_type(&mut self, name: &str, schema: Option<&str>) -> PgTypeMetadata {
        let found = self.find(name, schema);
        PgTypeMetadata::from_result(found.ok_or_else(|| {
            self.stale = true;
            let key = PgMetadataCacheKey::new(schema.map(Cow::Borrowed), Cow::Borrowed(name));
            FailedToLookupTypeError::new(key.into_owned())
        }))
    }
}
