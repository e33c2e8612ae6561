//! How old a proof may be, at providers that take no notice of what they are asked.

use crate::oidc::liar::{Attempt, Liar, now, signed};
use crate::oidc::token_lies::refusal;
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;
use tenancy_gateway::oidc::{LoginRequest, OidcClient, PendingLogin, ReturnTo, SignIn, TokenError};

const HOUR: u64 = 3600;

fn query(client: &OidcClient, request: LoginRequest) -> HashMap<String, String> {
    client.begin(request).unwrap().location.query_pairs().into_owned().collect()
}

/// The provider's session of `age` seconds ago answers, whatever it is asked.
async fn ignored(liar: &Liar, client: &OidcClient, request: LoginRequest, age: u64) -> Result<SignIn, TokenError> {
    let old = |mut claims: Value| {
        claims["auth_time"] = (now() - age).into();
        signed(&claims)
    };
    refusal(liar.sign_in_at(client, request, old).await)
}

/// A provider that knows one of the two words only is asked in both; an ordinary sign-in asks for no password again.
#[tokio::test]
async fn a_step_up_says_it_in_both_ways() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    assert_eq!(query(&client, LoginRequest::default()).get("prompt"), None);
    let step_up = query(&client, LoginRequest::default().max_age(Duration::from_secs(900)));
    assert_eq!((step_up["max_age"].as_str(), step_up["prompt"].as_str()), ("900", "login"));
    // Of 0 Glewlwyd says that it is no age, and Canaille asks for ever. It is checked as 0 all the same.
    assert_eq!(query(&client, LoginRequest::default().max_age(Duration::ZERO))["max_age"], "1");
    let again = query(&client, LoginRequest::default().prompt_login());
    assert_eq!((again["max_age"].as_str(), again["prompt"].as_str()), ("43200", "login"));
    // A refresh token needs consent, which is no reason not to ask for the proof.
    let offline = OidcClient::discover(liar.config().offline_access()).await.unwrap();
    assert_eq!(query(&offline, LoginRequest::default().prompt_login())["prompt"], "login consent");
    assert_eq!(query(&offline, LoginRequest::default())["prompt"], "consent");
}

/// The refusal says whether it helps to ask again, also after the sign-in lay in a store.
#[tokio::test]
async fn an_old_proof_says_whether_it_helps_to_ask_again() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let first = ignored(&liar, &client, LoginRequest::default(), 13 * HOUR).await;
    assert_eq!(first.unwrap_err(), TokenError::AuthTime);
    let second = ignored(&liar, &client, LoginRequest::default().prompt_login(), 13 * HOUR).await;
    assert_eq!(second.unwrap_err(), TokenError::NotAskedAgain);
    ignored(&liar, &client, LoginRequest::default().prompt_login(), 0).await.unwrap();

    let to = LoginRequest::return_to(ReturnTo::parse("/invoices").unwrap()).prompt_login();
    let mut attempt = Attempt::begin(&client, to);
    let mut claims = attempt.claims(&liar);
    claims["auth_time"] = (now() - 13 * HOUR).into();
    liar.gives(&signed(&claims));
    attempt.transaction = PendingLogin::from_stored(&attempt.transaction.into_stored()).unwrap();
    assert_eq!(attempt.transaction.return_to(), ReturnTo::parse("/invoices").unwrap());
    assert_eq!(refusal(attempt.finish(&client, &liar.issuer).await).unwrap_err(), TokenError::NotAskedAgain);
}

/// Clocks may differ by 30 s, and that is no reason to take a proof of before for one of now.
#[tokio::test]
async fn again_now_is_not_half_a_minute_ago() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let within = |seconds| LoginRequest::default().max_age(Duration::from_secs(seconds));
    for (asked, age) in [(0, 30), (0, 5), (60, 80), (900, 910)] {
        let refused = ignored(&liar, &client, within(asked), age).await;
        assert_eq!(refused.unwrap_err(), TokenError::NotAskedAgain, "{asked} {age}");
    }
    ignored(&liar, &client, within(0), 0).await.unwrap();
    ignored(&liar, &client, within(900), 600).await.unwrap();
    // The configured age alone is no step-up: there the difference of the clocks counts.
    ignored(&liar, &client, LoginRequest::default(), 12 * HOUR + 20).await.unwrap();
}
