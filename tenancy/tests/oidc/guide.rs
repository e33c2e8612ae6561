//! The code of `docs/guide/sign-in.md`, run.

use crate::liar::{Attempt, Liar, signed};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;

// anchor: discover
use tenancy::gateway::oidc::{OidcClient, OidcConfig, Profile};

async fn provider(config: OidcConfig, secret: SecretString) -> Result<OidcClient, Box<dyn std::error::Error>> {
    let config = config
        .secret(secret)
        .profile(Profile::Zitadel { project: "900000000000000001".into() })
        .after_logout("https://billing.example.com/");
    Ok(OidcClient::discover(config).await?)
}
// end: discover

/// What a database does for a service.
#[derive(Default)]
struct Store {
    logins: HashMap<String, SecretString>,
}

impl Store {
    fn insert(&mut self, key: String, stored: SecretString) {
        self.logins.insert(key, stored);
    }

    fn delete_returning(&mut self, key: &str) -> Option<SecretString> {
        self.logins.remove(key)
    }
}

// anchor: begin
use tenancy::gateway::oidc::{LoginRequest, ReturnTo};

/// `GET /login?to=…`: where to send the browser, and what to put into its cookie.
fn login(
    client: &OidcClient,
    store: &mut Store,
    to: &str,
) -> Result<(String, SecretString), Box<dyn std::error::Error>> {
    let begun = client.begin(LoginRequest::to(ReturnTo::or_root(to)))?;
    store.insert(begun.transaction.key().to_owned(), begun.transaction.into_stored());
    Ok((begun.location.into(), begun.browser))
}
// end: begin

// anchor: finish
use tenancy::gateway::oidc::{Callback, LoginTransaction, SignIn};

/// `GET /login/callback?…`: the query, and the cookie that `login` set.
async fn callback(
    client: &OidcClient,
    store: &mut Store,
    query: &str,
    cookie: &SecretString,
) -> Result<SignIn, Box<dyn std::error::Error>> {
    let callback = Callback::parse(query)?;
    let stored = store.delete_returning(callback.key()).ok_or("begun elsewhere, or used already")?;
    Ok(client.finish(LoginTransaction::from_stored(&stored)?, cookie, callback).await?)
}
// end: finish

#[tokio::test]
async fn the_guides_program_runs() {
    let liar = Liar::start().await;
    let config = OidcConfig::new(&liar.issuer, crate::liar::CLIENT, crate::liar::REDIRECT).plain_http_on_loopback();
    let client = provider(config, "a-client-secret".into()).await.unwrap();
    let mut store = Store::default();
    let (location, cookie) = login(&client, &mut store, "/invoices").unwrap();
    let location = openidconnect::url::Url::parse(&location).unwrap();
    let sent: HashMap<String, String> = location.query_pairs().into_owned().collect();
    let mut claims = Attempt::begin(&client, LoginRequest::default()).claims(&liar);
    claims["nonce"] = sent["nonce"].clone().into();
    claims["urn:zitadel:iam:user:resourceowner:id"] = "100000000000000001".into();
    liar.gives(&signed(&claims));
    let query = format!("code=a-code&state={}&iss={}", sent["state"], liar.issuer);
    let sign_in = callback(&client, &mut store, &query, &cookie).await.unwrap();
    assert_eq!((sign_in.return_to.as_str(), sign_in.organizations.candidates(client.issuer()).len()), ("/invoices", 1));
    let again = callback(&client, &mut store, &query, &cookie).await.unwrap_err();
    assert_eq!(again.to_string(), "begun elsewhere, or used already");
    assert!(!cookie.expose_secret().is_empty());
}
