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
//! - [`guide`]: pages to read from the beginning. [`errors`]: a page for each error code.
//! - [`alias!`], [`Identifiable`], [`HasQuery`]: the few of diesel's macros that need a scope to be known.
//!
//! # How it holds
//!
//! An organization table's diesel type has no value outside this crate: its one field is a [`ScopedFrom`](query::ScopedFrom), which
//! only a scope gives. Its FROM clause is the derived table of the organization's rows, so no clause that is written later
//! can widen it. What a developer writes by habit, `invoices::table`, is a constant of another type,
//! [`NeedsOrgScope`], whose methods exist to print what to write instead. `docs/invariants.md` numbers each promise and
//! names the cases and tests that show it; `docs/limits.md` says what no type can see.
//!
//! # Reading the compile errors
//!
//! Our messages name the table, say what is missing, and end in a code. Its page is in [`errors`];
//! the command `tenancy explain TEN0001` prints it.
//! Where one of diesel's bounds fires first, the *name of the type* says what is missing: `NeedsOrgScope<invoices::table>`,
//! `OrganizationIsSetByTheScope<invoices::table>`, `NamesNoOrganization<invoices::table>`.
//!
//! # Features
//!
//! None is on unless you name it. A feature adds API and never weakens a default.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `postgres` | PostgreSQL, and the run-time half of wall two |
//! | `sqlite` | SQLite, built from source with the crate |
//! | `postgres-tls` | TLS to PostgreSQL |
//! | `axum` | [`OrgScope`] as an argument of axum's handlers |
//! | `jobs` | background jobs; includes `signing` |
//! | `signing` | what signs grants: for a gateway, and for a service that authenticates requests itself |
//! | `secrets` | what follows the secrets of `tenancy-secrets` |
//! | `32-column-tables`, `64-column-tables`, `128-column-tables` | diesel's features for tables of more than 16 columns |
//!
//! # The other crates
//!
//! - [`tenancy-gateway`](https://docs.rs/tenancy-gateway) signs people in and decides which organization a request acts for.
//! - [`tenancy-service`](https://docs.rs/tenancy-service) is for a service behind a gateway in another process.
//! - [`tenancy-rls`](https://docs.rs/tenancy-rls) builds wall two, and [`tenancy-audit`](https://docs.rs/tenancy-audit) looks for
//!   holes in it and in a service's source. [`tenancy-cli`](https://docs.rs/tenancy-cli) is the command line of both.
//! - [`tenancy-secrets`](https://docs.rs/tenancy-secrets) reads secrets, and [`tenancy-tls`](https://docs.rs/tenancy-tls) serves
//!   over TLS.
//! - [`tenancy-testkit`](https://docs.rs/tenancy-testkit) has scopes and databases for your tests.
//!
//! # Versions
//!
//! [`tenancy::diesel`] is the diesel that this crate uses, from 2.3.14 to the last 2.3. The crates of `tenancy` are released
//! together, and each takes the others at exactly its own version.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(
    clippy::disallowed_macros,
    reason = "`functions` declares built-in SQL functions, and clippy reports such macros at the crate's root"
)]

// The macros name this crate by its absolute path; inside it that path must resolve too.
extern crate self as tenancy;

mod async_callback;
mod clock;
pub mod db;
pub mod errors;
pub mod functions;
pub mod guide;
mod identity;
mod isolation;
#[cfg(test)]
mod isolation_tests;
#[cfg(feature = "jobs")]
pub mod job;
pub mod permit;
pub mod prelude;
pub mod query;
mod rotating;
pub mod schema;
pub mod scope;
mod scope_error;
pub mod sql_types;

#[doc(hidden)]
pub mod __private;

/// The diesel that this crate uses.
///
/// A crate that writes `use tenancy::diesel;` where diesel's derives stand needs no dependency on diesel of its own.
/// It may have one: cargo takes the same release for both.
#[doc(no_inline)]
pub use diesel;

pub use db::{Error, OrgConn, RunQueryDsl, TenantDb};
pub use query::NeedsOrgScope;
pub use scope::{Authority, OrgId, OrgScope, RequestedOrg, ScopeError};

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
/// Every table that is not listed is an organization table, and one without a non-null organization column of type `Uuid`,
/// `Binary` or `Text` does not compile: a new table is refused until its declaration says whose rows it holds.
///
/// # Errors
/// All of a schema's mistakes at once, each at its place, with a code from TEN0101 on ([`errors`]).
#[doc(inline)]
pub use tenancy_macros::schema;

/// Generates a type for each permission of a model in SpiceDB's schema language.
///
/// ```
/// tenancy::permissions! {
///     file = "tests/wall_one/permits/permissions.zed";
///     ids(invoice = i32);                                   // the Rust types of ids; a `Uuid` unless named
///     levels(platform = platform, tenant = tenant, organization = organization); // these are the defaults
/// }
/// # fn main() {}
/// ```
///
/// `permissions!("permissions.zed")` takes every default. The path is relative to the package; the crate is rebuilt when the file
/// changes. For `definition invoice { permission void = .. }` it writes a module `invoice` with an action `invoice::Void(id)`. An action
/// on the organization itself has no id, since the scope has it. [`PermitAuthority::require`](permit::PermitAuthority::require) takes
/// actions of the organization's level alone.
///
/// A type below an organization says so with `relation organization: organization`. That edge is never stored: a statement with a
/// permit carries the organization of its scope. Give an engine the same names of levels.
///
/// # Errors
/// Every mistake of the model, with its line and column (TEN0124), and of the settings (TEN0125).
#[doc(inline)]
pub use tenancy_macros::permissions;

/// Diesel's `Identifiable`, for records of organization tables; the attributes are diesel's.
///
/// Diesel's own derive hands out the table's value, which an organization table's type does not have. With this one `.id()` and
/// `grouped_by` work and `update(&record)`, `delete(&record)` and `Child::belonging_to(&parent)` do not compile; the last
/// is written [`scope.belonging_to`](OrgScope::belonging_to).
#[doc(inline)]
pub use tenancy_macros::Identifiable;

/// Diesel's `HasQuery`, for records of organization tables: `scope.query::<Invoice>()` selects the record's columns from its
/// table.
#[doc(inline)]
pub use tenancy_macros::HasQuery;

/// The README's code is compiled: the first block must, the one without a scope must not.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
