//! A database's password follows its secret.

use super::DatabaseUrl;
use std::sync::OnceLock;
use tenancy_secrets::{ExposeSecret as _, SecretError, SecretRef, Secrets, Watched};

/// Reads a `postgres://` URL for [`TenantDb::postgres`](crate::TenantDb::postgres) and the other pools, and replaces its
/// password whenever the secret changes. Keep the second of what it returns: when that is dropped, the secret is followed no
/// more.
///
/// New connections are opened with the new password; open ones stay. A server knows one password a role, so the two change
/// one after the other: write the secret first and, when all processes have read that (30 s at most), change the role
/// (`ALTER ROLE .. PASSWORD`). Until the server takes the new password, connections are opened with the one before it. The
/// other way round, some process may not have read the new secret yet and opens no connection in between.
///
/// A secret whose URL differs in more than the password is refused and logged, and the old one stays; so it does when the
/// secret cannot be read again, however long that takes ([`is_failing`](Watched::is_failing) tells): whether a password still
/// holds is the server's to say.
///
/// # Errors
/// When the secret cannot be read now, or is no URL of PostgreSQL's.
///
/// # Panics
/// Outside of a tokio runtime with its timers and I/O enabled.
pub async fn follow_database_url(
    secrets: &Secrets,
    reference: &SecretRef,
) -> Result<(DatabaseUrl, Watched<DatabaseUrl>), SecretError> {
    const FORM: &str = "it is no URL such as postgres://ROLE:PASSWORD@HOST/NAME";
    const ELSEWHERE: &str = "its URL differs from the one in use in more than the password: restart for that";
    let held = OnceLock::<DatabaseUrl>::new();
    let watched = secrets
        .watch(std::slice::from_ref(reference), move |values| {
            let [value] = values else { return Err(FORM) };
            let url = value.expose_secret();
            if let Some(held) = held.get() {
                return held.replace(url).map(|()| held.clone()).map_err(|_| ELSEWHERE);
            }
            if !DatabaseUrl::is_of_postgres(url) {
                return Err(FORM);
            }
            Ok(held.get_or_init(|| url.into()).clone())
        })
        .await?;
    Ok(((*watched.get()?).clone(), watched))
}
