//! Plumbing of the macros, and of the crates for who migrates and audits. It confers no authority: nothing here makes a scope, or an organization table that renders for an
//! organization the caller has no scope of (`ui-tests/tests/fail/hostile/`).

#[cfg(feature = "postgres")]
use crate::db::seal::{SealError, SealKey, SealedToken, Sealer};
use crate::schema::TenantTable;
#[cfg(feature = "postgres")]
use crate::scope::OrgId;
use crate::scope::ScopeKey;
use diesel::JoinTo;

#[cfg(feature = "postgres")]
pub use crate::db::postgres::endpoint::reach;
#[cfg(feature = "postgres")]
pub use crate::db::postgres::tls::Encryption;
pub use crate::query::{NoTableValue, ScopedFrom, Unscoped, WithoutOrganizations};
pub use crate::schema::{
    ColumnName, PlainFrom, walk as walk_plain, walk_column, walk_plain_column, walk_plain_star, walk_star,
};
pub use diesel;

// What `tenancy-service` and `tenancy-gateway` use. Nothing here signs, and nothing here verifies for an authority.
pub use crate::clock::{unix_seconds, unix_time};
#[cfg(feature = "postgres")]
pub use crate::db::postgres::{builder::store as postgres_store, settings::Settings as PostgresSettings};
#[cfg(feature = "sqlite")]
pub use crate::db::sqlite::driver::store as sqlite_store;
pub use crate::db::store::{ConstantText, StoreConn, StorePool};
pub use crate::identity::{LEEWAY, MAX_LIFETIME, framed, is_recent, proof_time};
pub use crate::isolation::verified_payload;
pub use crate::rotating::Rotating;
#[cfg(feature = "axum")]
pub use crate::scope::extractor::{ScopeFuture, ScopeSource, provide as provide_scope};
/// The SQLSTATE of a scope whose epochs are no longer the directory's.
#[cfg(feature = "postgres")]
pub const OUTDATED: &str = crate::scope_error::OUTDATED;

/// The two blocks that HMAC-SHA256 hashes before its input: how the database stores a key. They are as secret as the key
/// (`SealKey::expose`).
#[cfg(feature = "postgres")]
pub fn seal_key_blocks(key: &SealKey) -> [zeroize::Zeroizing<Vec<u8>>; 2] {
    key.halves()
}

/// A token that ended a minute ago: the audit asks the database whether it still believes one.
///
/// # Errors
/// As `Sealer::seal`.
#[cfg(feature = "postgres")]
pub fn expired_token(sealer: &Sealer, org: OrgId, database: &str) -> Result<SealedToken, SealError> {
    sealer.seal_expired(org, database)
}

/// Stands where a statement without a scope would be: it does not compile, so this is never called.
pub fn no_statement() -> ! {
    unreachable!("no value of an unscoped statement exists")
}

/// A join's right side that has no scope: the join does not compile, so this is never called.
pub fn no_join<T>() -> (NoTableValue<T>, <NoTableValue<T> as diesel::Table>::PrimaryKey) {
    let table = NoTableValue::new();
    (table, diesel::Table::primary_key(&table))
}

/// The ON clause of `rhs JOIN table`, for `table JOIN rhs`. The table value is thrown away, so it carries no organization.
pub fn join_flipped<T, B, Rhs>(rhs: Rhs) -> (Rhs, Rhs::OnClause)
where
    T: TenantTable,
    Rhs: JoinTo<T::Scoped<B>>,
{
    let (_, on) = Rhs::join_target(T::__scoped(ScopedFrom::of(ScopeKey::inert())));
    (rhs, on)
}

/// The ON clause of `rhs JOIN table`, for `table JOIN rhs`, of a table without an organization.
pub fn join_flipped_with<T, Rhs: JoinTo<T>>(table: T, rhs: Rhs) -> (Rhs, Rhs::OnClause) {
    let (_, on) = Rhs::join_target(table);
    (rhs, on)
}
