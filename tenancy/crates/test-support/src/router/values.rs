//! Which binds carry the scope's organization.

use diesel::pg::{Pg, PgMetadataLookup, PgTypeMetadata};
use diesel::query_builder::QueryFragment;
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use uuid::Uuid;

/// By the values that would be sent to PostgreSQL: 16 bytes, or the text of a text column.
pub fn carries<Q: QueryFragment<Pg>>(query: &Q, organization: Uuid) -> Vec<bool> {
    let mut binds = RawBytesBindCollector::<Pg>::new();
    query.collect_binds(&mut binds, &mut BuiltIn, &Pg).expect("the statement renders");
    let (bytes, text) = (organization.into_bytes(), organization.as_hyphenated().to_string());
    let is = |bind: &Option<Vec<u8>>| bind.as_ref().is_some_and(|bind| *bind == bytes || *bind == text.as_bytes());
    binds.binds.iter().map(is).collect()
}

/// By the golden texts, which never show the value of a scope's own bind. They hold one scope each: the connection
/// refuses any other before it sends anything (`wall_one/surface/refusals.rs`). An organization that a caller compares with is shown.
pub fn carries_as_shown(binds: &str, organization: Uuid) -> Vec<bool> {
    let compared = format!("OrgId({})", organization.as_hyphenated());
    crate::sql::split(binds).iter().map(|bind| bind == crate::sql::ORGANIZATION || *bind == compared).collect()
}

/// The tests' columns have types that every server knows.
struct BuiltIn;

impl PgMetadataLookup for BuiltIn {
    fn lookup_type(&mut self, type_name: &str, _: Option<&str>) -> PgTypeMetadata {
        unreachable!("`{type_name}` is not built in")
    }
}
