//! Sign-ins that were begun, in the gateway's database, which several processes share.

use crate::gateway::world::{World, key};
use crate::oidc::liar::{Attempt, Liar, signed};
use secrecy::{ExposeSecret as _, SecretString};
use tenancy_gateway::oidc::{Callback, LoginRequest, Logins, OidcClient, PendingLogin, SignInError};
use tenancy_gateway::{Gateway, RejectionReason, SessionKeys};

on_both!(
    begun_in_one_process_and_finished_in_another,
    of_two_callbacks_at_once_one_has_it,
    what_took_too_long_is_not_handed_out,
    a_callback_of_another_browser_uses_it_up,
    a_row_that_was_changed_is_refused,
    the_table_holds_no_secret,
    the_session_key_turns_meanwhile,
    there_is_an_end_to_what_strangers_begin,
    a_database_that_fails_begins_and_finishes_nothing,
);

/// A sign-in that was begun and kept, with what the browser has of it.
struct Begun {
    browser: SecretString,
    query: String,
    key: String,
}

impl Begun {
    fn callback(&self) -> Callback {
        Callback::parse(&self.query).unwrap()
    }
}

/// The token endpoint gives what the sign-in that was begun last wants.
async fn begin(liar: &Liar, client: &OidcClient, logins: &Logins) -> Begun {
    let attempt = Attempt::begin(client, LoginRequest::default());
    liar.gives(&signed(&attempt.claims(liar)));
    let (query, key) = (attempt.query(&liar.issuer), attempt.transaction.key().to_owned());
    logins.keep(attempt.transaction).await.unwrap();
    Begun { browser: attempt.browser, query, key }
}

async fn reason(logins: &Logins, callback: &Callback) -> RejectionReason {
    logins.take(callback).await.unwrap_err().reason()
}

/// Another process of the same deployment: its own gateway, its own client, its own memory.
async fn elsewhere(world: &World, liar: &Liar) -> (Gateway, OidcClient) {
    (world.second(SessionKeys::new(key('1'))).await.0, liar.client().await)
}

async fn begun_in_one_process_and_finished_in_another(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let begun = begin(&liar, &client, &world.gateway.logins(&client)).await;
    let (gateway, client) = elsewhere(&world, &liar).await;
    let callback = begun.callback();
    let transaction = gateway.logins(&client).take(&callback).await.unwrap();
    let sign_in = client.finish(transaction, &begun.browser, callback).await.unwrap();
    assert_eq!(sign_in.signed_in.subject, "alice");
    // 38: and that was it, in either.
    let callback = begun.callback();
    assert_eq!(reason(&world.gateway.logins(&client), &callback).await, RejectionReason::SignInUnknown);
    assert_eq!(reason(&gateway.logins(&client), &callback).await, RejectionReason::SignInUnknown);
    assert_eq!(world.count("gateway_logins").await, 0);
    assert_eq!(
        (world.refused(RejectionReason::SignInUnknown), gateway.refused(RejectionReason::SignInUnknown)),
        (1, 1)
    );
}

/// 34, 38: no process's memory is asked, only the row.
async fn of_two_callbacks_at_once_one_has_it(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let (gateway, _) = elsewhere(&world, &liar).await;
    let (here, there) = (world.gateway.logins(&client), gateway.logins(&client));
    for round in 0..25 {
        let begun = begin(&liar, &client, &here).await;
        let (one, two) = (begun.callback(), begun.callback());
        let (first, second, third) = tokio::join!(here.take(&one), there.take(&two), there.take(&one));
        let had = [first.is_ok(), second.is_ok(), third.is_ok()].into_iter().filter(|had| *had).count();
        assert_eq!(had, 1, "round {round}");
    }
    assert_eq!(world.count("gateway_logins").await, 0);
}

/// By the database's clock, here the test's.
async fn what_took_too_long_is_not_handed_out(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logins = world.gateway.logins(&client);
    let (one, two) = (begin(&liar, &client, &logins).await, begin(&liar, &client, &logins).await);
    world.clock.advance(599);
    assert!(logins.take(&one.callback()).await.is_ok());
    world.clock.advance(1);
    assert_eq!(reason(&logins, &two.callback()).await, RejectionReason::SignInUnknown);
    // The janitor takes it, in batches, and none that still lives.
    let alive = begin(&liar, &client, &logins).await;
    for _ in 0..4 {
        begin(&liar, &client, &logins).await;
    }
    assert_eq!(
        (world.gateway.sessions().delete_expired(3).await.unwrap(), world.count("gateway_logins").await),
        (1, 5)
    );
    world.clock.advance(600);
    assert_eq!(
        (
            world.gateway.sessions().delete_expired(3).await.unwrap(),
            world.gateway.sessions().delete_expired(3).await.unwrap()
        ),
        (3, 2)
    );
    assert_eq!(reason(&logins, &alive.callback()).await, RejectionReason::SignInUnknown);
}

