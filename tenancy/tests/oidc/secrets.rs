//! Nothing that is printed says a secret, a token or an organization.

use crate::oidc::liar::{Attempt, CLIENT, Liar, REDIRECT, signed};
use secrecy::ExposeSecret;
use serde_json::json;
use tenancy_gateway::oidc::{Callback, LoginRequest, OidcClient, OidcConfig, Profile, ProviderOrganization};

#[tokio::test]
async fn what_is_printed_says_no_secret() {
    let liar = Liar::start().await;
    let config = OidcConfig::new(&liar.issuer, CLIENT, REDIRECT).plain_http_on_loopback();
    let config = config.secret("canary-client-secret".into()).profile(Profile::Zitadel { project: "900".into() });
    let mut printed = format!("{config:?}");
    let client = OidcClient::discover(config).await.unwrap();
    let attempt = Attempt::begin(&client, LoginRequest::default());
    let mut claims = attempt.claims(&liar);
    claims["urn:zitadel:iam:user:resourceowner:id"] = "canaryorganization".into();
    let id_token = signed(&claims);
    let answer = json!({ "access_token": "canary-access", "token_type": "Bearer", "id_token": id_token,
        "refresh_token": "canary-refresh" });
    liar.says("/token", answer.to_string());
    let callback = Callback::parse(&attempt.query(&liar.issuer).replace("a-code", "canary-code")).unwrap();
    printed += &format!("{client:?} {:?} {:?} {callback:?}", attempt.transaction, attempt.browser);
    let (browser, nonce) = (attempt.browser.expose_secret().to_owned(), attempt.nonce.clone());
    let sign_in = client.finish(attempt.transaction, &attempt.browser, callback).await.unwrap();
    printed += &format!("{:?}", sign_in.signed_in);
    printed += &format!("{:?}", client.logout(sign_in.signed_in.id_token.as_ref()));
    let signature = id_token.rsplit('.').next().unwrap();
    for secret in ["canary", &browser, &nonce, signature, &id_token[..40]] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

#[tokio::test]
async fn a_refused_organization_is_not_named() {
    let liar = Liar::start().await;
    let config = liar.config().profile(Profile::Zitadel { project: "900".into() });
    let client = OidcClient::discover(config).await.unwrap();
    let request = LoginRequest::default().organization(ProviderOrganization::parse("canaryasked").unwrap());
    let refused = liar.sign_in_at(&client, request, |mut claims| {
        claims["urn:zitadel:iam:user:resourceowner:id"] = "canaryowner".into();
        signed(&claims)
    });
    let refused = refused.await.unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("canary"), "{refused}");
}
