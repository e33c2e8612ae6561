//! 12.3.2: the identity provider's certificate.

use crate::authority::Authority;
use crate::oidc::forge::Key;
use crate::support::folder::until;
use crate::tls::site::Site;
use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};
use tenancy_gateway::oidc::{ConfigError, DiscoveryError, FetchError, OidcClient, OidcConfig};

/// A provider with a certificate of its own authority, and how often it was asked.
struct Provider {
    site: Site,
    issuer: String,
    asked: Arc<AtomicUsize>,
}

impl Provider {
    async fn start() -> Provider {
        let (issuer, asked) = (Arc::new(OnceLock::<String>::new()), Arc::new(AtomicUsize::new(0)));
        let (named, counted) = (Arc::clone(&issuer), Arc::clone(&asked));
        let document = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            std::future::ready(json(&discovery(named.get().expect("it listens"))))
        };
        let keys = async || json(&json!({ "keys": [Key::main().public("key-1")] }));
        let router = Router::new().route("/.well-known/openid-configuration", get(document)).route("/keys", get(keys));
        let site = Site::serve(router, None).await;
        let address = format!("https://localhost:{}", site.address.port());
        issuer.set(address.clone()).expect("once");
        Provider { site, issuer: address, asked }
    }

    fn config(&self) -> OidcConfig {
        OidcConfig::new(&self.issuer, "billing", "https://billing.test/callback")
    }

    async fn is_refused(&self, config: OidcConfig, error: DiscoveryError) {
        let asked = self.asked.load(Ordering::SeqCst);
        assert_eq!(OidcClient::discover(config).await.map(drop).unwrap_err(), error);
        assert_eq!(self.asked.load(Ordering::SeqCst), asked, "nothing was asked of it");
    }
}

fn json(document: &Value) -> ([(&'static str, &'static str); 1], String) {
    ([("content-type", "application/json")], document.to_string())
}

fn discovery(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}{path}");
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    })
}

/// The certificate at this origin was refused.
fn untrusted(origin: &str) -> DiscoveryError {
    DiscoveryError::Document(FetchError::Untrusted(origin.to_owned()))
}

/// The authority that was given, and no other: neither another private one nor all that the platform trusts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_providers_certificate_is_of_the_given_authority() {
    let provider = Provider::start().await;
    let own = provider.site.authority.pem.clone();
    OidcClient::discover(provider.config().root_certificates(&own)).await.expect("its own authority");
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1);
    let stranger = Authority::new().pem;
    let both = format!("{stranger}{own}");
    OidcClient::discover(provider.config().root_certificates(both)).await.expect("one of two");
    provider.is_refused(provider.config().root_certificates(&stranger), untrusted(&provider.issuer)).await;
    // The platform's, which know nothing of it.
    provider.is_refused(provider.config(), untrusted(&provider.issuer)).await;
    let said = untrusted(&provider.issuer).to_string();
    assert!(said.contains(&provider.issuer) && said.contains("not trusted"), "{said}");
    for none in ["", "no PEM", &own.replace("MII", "MXX")] {
        let error = DiscoveryError::Config(ConfigError::Roots);
        provider.is_refused(provider.config().root_certificates(none), error).await;
    }
}

/// Of the right authority, for another name, or no longer valid.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_providers_certificate_has_its_name_and_its_time() {
    let provider = Provider::start().await;
    let own = provider.site.authority.pem.clone();
    let by_address = provider.issuer.replace("localhost", "127.0.0.1");
    let named = provider.site.authority.server_from(SystemTime::now() - Duration::from_secs(3600));
    provider.site.volume.swap(&named.certificate, &named.key, &own);
    until("it is served", || provider.site.tls.changes() == 1).await;
    OidcClient::discover(provider.config().root_certificates(&own)).await.expect("by its name");
    let config = OidcConfig::new(&by_address, "billing", "https://billing.test/callback").root_certificates(&own);
    provider.is_refused(config, untrusted(&by_address)).await;
    // It is over while it is served.
    let ending = provider.site.authority.server_until(SystemTime::now() + Duration::from_secs(2));
    provider.site.volume.swap(&ending.certificate, &ending.key, &own);
    until("it is served", || provider.site.tls.changes() == 2).await;
    // A certificate holds for the whole of its last second.
    until("it is over", || provider.site.tls.not_after() + Duration::from_secs(1) < SystemTime::now()).await;
    assert!(provider.site.tls.time_left().is_zero());
    provider.is_refused(provider.config().root_certificates(&own), untrusted(&provider.issuer)).await;
}