/// 34: the browser's secret is in its cookie and nowhere else; whoever has another one has used the sign-in up.
async fn a_callback_of_another_browser_uses_it_up(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logins = world.gateway.logins(&client);
    let (victim, attacker) = (begin(&liar, &client, &logins).await, begin(&liar, &client, &logins).await);
    let callback = victim.callback();
    let transaction = logins.take(&callback).await.unwrap();
    let refused = client.finish(transaction, &attacker.browser, callback).await.unwrap_err();
    assert_eq!(refused, SignInError::OtherBrowser);
    assert_eq!(reason(&logins, &victim.callback()).await, RejectionReason::SignInUnknown);
    // A state that nobody began takes nothing out.
    let invented = Callback::parse(&format!("code=a-code&state=invented&iss={}", liar.issuer)).unwrap();
    assert_eq!(reason(&logins, &invented).await, RejectionReason::SignInUnknown);
    assert!(logins.take(&attacker.callback()).await.is_ok());
}

/// Whoever may write the table cannot put one sign-in in another's place, nor change it.
async fn a_row_that_was_changed_is_refused(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logins = world.gateway.logins(&client);
    let mut begun = Vec::new();
    for _ in 0..4 {
        begun.push(begin(&liar, &client, &logins).await);
    }
    let sealed = |key: &str| format!("(SELECT sealed FROM gateway_logins WHERE key = '{key}')");
    let set = |key: &str, to: &str| format!("UPDATE gateway_logins SET sealed = {to} WHERE key = '{key}'");
    // Another's sign-in under the victim's key, and the victim's under a key that is not its own.
    world.execute(&set(&begun[0].key, &sealed(&begun[1].key))).await;
    let moved = format!("UPDATE gateway_logins SET key = '{}' WHERE key = '{}'", "f".repeat(64), begun[1].key);
    world.execute(&moved).await;
    let bytes = |hex: &str| if world.on_server() { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") };
    world.execute(&set(&begun[2].key, &bytes("00"))).await;
    for one in &begun[..3] {
        assert_eq!(reason(&logins, &one.callback()).await, RejectionReason::SignInUnknown);
    }
    assert!(logins.take(&begun[3].callback()).await.is_ok(), "its row was left alone");
}

/// 26: neither the verifier nor what the sign-in is for is in a stolen dump.
async fn the_table_holds_no_secret(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logins = world.gateway.logins(&client);
    let attempt = Attempt::begin(&client, LoginRequest::default());
    let (state, nonce, browser) = (attempt.state, attempt.nonce, attempt.browser);
    let stored = attempt.transaction.into_stored();
    let text: serde_json::Value = serde_json::from_str(stored.expose_secret()).unwrap();
    let verifier = text["verifier"].as_str().unwrap().to_owned();
    logins.keep(PendingLogin::from_stored(&stored).unwrap()).await.unwrap();
    let hex = if world.on_server() { "encode(sealed, 'hex')" } else { "lower(hex(sealed))" };
    let rows = world.texts(&format!("key || ' ' || {hex} AS TEXT) AS text FROM gateway_logins")).await;
    assert_eq!(rows.len(), 1);
    let of = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in [&verifier, &state, &nonce, browser.expose_secret(), "verifier", &liar.issuer] {
        assert!(!rows[0].contains(secret) && !rows[0].contains(&of(secret)), "{secret}");
    }
    assert!(!format!("{logins:?}").contains("1111"));
}

/// 75: the new key is known beside the old one; a process that knows only another one opens nothing.
async fn the_session_key_turns_meanwhile(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logins = world.gateway.logins(&client);
    let (one, two) = (begin(&liar, &client, &logins).await, begin(&liar, &client, &logins).await);
    let (turned, _) = world.second(SessionKeys::new(key('2')).previous(key('1'))).await;
    assert!(turned.logins(&client).take(&one.callback()).await.is_ok());
    let (stranger, _) = world.second(SessionKeys::new(key('2'))).await;
    assert_eq!(reason(&stranger.logins(&client), &two.callback()).await, RejectionReason::SignInUnknown);
}

/// A flood fills so many rows and no more, and ends what was begun by nobody.
async fn there_is_an_end_to_what_strangers_begin(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logins = world.gateway.logins(&client).at_most(5);
    let honest = begin(&liar, &client, &logins).await;
    let keep = async || {
        let begun = Attempt::begin(&client, LoginRequest::default());
        logins.keep(begun.transaction).await.map_err(|refused| (refused.reason(), refused.status().as_u16()))
    };
    for _ in 0..4 {
        keep().await.unwrap();
    }
    for _ in 0..20 {
        assert_eq!(keep().await, Err((RejectionReason::SignInsFull, 503)));
    }
    assert_eq!(world.count("gateway_logins").await, 5);
    assert!(logins.take(&honest.callback()).await.is_ok(), "what was begun before is finished");
    keep().await.unwrap();
    // Without a janitor, too, what is over makes room.
    world.clock.advance(600);
    for _ in 0..5 {
        keep().await.unwrap();
    }
    assert_eq!(keep().await, Err((RejectionReason::SignInsFull, 503)));
    assert_eq!(world.count("gateway_logins").await, 5);
}

async fn a_database_that_fails_begins_and_finishes_nothing(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logins = world.gateway.logins(&client);
    let begun = begin(&liar, &client, &logins).await;
    world.execute("ALTER TABLE gateway_logins RENAME TO gone").await;
    let other = Attempt::begin(&client, LoginRequest::default());
    assert_eq!(logins.keep(other.transaction).await.unwrap_err().reason(), RejectionReason::Unavailable);
    assert_eq!(reason(&logins, &begun.callback()).await, RejectionReason::Unavailable);
    world.execute("ALTER TABLE gone RENAME TO gateway_logins").await;
    assert!(logins.take(&begun.callback()).await.is_ok(), "it was not used up");
}
