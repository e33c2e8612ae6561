//! A client secret that follows its file.

use crate::folder::Folder;
use crate::oidc::browser::Browser;
use crate::oidc::liar::{Attempt, Liar, signed};
use crate::oidc::real::{Real, start};
use std::time::Duration;
use tenancy_gateway::oidc::{ExchangeError, Limits, LoginRequest, OidcClient, OidcConfig, RefreshError, SignInError};
use tenancy_secrets::{Secrets, SourceError};

const SECRETS: [&str; 4] = ["the-first-of-four", "the-second-of-four", "the-third-of-four", "the-fourth-of-four"];

/// A mounted volume with the client's secret.
struct Mounted {
    folder: Folder,
    swaps: u32,
}

impl Mounted {
    fn holding(secret: &str) -> Mounted {
        let mut mounted = Mounted { folder: Folder::new(), swaps: 0 };
        mounted.writes(secret);
        mounted
    }

    fn writes(&mut self, secret: &str) {
        self.folder.swap(self.swaps, &[("client", secret, 0o440)]);
        self.swaps += 1;
    }

    async fn client(&self, config: OidcConfig) -> OidcClient {
        let config = config.secret_from(&Secrets::new(), &self.folder.reference("client")).await.unwrap();
        OidcClient::discover(config).await.unwrap()
    }
}

/// Signs in, and gives the secrets that the provider was shown.
async fn sign_in(liar: &Liar, client: &OidcClient) -> (Result<(), SignInError>, Vec<String>) {
    let attempt = Attempt::begin(client, LoginRequest::default());
    liar.gives(&signed(&attempt.claims(liar)));
    let done = attempt.finish(client, &liar.issuer).await.map(drop);
    (done, liar.shown())
}

/// Signs in until the client shows this secret first; each of these sign-ins succeeds.
async fn until_shown(liar: &Liar, client: &OidcClient, secret: &str) -> Vec<String> {
    for _ in 0..1000 {
        let (done, shown) = sign_in(liar, client).await;
        done.unwrap();
        if shown[0] == secret {
            return shown;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the secret was not read anew")
}

/// The file first, then the provider, without a restart: no sign-in fails, and the old secret is forgotten in the end.
#[tokio::test]
async fn a_secret_that_changes_is_used_at_the_next_sign_in() {
    let [first, second, third, fourth] = SECRETS;
    let liar = Liar::start().await;
    liar.knows(&[first]);
    let mut mounted = Mounted::holding(first);
    let client = mounted.client(liar.config()).await;
    assert_eq!(sign_in(&liar, &client).await, (Ok(()), vec![first.to_owned()]));
    // Twice, before the provider knows of either.
    for newest in [second, third] {
        mounted.writes(newest);
        assert_eq!(until_shown(&liar, &client, newest).await, [newest, first], "the one that it knows is tried too");
    }
    liar.knows(&[third]);
    assert_eq!(sign_in(&liar, &client).await, (Ok(()), vec![third.to_owned()]));
    liar.knows(&[first]);
    let refused = Err(SignInError::Exchange(ExchangeError::Client));
    assert_eq!(sign_in(&liar, &client).await, (refused, vec![third.to_owned()]), "the old one is shown no more");
    // A provider that takes two at a time: nothing is refused.
    liar.knows(&[third, fourth]);
    mounted.writes(fourth);
    assert_eq!(until_shown(&liar, &client, fourth).await, [fourth]);
    assert!(!format!("{client:?} {:?}", liar.config().secret(fourth.into())).contains("of-four"));
}

/// What the provider refuses for another reason is not asked twice, and with one secret nothing is.
#[tokio::test]
async fn nothing_but_an_unknown_client_is_asked_again() {
    let [first, second, ..] = SECRETS;
    let liar = Liar::start().await;
    liar.knows(&[first]);
    let mut mounted = Mounted::holding(first);
    let client = mounted.client(liar.config()).await;
    let attempt = Attempt::begin(&client, LoginRequest::default());
    liar.gives(&signed(&attempt.claims(&liar)));
    let mut signed_in = attempt.finish(&client, &liar.issuer).await.unwrap().signed_in;
    signed_in.refresh_token = Some("refresh-1".into());
    mounted.writes(second);
    until_shown(&liar, &client, second).await;
    liar.knows(&[second]);
    liar.answers("/token", crate::oidc::liar::Answer::Page(400, "application/json", r#"{"error":"invalid_grant"}"#));
    assert_eq!(client.refresh(&signed_in).await.unwrap_err(), RefreshError::Ended);
    assert_eq!(liar.shown(), [second]);
    liar.knows(&[]);
    let unknown = RefreshError::Refused(ExchangeError::Client);
    assert_eq!(client.refresh(&signed_in).await.unwrap_err(), unknown);
    assert_eq!(liar.shown(), [second, first]);
}

#[tokio::test]
async fn a_certified_provider_takes_the_new_secret() {
    let [first, second, ..] = SECRETS;
    let mut provider = Real::with(serde_json::json!({ "secret": first }));
    let mut mounted = Mounted::holding(first);
    // The provider gets another key as well, each time that it starts.
    let mut limits = Limits::default();
    limits.key_interval = Duration::from_millis(1);
    let client = mounted.client(provider.config().limits(limits)).await;
    let sign_in = async || {
        start(&client, &mut Browser::new(), "alice", LoginRequest::default()).await.finish(&client).await.map(drop)
    };
    sign_in().await.unwrap();
    mounted.writes(second);
    for _ in 0..3 {
        sign_in().await.unwrap();
    }
    provider.restart_with_secret(second);
    sign_in().await.unwrap();
    provider.restart_with_secret(first);
    assert_eq!(sign_in().await, Err(SignInError::Exchange(ExchangeError::Client)));
}

#[tokio::test]
async fn a_client_does_not_start_without_its_secret() {
    let folder = Folder::new();
    let config = || OidcConfig::new("https://id.example.test", "billing", "https://billing.example.test/callback");
    for (value, fault) in [("changeme", SourceError::KnownDefault), (" ", SourceError::Empty)] {
        let refused = config().secret_from(&Secrets::new(), &folder.write("client", value)).await.unwrap_err();
        assert_eq!(refused.fault(), &fault, "{refused}");
    }
    assert!(config().secret_from(&Secrets::new(), &folder.reference("none")).await.is_err());
}
