//! Grants that a gateway would not sign, under a key that services trust.

use crate::split::forge::{CREATE, Key, LIST, payload};
use crate::split::world::{ACME, Alone, BRAVO, START};
use serde_json::{Value, json};
use tenancy_service::RejectionReason;

/// The other implementation's token is taken, so that the refusals below are for their own reasons.
#[tokio::test]
async fn a_good_grant_is_taken_from_another_implementation() {
    let alone = Alone::new().await;
    assert_eq!(alone.names(ACME).await, "acme-1");
    assert_eq!(alone.names(BRAVO).await, "bravo-1");
}

/// 66, 68, 72: each with the reason that is counted.
#[tokio::test]
async fn wrong_times_parties_tiers_and_fields_are_refused() {
    let alone = Alone::new().await;
    let cases: Vec<(RejectionReason, Vec<(&str, Value)>)> = vec![
        (
            RejectionReason::GrantTime,
            vec![("iat", json!(START - 35)), ("nbf", json!(START - 35)), ("exp", json!(START - 5))],
        ),
        (
            RejectionReason::GrantTime,
            vec![("iat", json!(START + 6)), ("nbf", json!(START + 6)), ("exp", json!(START + 36))],
        ),
        (RejectionReason::GrantProfile, vec![("exp", json!(START + 61))]),
        (RejectionReason::GrantProfile, vec![("exp", json!(START))]),
        (RejectionReason::GrantProfile, vec![("exp", json!(u64::MAX))]),
        (RejectionReason::GrantProfile, vec![("exp", json!(i64::MIN))]),
        (RejectionReason::GrantProfile, vec![("iat", json!(0))]),
        (RejectionReason::GrantProfile, vec![("exp", json!((START + 30).to_string()))]),
        (RejectionReason::GrantParty, vec![("aud", json!("ledger"))]),
        (RejectionReason::GrantProfile, vec![("aud", json!(["billing"]))]),
        (RejectionReason::GrantParty, vec![("iss", json!("another gateway"))]),
        (RejectionReason::GrantProfile, vec![("rol", json!("platform"))]),
        (RejectionReason::GrantProfile, vec![("act", json!({"issuer": "https://id.test", "subject": "staff"}))]),
        (RejectionReason::GrantProfile, vec![("org", json!("acme"))]),
        (RejectionReason::GrantProfile, vec![("extra", json!(true))]),
    ];
    for (reason, changes) in cases {
        let mut said = payload(ACME, START);
        for (name, value) in &changes {
            said[*name] = value.clone();
        }
        let before = alone.refused(reason);
        let (status, body) = alone.with_grant(&LIST, &alone.key.grant(&said, &LIST)).await;
        assert_eq!((status, body.as_str()), (401, "Unauthorized"), "{changes:?}");
        assert_eq!(alone.refused(reason), before + 1, "{changes:?}");
    }
    for field in ["iss", "aud", "sub", "org", "epo", "act", "jti", "exp"] {
        let mut said = payload(ACME, START);
        said.as_object_mut().unwrap().remove(field);
        assert_eq!(alone.with_grant(&LIST, &alone.key.grant(&said, &LIST)).await.0, 401, "without {field}");
    }
}

/// 68: clocks may differ by five seconds, in either direction, and by no more.
#[tokio::test]
async fn clocks_may_differ_by_five_seconds() {
    let alone = Alone::new().await;
    for (ahead, status) in [(5, 200), (6, 401)] {
        let grant = alone.key.grant(&payload(BRAVO, START + ahead), &LIST);
        assert_eq!(alone.with_grant(&LIST, &grant).await.0, status, "{ahead} s ahead");
    }
    let grant = alone.key.grant(&payload(BRAVO, START), &LIST);
    for (after, status) in [(34, 200), (1, 401)] {
        alone.clock.advance(after);
        assert_eq!(alone.with_grant(&LIST, &grant).await.0, status);
    }
}

/// 65: other versions, purposes and formats.
#[tokio::test]
async fn what_is_no_grant_is_refused() {
    let alone = Alone::new().await;
    let good = alone.grant(ACME, &LIST);
    let jwt = "eyJhbGciOiJub25lIn0.eyJvcmciOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMGEifQ.";
    let others = [
        String::new(),
        jwt.to_owned(),
        good.replace("v4.public", "v4.local"),
        good.replace("v4.public", "v3.public"),
        good.replace("v4.public", "v2.public"),
        good.replace("v4.public", "v1.public"),
        "v4.public.".to_owned(),
        // No base64 text has this length.
        good[.."v4.public.".len() + 41].to_owned(),
        format!("{good}{}", "A".repeat(2048)),
    ];
    for other in &others {
        let (status, body) = alone.with_grant(&LIST, other).await;
        assert_eq!((status, body.as_str()), (401, "Unauthorized"), "{other}");
    }
    assert_eq!(alone.refused(RejectionReason::GrantForm), others.len() as u64);
}

