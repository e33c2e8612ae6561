//! In a service that keeps many companies' rows in shared tables, a query that names no organization does not compile.
//!
//! # Where to find things
//!
//! - [`schema!`] declares tables. It takes what `diesel print-schema` writes; every table is owned by organizations unless
//!   it is listed as `global` or `platform`.
//! - [`OrgScope`] is the proof that a request acts for one organization. [`Authority::admit`](scope::Authority::admit)
//!   mints it from a verified grant, and nothing else does.
//! - `scope.from(table)` begins a query ([`OrgScope::from`]); [`insert_into`](OrgScope::insert_into),
//!   [`update`](OrgScope::update) and [`delete`](OrgScope::delete) begin writes. What follows is diesel's.
//! - [`TenantDb`] owns the connections. [`TenantDb::scoped`](db::TenantDb::scoped) hands out an [`OrgConn`], on which
//!   [`RunQueryDsl`] runs statements of that scope.
//! - [`prelude`] stands where diesel's prelude stood.
//! - [`functions`]: built-in SQL functions that are safe in every statement.
//! - [`alias!`], [`Identifiable`], [`HasQuery`]: the few of diesel's macros that need a scope to be known.
//!
//! # How it holds
//!
//! A tenant table's diesel type has no value outside this crate: its one field is a [`ScopeKey`](scope::ScopeKey), which
//! only a scope holds. Its FROM clause is the derived table of the organization's rows, so no clause that is written later
//! can widen it. What a developer writes by habit, `invoices::table`, is a constant of another type,
//! [`NeedsOrgScope`], whose methods exist to print what to write instead. `docs/invariants.md` numbers each promise and
//! names the cases and tests that show it; `docs/limits.md` says what no type can see.
//!
//! # Reading the compile errors
//!
//! Our messages name the table, say what is missing, and end in a code with a page: `TEN0001: see docs/errors/TEN0001.md`.
//! Where one of diesel's bounds fires first, the *name of the type* says what is missing: `NeedsOrgScope<invoices::table>`,
//! `OrganizationIsSetByTheScope<invoices::table>`, `NamesNoOrganization<invoices::table>`.
//!
//! # Features
//!
//! `postgres` and `sqlite` (bundled) choose the databases; `signer` adds the gateway's side, which signs grants; `gateway`
//! turns a request's cookie into a scope, in an axum router; `oidc` signs people in at an identity provider; `service` turns the
//! grant of a gateway in another process into a scope, and `proxy` is that gateway's side of it; `secrets` reads secrets by
//! reference, `vault` also from Vault and OpenBao; `tls` serves over TLS, `postgres-tls` connects over it; `rls` adds wall two and
//! `cli` its command line; `audit` looks for holes in it, `audit-source` in a service's code; the
//! `*-column-tables` features are diesel's. A feature adds API and never weakens a default.
#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_macros,
    reason = "`functions` declares built-in SQL functions, and clippy reports such macros at the crate's root"
)]

// The macros name this crate by its absolute path; inside it that path must resolve too.
extern crate self as tenancy;

#[cfg(feature = "audit")]
pub mod audit;
mod callback;
pub mod db;
#[cfg(any(feature = "gateway", feature = "service"))]
mod edge;
pub mod functions;
#[cfg(feature = "gateway")]
pub mod gateway;
#[cfg(feature = "jobs")]
pub mod job;
pub mod prelude;
pub mod query;
#[cfg(feature = "rls")]
pub mod rls;
pub mod schema;
pub mod scope;
#[cfg(feature = "secrets")]
pub mod secrets;
#[cfg(feature = "service")]
pub mod service;
pub mod sql_types;
#[cfg(any(feature = "gateway", feature = "service", feature = "tls"))]
mod timed;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(any(feature = "tls", feature = "postgres-tls"))]
mod trust;
mod turning;

#[doc(hidden)]
pub mod __private;

pub use db::{Error, OrgConn, RunQueryDsl, TenantDb};
pub use query::NeedsOrgScope;
pub use scope::{Authority, Claim, OrgId, OrgScope, Refusal};

/// Declares a schema whose tables belong to organizations.
///
/// It takes what `diesel print-schema` writes, unchanged, inline or from a file. Settings come first:
///
/// ```
/// tenancy::schema! {
///     organization = org_id;                   // the organization column's name; this is the default
///     organization(parties = company_id);      // .. and of single tables
///     global(currencies);                      // shared reference data, without an owner
///     platform(operators);                     // the platform's own
///
///     diesel::table! { invoices (id) { id -> Integer, org_id -> Binary, currency -> Text, } }
///     diesel::table! { parties (id) { id -> Integer, company_id -> Binary, name -> Text, } }
///     diesel::table! { currencies (code) { code -> Text, label -> Text, } }
///     diesel::table! { operators (id) { id -> Integer, name -> Text, } }
///     diesel::joinable!(invoices -> currencies (currency));
///     diesel::allow_tables_to_appear_in_same_query!(invoices, parties, currencies);
/// }
/// # fn main() {}
/// ```
///
/// With `file = "src/schema.rs";` the declarations are read from that file, relative to the package, and the crate is
/// rebuilt when it changes. `crate = some::path;` names this crate where it was renamed.
///
/// Every table that is not listed is a tenant table, and one without a non-null organization column of type `Uuid`,
/// `Binary` or `Text` does not compile: a new table is refused until somebody says whose rows it holds.
///
/// # Errors
/// All of a schema's mistakes at once, each at its place, with a code of `docs/errors/` from TEN0101 on.
#[doc(inline)]
pub use tenancy_macros::schema;

/// Diesel's `Identifiable`, for records of tenant tables; the attributes are diesel's.
///
/// Diesel's own derive hands out the table's value, which a tenant table's type does not have. With this one `.id()` and
/// `grouped_by` work and `update(&record)`, `delete(&record)` and `Child::belonging_to(&parent)` do not compile; the last
/// is written [`scope.belonging_to`](OrgScope::belonging_to).
#[doc(inline)]
pub use tenancy_macros::Identifiable;

/// Diesel's `HasQuery`, for records of tenant tables: `scope.query::<Invoice>()` selects the record's columns from its
/// table.
#[doc(inline)]
pub use tenancy_macros::HasQuery;

/// The README's code is compiled: the first block must, the one without a scope must not.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// So is the guide's.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../docs/guide/queries.md")]
struct Guide;

#[cfg(all(doctest, feature = "sqlite", feature = "gateway"))]
#[doc = include_str!("../../docs/guide/gateway.md")]
struct GatewayGuide;

#[cfg(all(doctest, feature = "sqlite", feature = "gateway"))]
#[doc = include_str!("../../docs/guide/staff.md")]
struct StaffGuide;

/// And the page on secrets.
#[cfg(all(doctest, feature = "rls", feature = "tls", feature = "vault"))]
#[doc = include_str!("../../docs/guide/secrets.md")]
struct GuideToSecrets;

#[cfg(all(doctest, feature = "sqlite", feature = "proxy", feature = "tls"))]
#[doc = include_str!("../../docs/guide/split.md")]
struct SplitGuide;
