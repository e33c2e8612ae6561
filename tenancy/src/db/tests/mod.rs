//! The connection, with statements of its own: raw SQL around one scoped source, which only this module can write.

use super::*;
use crate::scope::{
    Actor, Authority, Epochs, Grant, GrantSigner, OrgId, OrgScope, RequestBody, RequestContext, RequestGuard,
    ScopeError, Subject, Tier,
};
use std::time::{Duration, SystemTime};
use uuid::Uuid;

mod cases;
#[cfg(feature = "postgres")]
mod on_postgres;
mod on_sqlite;
mod second_opinion;
mod statements;

use cases::cases;
#[cfg(feature = "postgres")]
use statements::armed_names;
use statements::{add, add_under_a_with, names};

/// Why no text is reviewed here.
const OWN: &str = "the statements of these tests are the module's own";

const CONTEXT: RequestContext<'static> = RequestContext {
    method: "GET",
    authority: "t.test",
    path_and_query: "/",
    body: RequestBody::Bytes(&[]),
    certificate: None,
};
const A: OrgId = OrgId::new(Uuid::from_u128(0xA));
const B: OrgId = OrgId::new(Uuid::from_u128(0xB));

/// A gateway, an authority and a request.
struct Kit {
    signer: GrantSigner,
    authority: Authority,
    request: RequestGuard,
}

impl Kit {
    fn new() -> Self {
        let signer = GrantSigner::generate("g").unwrap();
        let authority = Authority::new("g", "t", [signer.public_key()]).admit_staff();
        Self { signer, authority, request: RequestGuard::new() }
    }

    fn scope(&self, org: OrgId) -> OrgScope {
        self.scope_for(org, Duration::from_secs(60))
    }

    /// A scope that only reads.
    fn reading(&self, org: OrgId) -> OrgScope {
        let subject = Subject { issuer: "op".into(), subject: "id".into() };
        let actor = Some(Actor { staff: subject, entry: Uuid::nil(), writes: false });
        self.granted(Grant { tier: Tier::Platform, actor, ..Self::grant(org) }, Duration::from_secs(60))
    }

    /// A scope that has this long to live, to the second.
    fn scope_for(&self, org: OrgId, left: Duration) -> OrgScope {
        self.granted(Self::grant(org), left)
    }

    fn grant(org: OrgId) -> Grant {
        Grant {
            audience: "t".into(),
            org,
            subject: Subject { issuer: "op".into(), subject: "id".into() },
            session: "s".into(),
            epochs: Epochs { org: 1, sub: 1 },
            tier: Tier::Org,
            assurance: "aal1".into(),
            authenticated_at: None,
            actor: None,
            lifetime: Duration::from_secs(60),
        }
    }

    fn granted(&self, grant: Grant, left: Duration) -> OrgScope {
        let issued = SystemTime::now() + left - Duration::from_secs(65);
        let token = self.signer.sign_at(&grant, &CONTEXT, issued).unwrap();
        self.authority.admit(&token, &CONTEXT, &self.request).unwrap()
    }
}

fn refusal<T: std::fmt::Debug>(result: diesel::QueryResult<T>) -> Option<ScopeError> {
    ScopeError::in_error(&result.unwrap_err())
}
