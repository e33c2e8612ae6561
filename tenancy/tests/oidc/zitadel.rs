//! Zitadel's claims and habits, **modelled from its documentation and source**: no Zitadel is run here.

use crate::oidc::forge::{self, Key};
use crate::oidc::liar::{CLIENT, KEY, Liar, now, signed};
use crate::oidc::token_lies::refusal;
use serde_json::{Value, json};
use tenancy_gateway::oidc::{
    LoginRequest, LogoutTokenError, OidcClient, Profile, ProviderOrganization, SignIn, TokenError,
};

pub const PROJECT: &str = "900000000000000001";
const OWNER: &str = "urn:zitadel:iam:user:resourceowner:id";
pub const ROLES: &str = "urn:zitadel:iam:org:project:900000000000000001:roles";

pub async fn at(liar: &Liar) -> OidcClient {
    let config = liar.config().profile(Profile::Zitadel { project: PROJECT.into() });
    OidcClient::discover(config.further_audience("sibling")).await.unwrap()
}

/// Signs in with Zitadel's audiences and the claims that the test adds.
async fn with(additions: Value) -> Result<SignIn, TokenError> {
    let liar = Liar::start().await;
    let client = at(&liar).await;
    let result = liar.sign_in_at(&client, LoginRequest::default(), |mut claims| {
        claims["aud"] = json!([CLIENT, "sibling", PROJECT]);
        claims["azp"] = CLIENT.into();
        for (name, value) in additions.as_object().unwrap() {
            claims[name] = value.clone();
        }
        signed(&claims)
    });
    refusal(result.await)
}

fn ids(sign_in: &SignIn) -> Vec<String> {
    let candidates = sign_in.organizations.candidates(&sign_in.signed_in.issuer);
    candidates.into_iter().map(|candidate| candidate.organization.as_str().to_owned()).collect()
}

#[tokio::test]
async fn resource_owner_and_roles_are_candidates() {
    let roles = json!({ "clerk": { "2": "globex.test", "1": "acme.test" }, "owner": { "2": "globex.test" } });
    let sign_in = with(json!({ OWNER: "1", ROLES: roles })).await.unwrap();
    assert_eq!(ids(&sign_in), ["1", "2"]);
    let two = &sign_in.organizations.roles[&ProviderOrganization::parse("2").unwrap()];
    assert_eq!(two.iter().map(String::as_str).collect::<Vec<_>>(), ["clerk", "owner"]);
    assert_eq!(sign_in.organizations.owner.unwrap().as_str(), "1");
    assert!(ids(&with(json!({})).await.unwrap()).is_empty(), "signed in, and nowhere a candidate");
}

#[tokio::test]
async fn an_audience_list_needs_every_name_allowed_and_this_client_as_party() {
    assert_eq!(with(json!({ "aud": [CLIENT, PROJECT, "stranger"] })).await.unwrap_err(), TokenError::Audience);
    assert_eq!(with(json!({ "aud": [PROJECT] })).await.unwrap_err(), TokenError::Audience);
    assert_eq!(with(json!({ "aud": ["sibling", PROJECT] })).await.unwrap_err(), TokenError::Audience);
    assert_eq!(with(json!({ "azp": "sibling" })).await.unwrap_err(), TokenError::AuthorizedParty);
}

