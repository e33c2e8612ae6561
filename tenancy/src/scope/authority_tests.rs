//! What the door refuses. The cases follow `docs/attacks.md`, G31 and family T of the gateway's catalogue.

use super::*;
use crate::clock::unix_time;
use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};
use uuid::Uuid;

const NOW: u64 = 1_800_000_000;
const GET: RequestContext<'static> = RequestContext {
    method: "GET",
    authority: "billing.test",
    path_and_query: "/invoices?page=2",
    body: RequestBody::Bytes(b""),
    certificate: None,
};

fn org() -> OrgId {
    OrgId::new(Uuid::from_u128(0xA))
}

fn grant() -> Grant {
    Grant {
        audience: "billing".to_owned(),
        org: org(),
        subject: Subject { issuer: "https://id.test".to_owned(), subject: "alice".to_owned() },
        session: "3f".repeat(16),
        epochs: Epochs { org: 3, sub: 7 },
        tier: Tier::Org,
        assurance: "aal2".to_owned(),
        authenticated_at: Some(unix_time(NOW - 600)),
        actor: None,
        lifetime: Duration::from_secs(30),
    }
}

struct Bench {
    signer: GrantSigner,
    authority: Authority,
    request: RequestGuard,
}

impl Bench {
    fn new() -> Self {
        let signer = GrantSigner::generate("gateway").unwrap();
        let authority = Authority::new("gateway", "billing", [signer.public_key()]);
        Self { signer, authority, request: RequestGuard::new() }
    }

    fn token(&self, grant: &Grant) -> String {
        self.signer.sign_at(grant, &GET, UNIX_EPOCH + Duration::from_secs(NOW)).unwrap()
    }

    fn admit(&self, token: &str, context: &RequestContext<'_>, now: u64) -> Result<OrgScope, GrantError> {
        self.authority.admit_at(token, context, &self.request, unix_time(now), &NoReplayGuard)
    }

    /// The verdict on a payload with some fields changed (`None` removes one).
    fn verdict(&self, changes: &[(&str, Option<serde_json::Value>)]) -> Result<OrgScope, GrantError> {
        let mut payload: BTreeMap<String, serde_json::Value> = serde_json::from_str(&sample()).unwrap();
        for (name, value) in changes {
            match value {
                Some(value) => payload.insert((*name).to_owned(), value.clone()),
                None => payload.remove(*name),
            };
        }
        self.sealed(&serde_json::to_string(&payload).unwrap())
    }

    fn sealed(&self, payload: &str) -> Result<OrgScope, GrantError> {
        let token = self.signer.seal(payload.as_bytes(), "billing", &GET).unwrap();
        self.admit(&token, &GET, NOW)
    }
}

fn sample() -> String {
    format!(
        r#"{{"iss":"gateway","aud":"billing","sub":{{"issuer":"https://id.test","subject":"alice"}},
        "org":"00000000-0000-0000-0000-00000000000a","sid":"s","epo":{{"org":3,"sub":7}},"rol":"org","acr":"aal2",
        "aut":{NOW},"act":null,"jti":"00000000-0000-0000-0000-000000000001","iat":{NOW},"nbf":{NOW},"exp":{}}}"#,
        NOW + 30
    )
}

#[test]
fn a_grant_for_this_request_is_admitted() {
    let bench = Bench::new();
    let scope = bench.admit(&bench.token(&grant()), &GET, NOW).unwrap();
    assert_eq!(scope.org_id(), org());
    assert_eq!(scope.subject().subject, "alice");
    assert_eq!(scope.epochs(), Epochs { org: 3, sub: 7 });
    assert_eq!(scope.session(), "3f".repeat(16));
    assert_eq!(scope.tier(), Tier::Org);
    assert_eq!(
        (scope.assurance(), scope.authenticated_at()),
        ("aal2", Some(UNIX_EPOCH + Duration::from_secs(NOW - 600)))
    );
    assert!(
        scope.authenticated_within(Duration::from_secs(600)) && !scope.authenticated_within(Duration::from_secs(599))
    );
    assert_eq!(scope.check(), Ok(()));
    assert_eq!(format!("{scope:?}"), "OrgScope { .. }");
}

#[test]
fn a_grant_for_another_request_is_refused() {
    let bench = Bench::new();
    let token = bench.token(&grant());
    let others = [
        RequestContext { method: "POST", ..GET },
        RequestContext { authority: "other.test", ..GET },
        RequestContext { path_and_query: "/invoices?page=3", ..GET },
        RequestContext { body: RequestBody::Bytes(b"{}"), ..GET },
        RequestContext { body: RequestBody::Streamed, ..GET },
        RequestContext { certificate: Some([0; 32]), ..GET },
        // The fields' borders are signed too.
        RequestContext { method: "GETb", authority: "illing.test", ..GET },
    ];
    for other in others {
        assert_eq!(bench.admit(&token, &other, NOW).unwrap_err(), GrantError::Signature, "{other:?}");
    }
    let elsewhere = Authority::new("gateway", "ledger", [bench.signer.public_key()]);
    assert_eq!(
        elsewhere.admit_at(&token, &GET, &bench.request, unix_time(NOW), &NoReplayGuard).unwrap_err(),
        GrantError::Signature
    );
}