/// 64: one changed character anywhere.
#[tokio::test]
async fn every_changed_character_is_refused() {
    let alone = Alone::new().await;
    let good = alone.grant(ACME, &LIST);
    for at in 0..good.len() {
        let mut bad = good.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        let (status, _) = alone.with_grant(&LIST, &String::from_utf8(bad).unwrap()).await;
        assert_eq!(status, 401, "changed at {at}");
    }
    assert_eq!(alone.with_grant(&LIST, &good).await.0, 200);
}

/// 67: the footer picks the key and is compared whole.
#[tokio::test]
async fn footers_with_tricks_are_refused() {
    let alone = Alone::new().await;
    let (said, assertion) = (payload(ACME, START).to_string(), LIST.assertion("billing"));
    let (ours, stranger) = (alone.key.footer(), Key::of(9));
    let tricks = [
        String::new(),
        "{}".to_owned(),
        r#"{"v":1,"kid":"../../etc/passwd"}"#.to_owned(),
        r#"{"v":1,"kid":"' OR 1=1 --"}"#.to_owned(),
        r#"{"v":1,"kid":"https://evil.test/key"}"#.to_owned(),
        ours.replace("\"v\":1", "\"v\":2"),
        ours.replace('}', ",\"wpk\":\"x\"}"),
        format!(" {ours}"),
        format!("{ours} "),
        "x".repeat(300),
        alone.root.footer(),
    ];
    for footer in &tricks {
        let token = alone.key.token(&said, footer, &assertion);
        assert_eq!(alone.with_grant(&LIST, &token).await.0, 401, "{footer}");
    }
    assert_eq!(alone.refused(RejectionReason::GrantKey), tricks.len() as u64);
    // Our key's name under a stranger's signature.
    let token = stranger.token(&said, &ours, &assertion);
    assert_eq!(alone.with_grant(&LIST, &token).await.0, 401);
    assert_eq!(alone.refused(RejectionReason::GrantSignature), 1);
}

/// 46, 72: one kind of token is not another: a statement is no grant, and a root signs no grants.
#[tokio::test]
async fn tokens_of_another_kind_are_refused() {
    let alone = Alone::new().await;
    let statement = alone.root.statement(&crate::split::forge::stated(&[&alone.key], 2, START));
    assert_eq!(alone.with_grant(&LIST, &statement).await.0, 401);
    assert_eq!(alone.with_grant(&LIST, &alone.root.grant(&payload(ACME, START), &LIST)).await.0, 401);
    // A job's token, under the trusted key.
    let said = json!({"iss": "gateway", "aud": "billing", "sub": {"issuer": "x", "subject": "alice"}, "org": ACME.to_string(),
        "iat": START, "exp": START + 60});
    let assertion = crate::split::forge::framed(&[b"tenancy job v1", b"billing", b"POST", b"/invoices", b""]);
    let job = alone.key.token(&said.to_string(), &alone.key.footer(), &assertion);
    assert_eq!(alone.with_grant(&CREATE, &job).await.0, 401);
    // And a grant is no statement.
    assert_eq!(alone.state(&alone.grant(ACME, &LIST)).await.unwrap(), 0);
}

/// The answer to a refusal names neither an organization nor a reason; metrics name reasons alone.
#[tokio::test]
async fn refusals_say_nothing() {
    let alone = Alone::new().await;
    let (status, body) = alone.send(&LIST, &[]).await;
    assert_eq!((status.as_u16(), body.as_str()), (401, "Unauthorized"));
    let metrics = alone.behind.service.metrics();
    assert!(metrics.contains("tenancy_service_refusals_total{reason=\"no_grant\"} 1\n"), "{metrics}");
    assert!(!metrics.contains("acme") && !metrics.contains("0000000"));
    let printed = format!("{:?} {:?}", alone.behind.service, alone.behind.keys);
    assert!(!printed.contains("secret") && !printed.contains(&ACME.to_string()), "{printed}");
}
