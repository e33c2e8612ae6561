//! How to sign in.

use super::source_error::source_error;
use crate::{Scheme, SecretError, SecretRef, Secrets, SourceError};
use secrecy::{ExposeSecret as _, SecretString};
use vaultrs::api::AuthInfo;
use vaultrs::auth::{approle, kubernetes};
use vaultrs::client::VaultClient;

/// How a service proves to the store who it is. What it proves it with is read again at each sign-in: Kubernetes renews it,
/// and an AppRole's secret id can be rotated.
#[derive(Clone, Debug)]
pub struct VaultAuth {
    mount: String,
    role: String,
    proof: SecretRef,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Kubernetes,
    AppRole,
}

/// Where Kubernetes puts the token of a pod's service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

impl VaultAuth {
    /// The pod's service account, at the mount `kubernetes`.
    ///
    /// The token is read as any secret: others may not read it, so set `runAsUser` for the pod. A projected token with an
    /// audience of its own is better: see [`proof`](Self::proof).
    ///
    /// # Panics
    /// Never: the path of the token is a reference.
    pub fn kubernetes(role: impl Into<String>) -> Self {
        let proof = format!("file:{SERVICE_ACCOUNT}").parse();
        #[expect(clippy::expect_used, reason = "a constant")]
        let proof = proof.expect("the path of the token is a reference");
        Self { mount: "kubernetes".to_owned(), role: role.into(), proof, kind: Kind::Kubernetes }
    }

    /// An AppRole, at the mount `approle`. The role id is no secret, the secret id is one.
    pub fn app_role(role_id: impl Into<String>, secret_id: SecretRef) -> Self {
        Self { mount: "approle".to_owned(), role: role_id.into(), proof: secret_id, kind: Kind::AppRole }
    }

    /// At another mount.
    #[must_use]
    pub fn mount(mut self, mount: impl Into<String>) -> Self {
        self.mount = mount.into();
        self
    }

    /// With the token or secret id at another place.
    #[must_use]
    pub fn proof(mut self, proof: SecretRef) -> Self {
        self.proof = proof;
        self
    }

    pub(super) fn check(&self) -> Result<(), SecretError> {
        // It would need itself to sign in.
        if self.proof.scheme() == Scheme::Vault {
            return Err(SecretError::new(&self.proof, SourceError::NoSource));
        }
        let step = |text: &str| !text.is_empty() && text.split('/').all(|step| !matches!(step, "" | "." | ".."));
        if !step(&self.mount) || self.mount.contains(['?', '#', '%']) || self.role.is_empty() {
            return Err(SecretError::about(
                "the sign-in at the secret store",
                SourceError::Setup("its mount or role is not valid"),
            ));
        }
        Ok(())
    }

    /// What the service proves itself with now.
    pub(super) async fn read_proof(&self) -> Result<SecretString, SourceError> {
        Secrets::new().read(&self.proof).await.map_err(|error| {
            tracing::error!(%error, "there is nothing to sign in to the secret store with");
            error.fault().clone()
        })
    }

    pub(super) async fn sign_in(&self, client: &VaultClient, proof: &SecretString) -> Result<AuthInfo, SourceError> {
        let proof = proof.expose_secret().trim();
        let answer = match self.kind {
            Kind::Kubernetes => kubernetes::login(client, &self.mount, &self.role, proof).await,
            Kind::AppRole => approle::login(client, &self.mount, &self.role, proof).await,
        };
        answer.map_err(|error| match source_error(&error) {
            // A role or a proof that is unknown is a bad request there.
            SourceError::Answer | SourceError::Missing => SourceError::Denied,
            fault => fault,
        })
    }
}