#[test]
fn a_grant_of_another_gateway_is_refused() {
    let (bench, other) = (Bench::new(), Bench::new());
    assert_eq!(bench.admit(&other.token(&grant()), &GET, NOW).unwrap_err(), GrantError::UnknownKey);
    // Nor does our footer on a foreign signature help.
    let (ours, theirs) = (bench.token(&grant()), other.token(&grant()));
    let footer = ours.rsplit_once('.').unwrap().1;
    let body = theirs.rsplit_once('.').unwrap().0;
    assert_eq!(bench.admit(&format!("{body}.{footer}"), &GET, NOW).unwrap_err(), GrantError::Signature);
    assert_eq!(bench.admit(body, &GET, NOW).unwrap_err(), GrantError::UnknownKey);
}

#[test]
fn several_keys_are_live_while_they_rotate() {
    let (old, new) = (Bench::new(), Bench::new());
    let both = Authority::new("gateway", "billing", [old.signer.public_key(), new.signer.public_key()]);
    for bench in [&old, &new] {
        let now = unix_time(NOW);
        assert!(both.admit_at(&bench.token(&grant()), &GET, &bench.request, now, &NoReplayGuard).is_ok());
    }
    let none = Authority::new("gateway", "billing", []);
    let now = unix_time(NOW);
    assert_eq!(
        none.admit_at(&old.token(&grant()), &GET, &old.request, now, &NoReplayGuard).unwrap_err(),
        GrantError::UnknownKey
    );
}

#[test]
fn what_is_no_token_is_refused_before_it_is_parsed() {
    let bench = Bench::new();
    let good = bench.token(&grant());
    for text in ["", "v4.public.", "v4.local.AAAA", "eyJhbGciOiJub25lIn0.e30.", &good.replace("v4", "v3")] {
        assert_eq!(bench.admit(text, &GET, NOW).unwrap_err(), GrantError::NotAToken, "{text}");
    }
    let long = format!("{good}{}", "A".repeat(2048));
    assert_eq!(bench.admit(&long, &GET, NOW).unwrap_err(), GrantError::TooLong);
}

#[test]
fn every_changed_character_is_refused() {
    let bench = Bench::new();
    let good = bench.token(&grant());
    for at in 0..good.len() {
        let mut bad = good.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        let bad = String::from_utf8(bad).unwrap();
        assert!(bench.admit(&bad, &GET, NOW).is_err(), "changed at {at}");
    }
}

#[test]
fn every_field_must_be_there() {
    let bench = Bench::new();
    assert!(bench.verdict(&[]).is_ok());
    let fields: BTreeMap<String, serde_json::Value> = serde_json::from_str(&sample()).unwrap();
    for name in fields.keys() {
        assert_eq!(bench.verdict(&[(name, None)]).unwrap_err(), GrantError::Payload, "without {name}");
    }
}

