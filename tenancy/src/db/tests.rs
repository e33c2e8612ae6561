//! The connection, with statements of its own: raw SQL around one scoped source, which only this module can write.

use super::*;
use crate::scope::{
    Authority, Epochs, Grant, GrantSigner, OrgId, OrgScope, Refusal, RequestBody, RequestContext, RequestGuard,
    Subject, Tier,
};
use std::time::{Duration, SystemTime};
use uuid::Uuid;

mod cases;
#[cfg(feature = "postgres")]
mod on_postgres;
mod on_sqlite;
mod statements;

use cases::cases;
use statements::{add, names};

const CONTEXT: RequestContext<'static> =
    RequestContext { method: "GET", authority: "t.test", path_and_query: "/", body: RequestBody::Bytes(&[]) };
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
        let authority = Authority::new("g", "t", [signer.public_key()]);
        Self { signer, authority, request: RequestGuard::new() }
    }

    fn scope(&self, org: OrgId) -> OrgScope {
        self.scope_for(org, Duration::from_secs(60))
    }

    /// A scope that has this long to live, to the second.
    fn scope_for(&self, org: OrgId, left: Duration) -> OrgScope {
        let grant = Grant {
            audience: "t".into(),
            org,
            subject: Subject { op: "op".into(), id: "id".into() },
            session: "s".into(),
            epochs: Epochs { org: 1, sub: 1 },
            tier: Tier::Org,
            assurance: "aal1".into(),
            authenticated_at: 0,
            actor: None,
            lifetime: Duration::from_secs(60),
        };
        let issued = SystemTime::now() + left - Duration::from_secs(65);
        let token = self.signer.sign_at(&grant, &CONTEXT, issued).unwrap();
        self.authority.admit(&token, &CONTEXT, &self.request).unwrap()
    }
}

fn refusal<T: std::fmt::Debug>(result: diesel::QueryResult<T>) -> Option<Refusal> {
    Refusal::in_error(&result.unwrap_err())
}
