//! The connection, with statements of its own: raw SQL around one scoped source, which only this module can write.

use super::*;
use crate::scope::{
    Authority, Epochs, Grant, GrantSigner, OrgId, OrgScope, Refusal, RequestBody, RequestContext, RequestGuard,
    ScopeKey, Subject, Tier,
};
use crate::sql_types::Organization;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};
use diesel::{OptionalExtension, QueryResult};
use std::time::Duration;
use uuid::Uuid;

mod statements;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;
mod whole_request;

const CONTEXT: RequestContext<'static> =
    RequestContext { method: "GET", authority: "t.test", path_and_query: "/", body: RequestBody::Bytes(&[]) };
const A: OrgId = OrgId::new(Uuid::from_u128(0xA));
const B: OrgId = OrgId::new(Uuid::from_u128(0xB));

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
        let grant = Grant {
            audience: "t".into(),
            org,
            subject: Subject { op: "op".into(), id: "id".into() },
            session: "s".into(),
            epochs: Epochs { org: 1, sub: 1 },
            tier: Tier::Org,
            assurance: "aal1".into(),
            authenticated_at: 0,
            lifetime: Duration::from_secs(30),
        };
        let token = self.signer.sign(&grant, &CONTEXT).unwrap();
        self.authority.admit(&token, &CONTEXT, &self.request).unwrap()
    }
}

use statements::{add, names};

/// What every driver must do. The database holds nothing yet.
async fn statements_run_and_are_scoped<Db>(kit: &Kit, db: &TenantDb<Db>)
where
    Db: Driver,
    statements::Names<crate::scope::Request>: Runs<Db>,
{
    let (a, b) = (kit.scope(A), kit.scope(B));
    let mut conn = db.scoped(&a).await.unwrap();
    assert_eq!(add(&a, "a1").execute(&mut conn).await, Ok(1));
    assert_eq!(add(&a, "a2").execute(&mut conn).await, Ok(1));
    drop(conn);
    let mut conn = db.scoped(&b).await.unwrap();
    assert_eq!(add(&b, "b1").execute(&mut conn).await, Ok(1));
    assert_eq!(names(&b).all(&mut conn).await, Ok(vec!["b1".to_owned()]));
    assert_eq!(names(&b).one(&mut conn).await, Ok("b1".to_owned()));
    assert_eq!(names(&b).named("nobody").one(&mut conn).await.optional(), Ok(None));
    // A statement of another scope is refused, by a read and by a write, and the connection lives on.
    for refused in [names(&a).all(&mut conn).await.map(|_| ()), add(&a, "a3").execute(&mut conn).await.map(|_| ())] {
        assert_eq!(Refusal::in_error(&refused.unwrap_err()), Some(Refusal::OtherScope));
    }
    assert_eq!(names(&b).all(&mut conn).await, Ok(vec!["b1".to_owned()]));
    drop(conn);
    let mut conn = db.scoped(&a).await.unwrap();
    assert_eq!(names(&a).all(&mut conn).await, Ok(vec!["a1".to_owned(), "a2".to_owned()]));
    let mut stream = names(&a).stream(&mut conn).await.unwrap();
    let mut seen = Vec::new();
    while let Some(row) = std::future::poll_fn(|cx| futures_core::Stream::poll_next(std::pin::Pin::new(&mut stream), cx)).await {
        seen.push(row.unwrap());
    }
    assert_eq!(seen, ["a1", "a2"]);
}

/// The methods that this module's generic tests use; the bounds of `RunQueryDsl`, once.
trait Runs<Db: Driver>: Sized {
    async fn all(self, conn: &mut OrgConn<'_, Db>) -> QueryResult<Vec<String>>;
    async fn one(self, conn: &mut OrgConn<'_, Db>) -> QueryResult<String>;
    async fn stream<'c>(self, conn: &'c mut OrgConn<'_, Db>) -> QueryResult<Stream<'c, Db, String>>;
}
