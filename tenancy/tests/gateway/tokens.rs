//! D, H: the provider's tokens at rest, and facts that no provider should state.

use crate::gateway::world::{World, key, signed_in};
use secrecy::{ExposeSecret, SecretString};
use tenancy_gateway::{RejectionReason, SessionKey, SessionKeys, VerifiedIdentity};

const CANARY: &str = "canary-7f3a-of-a-refresh-token";

on_both!(
    tokens_are_sealed_at_rest_and_come_back,
    a_sealed_token_is_worth_nothing_in_another_row_or_column,
    a_refresh_token_is_lent_to_one_request_alone,
    tokens_survive_one_rotation_of_the_key,
    facts_that_no_provider_should_state_are_refused,
);

fn with_tokens(name: &str) -> VerifiedIdentity {
    VerifiedIdentity {
        id_token: Some(format!("{CANARY} id {name}").into()),
        refresh_token: Some(format!("{CANARY} refresh {name}").into()),
        ..signed_in(name)
    }
}

/// What a thief of the database sees of the tables that hold sessions.
async fn everything(world: &World) -> String {
    let hex = match world.place {
        crate::gateway::world::Place::File(_) => "hex",
        crate::gateway::world::Place::Server(_) => "encode",
    };
    let arguments = if hex == "encode" { ", 'escape'" } else { "" };
    let mut seen = String::new();
    for column in ["sealed_id_token", "sealed_refresh_token", "id_hash"] {
        let sql =
            format!("{hex}({column}{arguments}) AS TEXT) AS text FROM gateway_sessions WHERE {column} IS NOT NULL");
        seen.push_str(&world.texts(&sql).await.join("\n"));
    }
    seen
}

async fn tokens_are_sealed_at_rest_and_come_back(world: World) {
    let sessions = world.gateway.sessions();
    let (session, _) = sessions.sign_in(&with_tokens("alice"), None, None).await.unwrap();
    let seen = everything(&world).await;
    let in_hex: String = CANARY.bytes().map(|byte| format!("{byte:02X}")).collect();
    assert!(!seen.contains(CANARY) && !seen.contains(&in_hex));
    let id = sessions.id_token(&session).await.unwrap().unwrap();
    assert_eq!(id.expose_secret(), format!("{CANARY} id alice"));
    let refresh = sessions.lend_refresh_token(&session).await.unwrap().unwrap();
    assert_eq!(refresh.expose_secret(), format!("{CANARY} refresh alice"));
    sessions.keep_tokens(&session, Some(&"another".into()), None).await.unwrap();
    assert_eq!(sessions.lend_refresh_token(&session).await.unwrap().unwrap().expose_secret(), "another");
    // 79: nothing that is printed holds a secret.
    let printed = format!("{:?} {:?} {:?}", with_tokens("alice"), session, SessionKeys::new(key('1')));
    assert!(!printed.contains(CANARY) && !printed.contains("1111"), "{printed}");
}

/// Whoever may write the table, but has no key, moves Bob's token to Alice, or one kind of token to the other.
async fn a_sealed_token_is_worth_nothing_in_another_row_or_column(world: World) {
    let sessions = world.gateway.sessions();
    let (alice, _) = sessions.sign_in(&with_tokens("alice"), None, None).await.unwrap();
    sessions.sign_in(&with_tokens("bob"), None, None).await.map(|_| ()).unwrap();
    let of = |name: &str| format!("user_id = (SELECT id FROM gateway_users WHERE subject = '{name}')");
    let swap = format!(
        "UPDATE gateway_sessions SET sealed_refresh_token = sealed_id_token, sealed_id_token = \
         (SELECT b.sealed_id_token FROM gateway_sessions b WHERE b.{}) WHERE {}",
        of("bob"),
        of("alice")
    );
    world.execute(&swap).await;
    assert!(sessions.id_token(&alice).await.unwrap().is_none());
    assert!(sessions.lend_refresh_token(&alice).await.unwrap().is_none());
}

