//! 10.3.4: what a service behind the gateway learns of the proof that somebody is who it is.

use crate::split::forge::{LIST, payload};
use crate::split::world::{ACME, Alone, START, World, signed_in, time};
use tenancy_service::RejectionReason;

/// Each subject's own, from the gateway and by the service's clock; no header of the browser has a say.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_knows_strength_and_age_of_the_proof() {
    let world = World::new().await;
    let mut strong = signed_in("alice");
    (strong.assurance, strong.authenticated_at) = (Some("aal2".to_owned()), Some(time(world.now())));
    let (alice, bob) = (world.cookie_of(&strong).await, world.cookie("bob").await);
    world.clock.advance(300);
    let claims = "X-Acr: aal2\r\nAcr: aal2\r\nX-Auth-Time: 9999999999\r\n";
    let at = START + 30;
    world.ask("GET", "/proof", &alice, "").await.is(200, &format!("acme \"aal2\" {at}"));
    world.ask("GET", "/proof", &format!("{bob}{claims}"), "").await.is(403, &format!("bravo \"\" {START}"));
    world.clock.advance(1);
    world.ask("GET", "/proof", &format!("{alice}{claims}"), "").await.is(403, &format!("acme \"aal2\" {at}"));
    strong.authenticated_at = Some(time(world.now()));
    let alice = world.cookie_of(&strong).await;
    world.ask("GET", "/proof", &alice, "").await.is(200, &format!("acme \"aal2\" {}", at + 301));
}

/// A grant without the one or the other is none, and one whose proof is of the future is no fresh one.
#[tokio::test]
async fn a_proof_that_is_missing_or_of_the_future_is_none() {
    let alone = Alone::new().await;
    let asked = crate::split::forge::Asked { path: "/proof", ..LIST };
    let with = |name: &str, value: Option<serde_json::Value>| {
        let mut payload = payload(ACME, alone.clock.now());
        payload["acr"] = "aal2".into();
        match value {
            Some(value) => payload[name] = value,
            None => drop(payload.as_object_mut().unwrap().remove(name)),
        }
        alone.key.grant(&payload, &asked)
    };
    for (name, value) in [("acr", None), ("aut", None), ("aut", Some((-1).into())), ("acr", Some(2.into()))] {
        assert_eq!(alone.with_grant(&asked, &with(name, value)).await.0, 401, "{name}");
    }
    assert_eq!(alone.refused(RejectionReason::GrantProfile), 4);
    for (authenticated_at, status) in [
        (START, 200),
        (START - 300, 200),
        (START - 301, 403),
        (0, 403),
        (START + 5, 200),
        (START + 6, 403),
        (u64::MAX, 403),
    ] {
        let got = alone.with_grant(&asked, &with("aut", Some(authenticated_at.into()))).await;
        assert_eq!(
            got,
            (status, format!("acme \"aal2\" {}", if authenticated_at == u64::MAX { 0 } else { authenticated_at }))
        );
    }
}
