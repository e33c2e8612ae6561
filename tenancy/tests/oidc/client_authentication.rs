//! Where the client's secret goes. The provider here reads the header as it is, without decoding what was form-encoded, as many do.

use crate::log::{self, Log};
use crate::oidc::liar::{Attempt, Liar, signed};
use serde_json::{Value, json};
use tenancy_gateway::oidc::{DiscoveryError, ExchangeError, LoginRequest, OidcClient, OidcConfig, SignInError};

const PLAIN: &str = "plain-secret_1.0";
const ENCODED: &str = "a+b/c=d:e%f g";

/// A provider that knows this secret and announces these ways.
async fn provider(secret: &'static str, ways: Value) -> Liar {
    let liar = Liar::start().await;
    liar.knows(&[secret]);
    liar.discovers(|document| match ways {
        Value::Null => {}
        ways => document["token_endpoint_auth_methods_supported"] = ways,
    });
    liar
}

async fn sign_in(liar: &Liar, config: OidcConfig) -> Result<(), SignInError> {
    let client = OidcClient::discover(config).await.unwrap();
    let attempt = Attempt::begin(&client, LoginRequest::default());
    liar.gives(&signed(&attempt.claims(liar)));
    attempt.finish(&client, &liar.issuer).await.map(drop)
}

fn refused() -> Result<(), SignInError> {
    Err(SignInError::Exchange(ExchangeError::Client))
}

#[tokio::test]
async fn the_metadata_choose_and_an_odd_secret_goes_where_it_arrives() {
    let both = || json!(["client_secret_basic", "client_secret_post"]);
    for (secret, ways, expected) in [
        (PLAIN, Value::Null, Ok(())),
        (PLAIN, json!(["client_secret_basic"]), Ok(())),
        (PLAIN, json!(["client_secret_post"]), Ok(())),
        (PLAIN, both(), Ok(())),
        (ENCODED, both(), Ok(())),
        (ENCODED, json!(["private_key_jwt", "client_secret_post"]), Ok(())),
        // The header is all that there is, and this provider does not decode it.
        (ENCODED, Value::Null, refused()),
        (ENCODED, json!(["client_secret_basic"]), refused()),
    ] {
        let liar = provider(secret, ways.clone()).await;
        let done = sign_in(&liar, liar.config().secret(secret.into())).await;
        assert_eq!(done, expected, "{secret} {ways}");
    }
}

#[tokio::test]
async fn a_setting_chooses_instead() {
    let liar = provider(ENCODED, json!(["client_secret_basic"])).await;
    sign_in(&liar, liar.config().secret(ENCODED.into()).secret_in_body()).await.unwrap();
    let liar = provider(ENCODED, json!(["client_secret_post"])).await;
    assert_eq!(sign_in(&liar, liar.config().secret(ENCODED.into()).secret_in_header()).await, refused());
    assert_eq!(liar.shown(), ["a%2Bb%2Fc%3Dd%3Ae%25f+g"], "form-encoded, as the standard has it");
}

/// A provider that takes no secret in a way of ours is said so at the start, unless a setting says that it does.
#[tokio::test]
async fn no_way_for_a_secret() {
    let liar = provider(PLAIN, json!(["private_key_jwt", "tls_client_auth"])).await;
    let refused = OidcClient::discover(liar.config().secret(PLAIN.into())).await.unwrap_err();
    assert_eq!(refused, DiscoveryError::NoClientAuthentication);
    sign_in(&liar, liar.config().secret(PLAIN.into()).secret_in_body()).await.unwrap();
    OidcClient::discover(liar.config()).await.expect("a public client has none");
}

/// The refusal itself says no more than that the client is unknown; the log says what to try, and no secret.
#[tokio::test]
async fn a_refused_client_is_hinted_at_in_the_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let _writing = log::of_this_thread(subscriber);
    let liar = provider(ENCODED, Value::Null).await;
    assert_eq!(sign_in(&liar, liar.config().secret(ENCODED.into())).await, refused());
    let said = log.text();
    assert!(said.contains("send the secret in the body") && said.contains(&liar.issuer), "{said}");
    let liar = provider(PLAIN, Value::Null).await;
    assert_eq!(sign_in(&liar, liar.config().secret("another".into())).await, refused());
    let said = log.text();
    assert!(said.contains("check its id, its secret") && said.contains("in the Authorization header"), "{said}");
    for secret in [ENCODED, "another", "a%2Bb"] {
        assert!(!said.contains(secret), "{said}");
    }
}
