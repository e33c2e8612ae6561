//! Scopes and databases for tests.
//!
//! The kit uses only what every crate can use. It makes a random key and an authority that trusts it, and its scopes
//! are signed and verified like any other. No database but its own trusts that authority, so a kit that is linked
//! into a service by accident opens nothing (`tenancy/tests/wall_one/scope_authority.rs`). It can therefore be an ordinary
//! crate: there is no feature of `tenancy` that unlocks a mint.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod walled;

pub use walled::WalledDatabase;

use std::time::{Duration, SystemTime};
use tenancy::db::{Sqlite, TenantDb, TenantDbBuilder};
use tenancy::schema::Manifest;
use tenancy::scope::{
    Actor, Authority, Epochs, Grant, GrantSigner, OrgId, OrgScope, RequestBody, RequestContext, RequestGuard, Subject,
    Tier,
};

/// The request that the kit's grants are for.
pub const CONTEXT: RequestContext<'static> = RequestContext {
    method: "GET",
    authority: "kit.test",
    path_and_query: "/",
    body: RequestBody::Bytes(&[]),
    certificate: None,
};

const SERVICE: &str = "kit";

/// A gateway, an authority and a request of its own.
#[derive(Debug)]
pub struct TestKit {
    signer: GrantSigner,
    authority: Authority,
    request: RequestGuard,
}

impl TestKit {
    /// A kit with a random key.
    ///
    /// # Panics
    /// When the system has no randomness.
    #[expect(clippy::new_without_default, reason = "a kit is made on purpose, never filled in")]
    pub fn new() -> Self {
        let signer = GrantSigner::generate("kit gateway").expect("randomness");
        let authority = Authority::new("kit gateway", SERVICE, [signer.public_key()]).admit_staff();
        Self { signer, authority, request: RequestGuard::new() }
    }

    /// The authority that admits the kit's grants.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// A database in memory that trusts the kit, with these migrations; call `build`.
    pub fn sqlite(&self, migrations: &[&str]) -> TenantDbBuilder<Sqlite> {
        TenantDb::sqlite(":memory:", &self.authority).migrations(migrations)
    }

    /// A new database on the PostgreSQL server behind `server`, with these migrations, behind both walls.
    ///
    /// `server` is the URL of a role that may create databases and roles: `postgres://postgres:secret@localhost:5432/postgres`. Call
    /// [`WalledDatabase::tenant_db`] for a pool, and [`WalledDatabase::remove`] at the end of the test.
    ///
    /// # Panics
    /// When the server is not reached, a migration fails, or the declared tables do not allow a wall.
    pub async fn postgres(&self, server: &str, manifest: Manifest, migrations: &[&str]) -> WalledDatabase {
        WalledDatabase::create(server, manifest, migrations).await
    }

    /// A scope of the kit's own request, for 60 s.
    pub fn scope(&self, org: OrgId) -> OrgScope {
        self.scope_within(org, &self.request)
    }

    /// A scope of another request.
    ///
    /// # Panics
    /// Never, as long as the clock runs.
    pub fn scope_within(&self, org: OrgId, request: &RequestGuard) -> OrgScope {
        self.authority.admit(&self.token(org, SystemTime::now()), &CONTEXT, request).expect("the kit's own grant")
    }

    /// A scope of a member of the platform's staff who entered the organization: to change something, or only to read.
    ///
    /// # Panics
    /// Never, as long as the clock runs.
    pub fn staff_scope(&self, org: OrgId, writes: bool) -> OrgScope {
        let subject = Subject { issuer: "https://id.test".to_owned(), subject: "sam".to_owned() };
        let actor = Actor { staff: subject.clone(), entry: *org.as_uuid(), writes };
        let grant = Grant { subject, tier: Tier::Platform, actor: Some(actor), ..grant(org) };
        let token = self.signer.sign(&grant, &CONTEXT).expect("the kit signs");
        self.authority.admit(&token, &CONTEXT, &self.request).expect("the kit's own grant")
    }

    /// A scope that expires in `left`, at most 60 s, to the second.
    ///
    /// # Panics
    /// When `left` is longer than that.
    pub fn scope_for(&self, org: OrgId, left: Duration) -> OrgScope {
        // A grant lives 60 s and is admitted for 5 s more.
        let issued = SystemTime::now() + left - Duration::from_secs(65);
        self.authority.admit(&self.token(org, issued), &CONTEXT, &self.request).expect("the kit's own grant")
    }

    /// Ends the kit's request: its scopes are refused from now on.
    pub fn end_request(&mut self) {
        self.request = RequestGuard::new();
    }

    fn token(&self, org: OrgId, issued: SystemTime) -> String {
        self.signer.sign_at(&grant(org), &CONTEXT, issued).expect("the kit signs")
    }
}

/// A grant for the kit's service, to sign with another gateway or to change.
pub fn grant(org: OrgId) -> Grant {
    Grant {
        audience: SERVICE.to_owned(),
        org,
        subject: Subject { issuer: "https://id.test".to_owned(), subject: "alice".to_owned() },
        session: "test session".to_owned(),
        epochs: Epochs { org: 1, sub: 1 },
        tier: Tier::Org,
        assurance: "aal1".to_owned(),
        authenticated_at: None,
        actor: None,
        lifetime: Duration::from_secs(60),
    }
}
