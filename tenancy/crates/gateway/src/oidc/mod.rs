//! Signing in at an OpenID Connect provider: authorization code with PKCE, strictly.
//!
//! # Where to find things
//!
//! - [`OidcConfig`] names one provider and this service as its client; [`OidcClient::discover`] reads what the provider
//!   says about itself and refuses one that does less than is asked.
//! - [`OidcClient::begin`] begins a sign-in: an address for the browser, a [`PendingLogin`] to keep on the server, a
//!   secret for the browser's cookie. [`OidcClient::finish`] ends it, with a [`SignIn`].
//! - [`Logins`] keeps what was begun in the gateway's database, and hands each out once.
//! - [`OidcClient::refresh`] asks whether the provider still stands behind a session.
//! - [`OidcClient::logout`] ends the provider's session; [`OidcClient::back_channel_logout`] and
//!   [`OidcClient::front_channel_logout`] take the provider's word that it ended.
//! - [`Deviation`] is what a provider may do otherwise, by name; [`metrics`] counts what was taken and refused.
//! - [`Profile`] is what is particular to a provider; [`ProviderOrganizations`] is what it says of organizations.
//!
//! # What it says, and what it does not
//!
//! It says *who* signed in. It never says for which organization of ours a request acts: the provider's organizations are
//! [`Candidate`]s, which our own directory links and checks. No claim becomes a scope. A [`JoinRule`] may make a user
//! who has a role in a linked organization a member; without one a sign-in makes no user a member.
//!
//! # How it holds
//!
//! `docs/attacks-oidc.md` lists the attacks, each with its test, against a certified provider and against one that
//! lies. Signatures, and the standard's checks of an id token, are the `openidconnect` crate's; the form of a token is
//! checked before the crate sees it, and what the crate leaves to its caller is checked after.

mod algorithm;
mod callback;
mod claims;
mod client;
mod config;
mod counts;
mod deviation;
mod discovery;
mod error;
mod http;
mod id_token;
mod join;
mod jwks;
mod jws;
mod limits;
mod linked_organizations;
mod login;
mod logins;
mod logout;
mod metrics;
mod names;
mod organizations;
mod pending_login;
mod profile;
mod refresh;
mod return_to;
mod secret;
mod setup_error;
mod sign_in;
mod sign_in_join;
mod strict_json;
mod token_endpoint;

pub use algorithm::{Algorithm, UnknownAlgorithmError};
pub use callback::Callback;
pub use client::OidcClient;
pub use config::OidcConfig;
pub use deviation::{Deviation, UnknownDeviationError};
pub use error::{
    BeginError, CallbackError, ExchangeError, LogoutTokenError, ProviderError, RefreshError, SignInError,
    StoredLoginError, TokenError,
};
pub use join::{JoinRule, JoinRuleError};
pub use limits::Limits;
pub use login::{Begun, LoginRequest};
pub use logins::Logins;
pub use logout::{LogoutRedirect, ProviderLogout};
pub use metrics::metrics;
pub use organizations::{Candidate, ProviderOrganization, ProviderOrganizationError, ProviderOrganizations};
pub use pending_login::PendingLogin;
pub use profile::Profile;
pub use refresh::Refreshed;
pub use return_to::{ReturnTo, ReturnToError};
pub use setup_error::{ConfigError, DiscoveryError, FetchError, KeysError};
pub use sign_in::SignIn;