/// 54: providers end the whole family when a refresh token is used twice.
async fn a_refresh_token_is_lent_to_one_request_alone(world: World) {
    let sessions = world.gateway.sessions();
    let (session, _) = sessions.sign_in(&with_tokens("alice"), None, None).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (sessions, session) = (sessions.clone(), session.clone());
        tasks.spawn(async move { sessions.lend_refresh_token(&session).await.unwrap().is_some() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|lent| *lent).count(), 1);
    // The borrower died: after 30 s another may.
    world.clock.advance(29);
    assert!(sessions.lend_refresh_token(&session).await.unwrap().is_none());
    world.clock.advance(1);
    assert!(sessions.lend_refresh_token(&session).await.unwrap().is_some());
}

async fn tokens_survive_one_rotation_of_the_key(world: World) {
    let (session, _) = world.gateway.sessions().sign_in(&with_tokens("alice"), None, None).await.unwrap();
    let (rotated, _) = world.second(SessionKeys::new(key('2')).previous(key('1'))).await;
    assert!(rotated.sessions().id_token(&session).await.unwrap().is_some());
    let (forgotten, _) = world.second(SessionKeys::new(key('2'))).await;
    assert!(forgotten.sessions().id_token(&session).await.unwrap().is_none());
}

/// 45: empty, endless, or with control characters. Letters that look alike are other letters, hence another user.
async fn facts_that_no_provider_should_state_are_refused(world: World) {
    let sessions = world.gateway.sessions();
    let long = |length: usize| "x".repeat(length);
    let bad: Vec<VerifiedIdentity> = vec![
        VerifiedIdentity { subject: String::new(), ..signed_in("x") },
        signed_in(&long(256)),
        signed_in(&long(10 * 1024)),
        signed_in("alice\0"),
        signed_in("alice\nbob"),
        signed_in("alice\u{7f}"),
        VerifiedIdentity { issuer: String::new(), ..signed_in("x") },
        VerifiedIdentity { issuer: long(513), ..signed_in("x") },
        VerifiedIdentity { issuer: "https://id.test\r\n".to_owned(), ..signed_in("x") },
        VerifiedIdentity { provider_session: Some(String::new()), ..signed_in("x") },
        VerifiedIdentity { provider_session: Some(long(256)), ..signed_in("x") },
        VerifiedIdentity { assurance: Some("aal2\0".to_owned()), ..signed_in("x") },
        VerifiedIdentity { methods: vec!["a".to_owned(); 17], ..signed_in("x") },
        VerifiedIdentity { methods: vec!["pwd otp".to_owned()], ..signed_in("x") },
    ];
    for signed in &bad {
        let refused = sessions.sign_in(signed, None, None).await.unwrap_err();
        assert_eq!(refused.reason(), RejectionReason::SignInFacts, "{signed:?}");
    }
    assert_eq!(world.count("gateway_sessions").await, 0);
    let (look_alike, _) = sessions.sign_in(&signed_in("аlice"), None, None).await.unwrap();
    assert_eq!(look_alike.organization(), None);
    // A browser's name is data, whatever it holds.
    let agent = format!("<script>\u{1b}[31m{}", long(500));
    let (session, _) = sessions.sign_in(&signed_in("alice"), None, Some(&agent)).await.unwrap();
    let kept = sessions.list(&session).await.unwrap()[0].agent.clone().unwrap();
    assert_eq!(kept.chars().count(), 120);
    assert!(kept.starts_with("<script>[31mxxx"));
}

#[test]
fn a_key_is_64_hexadecimal_digits() {
    for bad in ["", "0", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32), &"+0".repeat(32)] {
        assert!(SessionKey::from_hex(&SecretString::from(bad.to_owned())).is_err(), "{bad}");
    }
    assert!(SessionKey::from_hex(&"0aF9".repeat(16).into()).is_ok());
    assert!(SessionKey::generate().is_ok());
}