#[tokio::test]
async fn only_claims_of_the_own_project_and_of_reserved_names_count() {
    let others = json!({
        "urn:zitadel:iam:org:project:roles": { "owner": { "7": "x" } },
        "urn:zitadel:iam:org:project:900000000000000002:roles": { "owner": { "8": "x" } },
        "urn:zitadel:iam:user:metadata": { "organization": "OQ" },
        "urn:zitadel:iam:user:resourceowner:primary_domain": "9",
        "urn:zitadel:iam:user:resourceowner:name": "9",
        "org_id": "10", "organization": "11", "roles": { "owner": { "12": "x" } },
    });
    assert!(ids(&with(others).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_primary_domain_is_not_read() {
    let sign_in = with(json!({ ROLES: { "clerk": { "1": { "anything": ["at", "all"] } } } })).await.unwrap();
    assert_eq!(ids(&sign_in), ["1"]);
}

#[tokio::test]
async fn claims_of_another_form_end_the_sign_in() {
    let many: Value =
        (0..1001).map(|number| (number.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    let shapes = [
        json!({ ROLES: ["clerk"] }),
        json!({ ROLES: { "clerk": "1" } }),
        json!({ ROLES: { "clerk": ["1"] } }),
        json!({ ROLES: { "clerk": { "": "x" } } }),
        json!({ ROLES: { "clerk": { "1'--": "x" } } }),
        json!({ ROLES: { "two words": { "1": "x" } } }),
        json!({ ROLES: null }),
        json!({ OWNER: 1 }),
        json!({ OWNER: ["1"] }),
        json!({ OWNER: "1 OR 1=1" }),
        json!({ ROLES: { "clerk": many } }),
    ];
    for shape in shapes {
        let refused = with(shape.clone()).await.unwrap_err();
        assert!(matches!(refused, TokenError::Claim(_) | TokenError::TooLarge), "{refused}");
    }
}

/// 10.2.3: what is needed for one sign-in and its organizations; the rest by configuration or by the request alone.
#[tokio::test]
async fn it_asks_for_these_scopes_and_no_others() {
    let liar = Liar::start().await;
    let zitadel = || liar.config().profile(Profile::Zitadel { project: PROJECT.into() });
    let needed = "openid urn:zitadel:iam:user:resourceowner urn:zitadel:iam:org:projects:roles \
                  urn:zitadel:iam:org:project:id:900000000000000001:aud";
    let one = || LoginRequest::default().organization(ProviderOrganization::parse("1").unwrap());
    for (config, request, scopes) in [
        (zitadel(), LoginRequest::default(), needed.to_owned()),
        (zitadel(), one(), format!("{needed} urn:zitadel:iam:org:id:1")),
        (zitadel().offline_access(), LoginRequest::default(), format!("{needed} offline_access")),
        (zitadel().scope("email"), one(), format!("{needed} email urn:zitadel:iam:org:id:1")),
        (liar.config(), LoginRequest::default(), "openid".to_owned()),
    ] {
        let location = OidcClient::discover(config).await.unwrap().begin(request).unwrap().location;
        let asked: Vec<_> =
            location.query_pairs().filter(|(name, _)| name == "scope").map(|(_, value)| value).collect();
        assert_eq!(asked, [&*scopes]);
    }
}

#[tokio::test]
async fn an_organization_that_was_asked_for_must_own_the_account() {
    let liar = Liar::start().await;
    let client = at(&liar).await;
    let asked = || LoginRequest::default().organization(ProviderOrganization::parse("1").unwrap());
    let location = client.begin(asked()).unwrap().location;
    let scope = location.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned();
    assert_eq!(scope.split(' ').next_back(), Some("urn:zitadel:iam:org:id:1"));
    for (claim, fits) in [(Some("1"), true), (Some("2"), false), (None, false)] {
        let result = liar.sign_in_at(&client, asked(), |mut claims| {
            if let Some(owner) = claim {
                claims[OWNER] = owner.into();
            }
            // A role there is no account there.
            claims[ROLES] = json!({ "clerk": { "1": "acme.test" } });
            signed(&claims)
        });
        assert_eq!(refusal(result.await).err(), (!fits).then_some(TokenError::Organization));
    }
}

#[tokio::test]
async fn an_id_token_is_no_logout_token_there_either() {
    let liar = Liar::start().await;
    let client = at(&liar).await;
    let mut claims = json!({ "iss": liar.issuer, "sub": "alice", "aud": CLIENT, "nonce": "n", "jti": "1", "iat": now(),
        "exp": now() + 300, "auth_time": now(), "sid": "s-1" });
    let body = |claims: &Value| format!("logout_token={}", signed(claims)).into_bytes();
    assert_eq!(client.back_channel_logout(&body(&claims)).await, Err(LogoutTokenError::Events));
    claims["events"] = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    assert_eq!(client.back_channel_logout(&body(&claims)).await, Err(LogoutTokenError::Nonce));
}

#[tokio::test]
async fn its_logout_tokens_are_typed_like_id_tokens() {
    let liar = Liar::start().await;
    let claims = json!({ "iss": liar.issuer, "sub": "alice", "aud": [CLIENT], "sid": "s-1", "jti": "1", "iat": now() - 1,
        "exp": now() + 300, "events": { "http://schemas.openid.net/event/backchannel-logout": {} } });
    let token = forge::token(Key::main(), &json!({ "alg": "RS256", "kid": KEY, "typ": "JWT" }), &claims.to_string());
    let body = format!("logout_token={token}");
    let logout = at(&liar).await.back_channel_logout(body.as_bytes()).await.unwrap();
    assert_eq!((logout.subject.as_deref(), logout.session.as_deref()), (Some("alice"), Some("s-1")));
    // The generic profile wants its own type.
    assert!(liar.client().await.back_channel_logout(body.as_bytes()).await.is_err());
}
