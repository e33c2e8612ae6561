//! The grant's header at the service: one, in one spelling.

use crate::split::forge::{CREATE, LIST};
use crate::split::world::{ACME, Alone, BRAVO};
use tenancy_service::RejectionReason;

/// 7: twice, with equal or different values, or joined to one.
#[tokio::test]
async fn two_grants_are_refused() {
    let alone = Alone::new().await;
    let (ours, theirs) = (alone.grant(ACME, &LIST), alone.grant(BRAVO, &LIST));
    let joined = [format!("{ours},{theirs}"), format!("{ours}, {theirs}"), format!("{ours} {theirs}")];
    for pair in [(&ours, &ours), (&ours, &theirs), (&theirs, &ours)] {
        let (status, _) = alone.send(&LIST, &[("tenancy-grant", pair.0), ("tenancy-grant", pair.1)]).await;
        assert_eq!(status.as_u16(), 400);
    }
    for one in &joined {
        assert_eq!(alone.with_grant(&LIST, one).await.0, 400);
    }
    assert_eq!(alone.refused(RejectionReason::GatewayHeader), 6);
    // Refused, and not spent.
    let change = alone.grant(ACME, &CREATE);
    let (status, _) = alone.send(&CREATE, &[("tenancy-grant", &change), ("tenancy-grant", &change)]).await;
    assert_eq!(status.as_u16(), 400);
    assert_eq!(alone.with_grant(&CREATE, &change).await.0, 200);
}

/// 4, 5, 6: every spelling that some reader takes for it, alone and beside the good one.
#[tokio::test]
async fn aliases_are_refused_alone_and_beside_the_grant() {
    let alone = Alone::new().await;
    let (ours, theirs) = (alone.grant(ACME, &LIST), alone.grant(BRAVO, &LIST));
    for alias in [
        "tenancy_grant",
        "tenancy.grant",
        "tenancygrant",
        "tenancy--grant",
        "tenancy-_grant",
        "tenancy-grant-",
        "tenancy-grants",
        "tenancy-org",
        "tenancy",
        "-tenancy-grant",
        "tenancy~grant",
    ] {
        let (status, _) = alone.send(&LIST, &[(alias, &theirs)]).await;
        assert_eq!(status.as_u16(), 400, "{alias}");
        let (status, _) = alone.send(&LIST, &[("tenancy-grant", &ours), (alias, &theirs)]).await;
        assert_eq!(status.as_u16(), 400, "{alias}");
    }
    // The case of a header's name is nobody's to tell apart.
    let (status, body) = alone.send(&LIST, &[("Tenancy-Grant", &ours)]).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, "acme-1"));
}

/// 8: absence is a refusal; so is a `Connection` that would have a hop drop the header.
#[tokio::test]
async fn absence_is_a_refusal() {
    let alone = Alone::new().await;
    let grant = alone.grant(ACME, &LIST);
    for path in ["/invoices", "/echo", "/public/anything", "/healthz", "/nothing-there"] {
        let asked = crate::split::forge::Asked { path, ..LIST };
        let (status, _) = alone.send(&asked, &[("x-org-id", &ACME.to_string())]).await;
        assert!(status.as_u16() == 401 || status.as_u16() == 404, "{path}: {status}");
    }
    for listed in ["tenancy-grant", "close, Tenancy-Grant", "tenancy_grant", "host"] {
        let (status, _) = alone.send(&LIST, &[("tenancy-grant", &grant), ("connection", listed)]).await;
        assert_eq!(status.as_u16(), 400, "{listed}");
    }
    let (status, _) = alone.send(&LIST, &[("tenancy-grant", &grant), ("connection", "close")]).await;
    assert_eq!(status.as_u16(), 200);
}

/// 1: identity in other headers has no effect and reaches no handler; neither does the grant.
#[tokio::test]
async fn the_handler_sees_neither_identity_nor_the_grant() {
    let alone = Alone::new().await;
    let echo = crate::split::forge::Asked { path: "/echo", ..LIST };
    let grant = alone.grant(BRAVO, &echo);
    let said = ACME.to_string();
    let identity = [("x-org-id", &*said), ("x_tenant_id", &*said), ("X-User", "root"), ("x.auth.org", &*said)];
    let headers: Vec<(&str, &str)> =
        [("tenancy-grant", &*grant), ("accept", "text/plain")].into_iter().chain(identity).collect();
    let (status, body) = alone.send(&echo, &headers).await;
    assert_eq!(status.as_u16(), 200);
    assert_eq!(
        body,
        "bravo\naccept: \"text/plain\"\ncontent-length: \"0\"\nhost: \"billing.test\""
            .replace("content-length: \"0\"\n", "")
    );
}

/// 16: one host.
#[tokio::test]
async fn two_hosts_are_refused() {
    let alone = Alone::new().await;
    let grant = alone.grant(ACME, &LIST);
    let (status, _) = alone.send(&LIST, &[("tenancy-grant", &grant), ("host", "billing.test")]).await;
    assert_eq!(status.as_u16(), 400);
    let absolute = crate::split::forge::Asked { path: "http://other.test/invoices", ..LIST };
    assert_eq!(alone.with_grant(&absolute, &grant).await.0, 400);
    assert_eq!(alone.refused(RejectionReason::Host), 2);
}

/// Longer than the service takes, announced or not: no handler sees it and the grant is not spent.
#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let alone = Alone::with(|service| service.longest_body(8)).await;
    let grant = alone.grant(ACME, &CREATE);
    assert_eq!(alone.with_grant(&CREATE, &grant).await.0, 413);
    let short = crate::split::forge::Asked { body: "short", ..CREATE };
    assert_eq!(alone.with_grant(&short, &alone.grant(ACME, &short)).await.0, 200);
    assert_eq!(alone.refused(RejectionReason::BodySize), 1);
    assert_eq!(alone.names(ACME).await, "acme-1,short");
}

/// 73: an extension that a handler kept is worth nothing without the layer's own type; a route without the layer has none.
#[tokio::test]
async fn a_route_without_the_layer_has_no_scope() {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt as _;
    let bare: axum::Router = axum::Router::new().route("/", axum::routing::get(async |_: tenancy::OrgScope| "never"));
    let alone = Alone::new().await;
    let root = crate::split::forge::Asked { path: "/", ..LIST };
    let grant = alone.grant(ACME, &root);
    let request = Request::builder().uri("/").header("host", "billing.test").header("tenancy-grant", grant);
    let answer = bare.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 500);
}