#[test]
fn what_the_profile_does_not_say_is_refused() {
    use serde_json::json;
    let bench = Bench::new();
    let cases = [
        ("extra", json!(1)),
        ("aud", json!(["billing"])),
        ("aud", json!(["billing", "ledger"])),
        ("exp", json!("1800000030")),
        ("exp", json!(-1)),
        ("exp", json!(1_800_000_030.5)),
        ("org", json!("acme")),
        ("org", json!(null)),
        ("sub", json!({"issuer": "https://id.test", "subject": "alice", "admin": true})),
        ("rol", json!("root")),
        ("epo", json!(3)),
    ];
    for (name, value) in cases {
        let verdict = bench.verdict(&[(name, Some(value.clone()))]);
        assert_eq!(verdict.unwrap_err(), GrantError::Payload, "{name}: {value}");
    }
    let twice = sample().replacen('{', r#"{"org":"00000000-0000-0000-0000-00000000000b","#, 1);
    assert_eq!(bench.sealed(&twice).unwrap_err(), GrantError::Payload);
    assert_eq!(bench.sealed("[]").unwrap_err(), GrantError::Payload);
}

#[test]
fn wrong_parties_times_and_tiers_are_refused() {
    use serde_json::json;
    let bench = Bench::new();
    let alice = json!({"issuer": "https://id.test", "subject": "alice"});
    let acting = json!({"staff": alice, "entry": Uuid::nil(), "writes": false});
    let cases = [
        (vec![("iss", json!("other"))], GrantError::Issuer),
        (vec![("aud", json!("ledger"))], GrantError::Audience),
        (vec![("exp", json!(NOW + 61))], GrantError::Lifetime),
        (vec![("exp", json!(u64::MAX))], GrantError::Lifetime),
        (vec![("exp", json!(NOW))], GrantError::Lifetime),
        (vec![("nbf", json!(NOW - 1))], GrantError::Lifetime),
        (vec![("iat", json!(NOW + 6)), ("nbf", json!(NOW + 6))], GrantError::NotYetValid),
        (vec![("nbf", json!(NOW + 6))], GrantError::NotYetValid),
        (vec![("iat", json!(NOW - 35)), ("nbf", json!(NOW - 35)), ("exp", json!(NOW - 5))], GrantError::Expired),
        (vec![("rol", json!("platform"))], GrantError::Tier),
        (vec![("act", json!({"issuer": "https://id.test", "subject": "alice"}))], GrantError::Payload),
        (vec![("act", json!({"staff": alice, "entry": Uuid::nil(), "writes": 1}))], GrantError::Payload),
        (vec![("act", json!({"staff": alice, "entry": Uuid::nil()}))], GrantError::Payload),
        (vec![("act", json!({"staff": alice, "writes": false}))], GrantError::Payload),
        (vec![("act", json!({"staff": alice, "entry": Uuid::nil(), "writes": false, "x": 1}))], GrantError::Payload),
        (vec![("act", acting.clone())], GrantError::Tier),
        (vec![("act", acting), ("rol", json!("platform"))], GrantError::Tier),
    ];
    for (changes, error) in cases {
        let changes: Vec<_> = changes.into_iter().map(|(name, value)| (name, Some(value))).collect();
        assert_eq!(bench.verdict(&changes).unwrap_err(), error, "{changes:?}");
    }
}

/// 72: an actor if and only if the tier is the platform's, who acts as no other subject, and only where staff are admitted.
#[test]
fn staff_act_where_they_are_admitted_and_as_themselves() {
    let signer = GrantSigner::generate("gateway").unwrap();
    let plain = || Authority::new("gateway", "billing", [signer.public_key()]);
    let (told, untold, request) = (plain().admit_staff(), plain(), RequestGuard::new());
    let verdict = |authority: &Authority, grant: &Grant| {
        let token = signer.sign_at(grant, &GET, UNIX_EPOCH + Duration::from_secs(NOW)).unwrap();
        authority.admit_at(&token, &GET, &request, unix_time(NOW), &NoReplayGuard)
    };
    let actor = |writes| Actor { staff: grant().subject, entry: Uuid::from_u128(0xE), writes };
    for writes in [false, true] {
        let staff = Grant { tier: Tier::Platform, actor: Some(actor(writes)), ..grant() };
        let scope = verdict(&told, &staff).unwrap();
        assert_eq!((scope.actor(), scope.is_read_only()), (Some(&actor(writes)), !writes));
        assert_eq!(scope.enter_sync(|scope| scope.is_read_only()), !writes);
        assert_eq!(verdict(&untold, &staff).unwrap_err(), GrantError::Tier);
        let mut other = actor(writes);
        other.staff.subject = "bob".to_owned();
        for (tier, actor) in [
            (Tier::Platform, None),
            (Tier::Org, Some(actor(writes))),
            (Tier::Tenant, Some(actor(writes))),
            (Tier::Platform, Some(other)),
        ] {
            let contradicting = Grant { tier, actor, ..grant() };
            assert_eq!(verdict(&told, &contradicting).unwrap_err(), GrantError::Tier, "{contradicting:?}");
        }
    }
    let member = verdict(&told, &grant()).unwrap();
    assert_eq!((member.actor(), member.is_read_only()), (None, false));
}

#[test]
fn clocks_may_differ_by_five_seconds() {
    let bench = Bench::new();
    let token = bench.token(&grant());
    let at = |now| bench.admit(&token, &GET, now).map(|_| ());
    assert_eq!(at(NOW - 6), Err(GrantError::NotYetValid));
    assert_eq!(at(NOW - 5), Ok(()));
    assert_eq!(at(NOW + 34), Ok(()));
    assert_eq!(at(NOW + 35), Err(GrantError::Expired));
}

#[test]
fn a_scope_expires_by_a_clock_that_only_runs_forward() {
    let bench = Bench::new();
    let token = bench.token(&grant());
    // Admitted 20 ms before the end of the grant and its leeway.
    let now = unix_time(NOW + 35) - Duration::from_millis(20);
    let scope = bench.authority.admit_at(&token, &GET, &bench.request, now, &NoReplayGuard).unwrap();
    assert_eq!(scope.check(), Ok(()));
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(scope.check(), Err(super::super::ScopeError::Expired));
}

#[test]
fn keys_are_read_only_in_their_own_form() {
    let key = GrantSigner::generate("gateway").unwrap().public_key();
    assert_eq!(key.to_string().parse::<PublicKey>().unwrap().to_string(), key.to_string());
    for text in ["", "k4.secret.AAAA", "k3.public.AAAA", "k4.public.AAAA"] {
        assert!(text.parse::<PublicKey>().is_err(), "{text}");
    }
}
