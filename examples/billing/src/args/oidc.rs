//! The identity provider.

use clap::{Args, ValueEnum};
use std::path::PathBuf;
use tenancy_gateway::oidc::{Algorithm, Deviation};
use tenancy_secrets::SecretField;

/// What is particular to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProviderProfile {
    /// The standard, and nothing else.
    Generic,
    /// Older logout tokens, refresh tokens without consent.
    Keycloak,
    /// Organizations and roles of the project that --oidc-project names.
    Zitadel,
}

/// Where a client's secret goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SecretPlace {
    /// The Authorization header.
    Header,
    /// The body of the request.
    Body,
}

/// The identity provider that people sign in at.
#[derive(Args)]
#[command(next_help_heading = "Sign-in at an OpenID Connect provider")]
pub struct OidcArgs {
    /// A real OpenID Connect provider, spelled as it spells itself, instead of the one for development. Register
    /// PUBLIC-URL/login/callback there as the redirect address, PUBLIC-URL/ for after a logout, and
    /// PUBLIC-URL/sign-out/back-channel for its back-channel logout.
    #[arg(long, value_name = "URL", env = "BILLING_OIDC_ISSUER", requires = "oidc_client_id")]
    pub oidc_issuer: Option<String>,

    /// This service's name at that provider.
    #[arg(long, value_name = "ID", env = "BILLING_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,

    /// This service's secret at that provider. Without it the client is public.
    #[arg(long, value_name = "SECRET", requires = "oidc_issuer")]
    pub oidc_client_secret: Option<SecretField>,

    /// Where that secret goes, if not where the provider's metadata say.
    #[arg(long, value_name = "PLACE", requires = "oidc_client_secret")]
    pub oidc_secret_in: Option<SecretPlace>,

    /// Trust a provider with a certificate of one of these roots (PEM) and no other; without it those of the machine.
    #[arg(long, value_name = "FILE", env = "BILLING_OIDC_CA", requires = "oidc_issuer")]
    pub oidc_ca: Option<PathBuf>,

    /// What is particular to that provider.
    #[arg(long, value_name = "PROFILE", default_value = "generic", requires = "oidc_issuer")]
    pub oidc_profile: ProviderProfile,

    /// The project at Zitadel whose roles count.
    #[arg(long, value_name = "ID", required_if_eq("oidc_profile", "zitadel"), requires = "oidc_issuer")]
    pub oidc_project: Option<String>,

    /// An origin where an endpoint of the provider lies beside the issuer's: https://HOST or https://HOST:PORT. May be repeated.
    #[arg(long, value_name = "ORIGIN", requires = "oidc_issuer")]
    pub oidc_endpoint_origin: Vec<String>,

    /// A name that may stand beside this client in the audience of an id token. May be repeated.
    #[arg(long, value_name = "NAME", requires = "oidc_issuer")]
    pub oidc_audience: Vec<String>,

    /// A signature algorithm of the provider's tokens: RS256, ES256, ES384, EdDSA. May be repeated; RS256, ES256 and EdDSA unless
    /// given.
    #[arg(long, value_name = "NAME", requires = "oidc_issuer")]
    pub oidc_algorithm: Vec<Algorithm>,

    /// By how many seconds the provider's clock may differ, 120 at most; 30 unless given.
    #[arg(long, value_name = "SECONDS", requires = "oidc_issuer", value_parser = clap::value_parser!(u64).range(0..=120))]
    pub oidc_skew: Option<u64>,

    /// Something that the provider does otherwise than is asked of it: no-auth-time, prompt-login-unverified, no-key-ids, pkce-unannounced,
    /// logout-tokens-typed-jwt, logout-tokens-without-exp. Each costs something, as the guide to sign-in says. May be repeated.
    #[arg(long, value_name = "DEVIATION", requires = "oidc_issuer")]
    pub oidc_tolerate: Vec<Deviation>,

    /// Send the id token as a hint at sign-out also when it has expired, for a provider that takes it.
    #[arg(long, requires = "oidc_issuer")]
    pub oidc_expired_hint: bool,
}
