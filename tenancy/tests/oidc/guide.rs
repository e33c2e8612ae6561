//! The code of `docs/guide/sign-in.md`, run.

use crate::oidc::liar::{Attempt, Liar, signed};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;

// anchor: discover
use tenancy_gateway::oidc::{OidcClient, OidcConfig, Profile};

async fn provider(config: OidcConfig, secret: SecretString) -> Result<OidcClient, Box<dyn std::error::Error>> {
    let config = config
        .secret(secret)
        .profile(Profile::Zitadel { project: "900000000000000001".into() })
        .after_logout("https://billing.example.com/");
    Ok(OidcClient::discover(config).await?)
}
// end: discover

// anchor: begin
use tenancy_gateway::oidc::{LoginRequest, Logins, ReturnTo};

/// `GET /login?to=…`: where to send the browser, and what to put into its cookie. `gateway.logins(&client)` gave the logins.
async fn login(
    client: &OidcClient,
    logins: &Logins,
    to: &str,
) -> Result<(String, SecretString), Box<dyn std::error::Error>> {
    let begun = client.begin(LoginRequest::return_to(ReturnTo::or_root(to)))?;
    logins.keep(begun.transaction).await?;
    Ok((begun.location.into(), begun.browser))
}
// end: begin

// anchor: finish
use tenancy_gateway::oidc::{Callback, SignIn};

/// `GET /login/callback?…`: the query, and the cookie that `login` set.
async fn callback(
    client: &OidcClient,
    logins: &Logins,
    query: &str,
    cookie: &SecretString,
) -> Result<SignIn, Box<dyn std::error::Error>> {
    let callback = Callback::parse(query)?;
    let transaction = logins.take(&callback).await?;
    Ok(client.finish(transaction, cookie, callback).await?)
}
// end: finish

// anchor: link
use tenancy::OrgId;
use tenancy_gateway::Directory;
use tenancy_gateway::oidc::{Candidate, ProviderOrganization};

/// Whoever administers our organizations says which of the provider's is which of ours.
async fn link(directory: &Directory, issuer: &str, ours: OrgId) -> Result<(), Box<dyn std::error::Error>> {
    let theirs = Candidate::new(issuer, ProviderOrganization::parse("100000000000000001")?);
    Ok(directory.link_organization(&theirs, ours).await?)
}
// end: link

// anchor: join
use tenancy::scope::Tier;
use tenancy_gateway::oidc::JoinRule;
use tenancy_gateway::{Gateway, Session, SetSession};

/// Clerks of a linked organization are members of ours from their first sign-in on.
async fn enter(
    gateway: &Gateway,
    client: &OidcClient,
    sign_in: &SignIn,
    before: Option<&Session>,
) -> Result<(Session, SetSession), Box<dyn std::error::Error>> {
    let rule = JoinRule::at(client.issuer()).role("clerk", Tier::Org)?;
    Ok(gateway.sessions().sign_in_joining(sign_in, &rule, before, None).await?)
}
// end: join

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_program_runs() {
    let liar = Liar::start().await;
    let config =
        OidcConfig::new(&liar.issuer, crate::oidc::liar::CLIENT, crate::oidc::liar::REDIRECT).plain_http_on_loopback();
    let client = provider(config, "a-client-secret".into()).await.unwrap();
    let world = crate::gateway::world::World::sqlite().await;
    let logins = world.gateway.logins(&client);
    let (location, cookie) = login(&client, &logins, "/invoices").await.unwrap();
    let location = openidconnect::url::Url::parse(&location).unwrap();
    let sent: HashMap<String, String> = location.query_pairs().into_owned().collect();
    let mut claims = Attempt::begin(&client, LoginRequest::default()).claims(&liar);
    claims["nonce"] = sent["nonce"].clone().into();
    claims["urn:zitadel:iam:user:resourceowner:id"] = "100000000000000001".into();
    claims["urn:zitadel:iam:org:project:900000000000000001:roles"] =
        serde_json::json!({ "clerk": { "100000000000000001": "acme.test" } });
    liar.gives(&signed(&claims));
    let query = format!("code=a-code&state={}&iss={}", sent["state"], liar.issuer);
    let sign_in = callback(&client, &logins, &query, &cookie).await.unwrap();
    assert_eq!((sign_in.return_to.as_str(), sign_in.organizations.candidates(client.issuer()).len()), ("/invoices", 1));
    let again = callback(&client, &logins, &query, &cookie).await.unwrap_err();
    assert_eq!(again.to_string(), "the request was refused: sign_in_unknown");
    link(&world.gateway.directory("operator"), client.issuer(), crate::gateway::world::ACME).await.unwrap();
    let (session, _) = enter(&world.gateway, &client, &sign_in, None).await.unwrap();
    assert_eq!(session.organization(), Some(crate::gateway::world::ACME));
    assert!(!cookie.expose_secret().is_empty());
}
