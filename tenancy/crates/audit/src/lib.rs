//! The audit: a live database against the declaration, and a service's source against what no type can see.
//!
//! [`Audit::run`] reads the catalog in one statement, asks every rule of families A to F, and, with the URL of the
//! service's role, tries the wall in transactions that it rolls back. [`ensure`] does it at boot and refuses to start on
//! a broken wall. `tenancy audit` does it from a shell, and reads the service's source as well (`source`).
//!
//! Each rule has an id, a severity and a page in `docs/audit/`; [`rules`] lists them. A rule that could not look is
//! reported as not run ([`Report::not_run`]), never as passed. [`guide`] leads through it, and
//! `docs/limits.md` says what it does not see.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod accepted_roles;
pub mod baseline;
mod catalog;
mod context;
mod finding;
mod keys;
mod options;
mod plpgsql;
mod policy_text;
mod printable;
mod probes;
pub mod render;
mod row_checks;
mod rule;
mod rules;
mod savepoint_probe;
pub mod source;
mod sql_tokens;
mod sql_type_names;

#[cfg(all(test, unix))]
mod tests;

pub use catalog::CatalogError;
pub use finding::{Accepted, Finding, NotRun, Place, Report};
pub use options::Options;
pub use rule::{Rule, Severity};
pub use rules::{rule, rules};

use catalog::Session;
use context::Context;
use probes::Probes;
use rule::Check;
use std::fmt;
use std::time::Instant;
use tenancy::db::seal::SealKey;
use tenancy::schema::Manifest;

/// An audit of one database.
///
/// ```no_run
/// # async fn example(manifest: tenancy::schema::Manifest) -> Result<(), Box<dyn std::error::Error>> {
/// use tenancy_audit::{Audit, Options, Severity};
///
/// let options = Options::new(tenancy_rls::Options::new("app"));
/// let report = Audit::new("postgres://auditor@db/billing", &manifest, &options)
///     .app_url("postgres://app:secret@db/billing")
///     .run()
///     .await?;
/// assert!(!report.fails_on(Severity::High), "{:?}", report.rule_ids());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Audit<'a> {
    url: &'a str,
    manifest: &'a Manifest,
    options: &'a Options,
    probes: Probes<'a>,
}

/// Without the URLs, which hold passwords.
impl fmt::Debug for Audit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").finish_non_exhaustive()
    }
}

impl<'a> Audit<'a> {
    /// Over the database behind a `postgres://` URL. Any role may read the catalog; only one that row-level security
    /// does not hold can compare rows (E13).
    pub fn new(url: &'a str, manifest: &'a Manifest, options: &'a Options) -> Self {
        Self { url, manifest, options, probes: Probes::default() }
    }

    /// The URL of the service's role, for the probes.
    pub fn app_url(mut self, url: &'a str) -> Self {
        self.probes.app_url = Some(url);
        self
    }

    /// A key that the database knows, for the probes that must act for an organization (F04, F06, half of F05).
    pub fn key(mut self, key: &'a SealKey) -> Self {
        self.probes.key = Some(key);
        self
    }

    /// Connects over TLS and in no other way, to both URLs; see [`TenantDbBuilder::tls`](tenancy::db::TenantDbBuilder::tls) and
    /// [`tls_roots`](tenancy::db::tls_roots).
    pub fn tls(mut self, config: rustls::ClientConfig) -> Self {
        self.probes.encryption = config.into();
        self
    }

    /// Looks, and changes nothing that lasts.
    ///
    /// # Errors
    /// When the database cannot be reached or read.
    pub async fn run(&self) -> Result<Report, CatalogError> {
        let started = Instant::now();
        let mut session = Session::open(self.url, &self.probes.encryption).await?;
        let catalog = session.catalog().await?;
        let context = Context::new(self.manifest, &catalog, self.options);
        let mut report = catalog_report(&context);
        let done = row_checks::check(&mut session, &context, &mut report).await;
        savepoint_probe::goes_on(&mut session, "E13", done, &mut report).await?;
        let done = keys::check(&mut session, &context, self.probes.key, &mut report).await;
        savepoint_probe::goes_on(&mut session, "C13", done, &mut report).await?;
        probes::run(&mut session, &context, &self.probes, &mut report).await?;
        report.disable(&self.options.disabled);
        report.statements += session.sent();
        report.took = started.elapsed();
        Ok(report)
    }
}

/// What the rules say that need only the catalog.
fn catalog_report(context: &Context<'_>) -> Report {
    let mut report = Report::default();
    for rule in rules() {
        if let Check::Catalog(check) = rule.check {
            match (rule.id, &context.options.pgbouncer) {
                ("F08", None) => report.skip("F08", "no version of PgBouncer was given"),
                ("A07", _) if !context.options.column_grants => report.skip("A07", "column grants are not expected"),
                _ => report.add(rule, check(context)),
            }
        }
    }
    report
}

/// Why [`ensure`] lets a service not start. It names rules, and nothing of the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The audit could not look.
    #[error("the database wall could not be audited")]
    Failed(#[from] CatalogError),
    /// The wall has holes.
    #[error("the database wall is broken, by the rules {}: see docs/audit/", .rules.join(", "))]
    Broken {
        /// The ids of the rules with critical or high findings, each once.
        rules: Vec<&'static str>,
    },
}

/// A database as the service's role reaches it: a pool's [`Endpoint`](tenancy::db::Endpoint), or a URL without TLS. Sealed.
pub trait Audited: audited::Reachable {}
impl<D: audited::Reachable + ?Sized> Audited for D {}

mod audited {
    use std::sync::Arc;
    use tenancy::__private::{Encryption, reach};
    use tenancy::db::Endpoint;

    pub trait Reachable {
        /// The URL, and what the service connects over: the audit goes the same way.
        fn reach(&self) -> (Arc<String>, Encryption);
    }

    impl Reachable for str {
        fn reach(&self) -> (Arc<String>, Encryption) {
            (Arc::new(self.to_owned()), Encryption::default())
        }
    }

    impl Reachable for String {
        fn reach(&self) -> (Arc<String>, Encryption) {
            self.as_str().reach()
        }
    }

    impl Reachable for Endpoint {
        fn reach(&self) -> (Arc<String>, Encryption) {
            reach(self)
        }
    }
}

/// For a service's start: the audit of the database as the service itself reaches it
/// ([`TenantDbBuilder::endpoint`](tenancy::db::TenantDbBuilder::endpoint)), with the probes that need no key.
///
/// The report's lesser findings are for the log.
///
/// # Errors
/// When a finding is critical or high, or the database cannot be read.
pub async fn ensure<D>(db: &D, manifest: &Manifest, options: &Options) -> Result<Report, AuditError>
where
    D: Audited + ?Sized,
{
    let (app_url, encryption) = audited::Reachable::reach(db);
    let mut audit = Audit::new(&app_url, manifest, options).app_url(&app_url);
    audit.probes.encryption = encryption;
    let report = audit.run().await?;
    let bad = report.findings.iter().filter(|finding| finding.severity >= Severity::High);
    let mut rules: Vec<&'static str> = bad.map(|finding| finding.rule.id).collect();
    rules.sort_unstable();
    rules.dedup();
    if rules.is_empty() { Ok(report) } else { Err(AuditError::Broken { rules }) }
}

/// Pages to read from the beginning. Links between pages lead to files of the source repository.
pub mod guide {
    /// How to audit a database and a service's source, at boot and in CI.
    #[doc = include_str!("../guide/audit.md")]
    pub mod audit {}
}
