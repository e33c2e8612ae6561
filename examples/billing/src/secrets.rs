//! Where secrets come from. What is refused is `tenancy_secrets`' to say.

use crate::args::VaultArgs;
use crate::{Args, StartError};
use std::path::Path;
use tenancy_secrets::{Scheme, SecretField, SecretRef, Secrets, VaultAuth, VaultSource};

/// Files, systemd's credentials and the environment; and the store, if the arguments name one.
pub(crate) async fn sources(args: &Args) -> Result<Secrets, StartError> {
    match store(&args.vault).await? {
        Some(store) => Ok(Secrets::new().with(Scheme::Vault, store)),
        None => Ok(Secrets::new()),
    }
}

/// The store, signed in, if the arguments name one.
pub(crate) async fn store(args: &VaultArgs) -> Result<Option<VaultSource>, StartError> {
    let Some((address, role)) = args.vault_address.as_deref().zip(args.vault_role.as_deref()) else {
        return Ok(None);
    };
    let proof = optional(args.vault_proof.as_ref(), "--vault-proof")?;
    let auth = match (args.vault_kubernetes, proof) {
        (false, Some(proof)) => VaultAuth::app_role(role, proof),
        (true, Some(proof)) => VaultAuth::kubernetes(role).proof(proof),
        (true, None) => VaultAuth::kubernetes(role),
        (false, None) => {
            let text = "an AppRole signs in with a secret id: say --vault-proof, or --vault-kubernetes in a pod";
            return Err(StartError::Usage(text.to_owned()));
        }
    };
    let store = VaultSource::builder(address, auth);
    let store = match &args.vault_ca {
        Some(file) => store.root_certificates(certificates(file, "--vault-ca")?),
        None => store,
    };
    Ok(Some(store.connect().await?))
}

/// The reference that an argument holds; `name` is the argument's, for the error.
pub(crate) fn reference(field: &SecretField, name: &str) -> Result<SecretRef, StartError> {
    Ok(field.reference(name)?)
}

/// The same for an argument that may be left out.
pub(crate) fn optional(field: Option<&SecretField>, name: &str) -> Result<Option<SecretRef>, StartError> {
    field.map(|field| reference(field, name)).transpose()
}

/// Certificates, which are no secret: a plain file that any account may read.
pub(crate) fn certificates(file: &Path, name: &str) -> Result<String, StartError> {
    std::fs::read_to_string(file).map_err(|why| StartError::Usage(format!("{name} {}: {why}", file.display())))
}
