//! The store behind `vault:` references.

use clap::Args;
use std::path::PathBuf;
use tenancy_secrets::SecretField;

/// Vault or OpenBao.
#[derive(Args)]
#[command(next_help_heading = "Secrets from Vault or OpenBao")]
pub struct VaultArgs {
    /// The store that vault: references are read from. Plain http:// on loopback only.
    #[arg(long, value_name = "URL", env = "BILLING_VAULT_ADDRESS", requires_all = ["vault_role"])]
    pub vault_address: Option<String>,

    /// Who signs in there: an AppRole's role id or, with --vault-kubernetes, the role of the pod's service account.
    #[arg(long, value_name = "ROLE", env = "BILLING_VAULT_ROLE", requires = "vault_address")]
    pub vault_role: Option<String>,

    /// What it signs in with: the AppRole's secret id, or the service account's token if that is not in its usual place. Read
    /// again at each sign-in; not from the store itself.
    #[arg(long, value_name = "SECRET", requires = "vault_address")]
    pub vault_proof: Option<SecretField>,

    /// Sign in by the pod's service account instead of an AppRole.
    #[arg(long, requires = "vault_address")]
    pub vault_kubernetes: bool,

    /// Trust a store with a certificate of one of these roots (PEM) and no other; without it those of the machine.
    #[arg(long, value_name = "FILE", requires = "vault_address")]
    pub vault_ca: Option<PathBuf>,
}
