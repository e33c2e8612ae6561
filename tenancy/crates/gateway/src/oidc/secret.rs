//! The client's secret, which may change while people sign in.

use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;
use tenancy::__private::Rotating;

use tenancy_secrets::{Change, ExposeSecret as _, SecretError, SecretRef, Secrets, Watched};

#[derive(Clone)]
pub(super) struct ClientSecret {
    pub(super) values: Arc<Rotating<SecretString>>,
    /// Follows it for as long as it is held.
    _followed: Option<Watched<SecretString>>,
}

impl ClientSecret {
    pub(super) fn fixed(secret: SecretString) -> Self {
        Self { values: Arc::new(Rotating::new(secret)), _followed: None }
    }
}

impl ClientSecret {
    pub(super) async fn followed(secrets: &Secrets, reference: &SecretRef) -> Result<Self, SecretError> {
        let read = |values: &[SecretString]| values.first().cloned().ok_or("it is no client secret");
        let followed = secrets.watch(std::slice::from_ref(reference), read).await?;
        let values = Arc::new(Rotating::new((*followed.get()?).clone()));
        let live = Arc::clone(&values);
        followed.on_change(move |change| match change {
            // The hook receives the first one too.
            Change::New(new) if new.expose_secret() != live.both().0.expose_secret() => live.replace(new.clone()),
            // Whether an old one still holds is the provider's to say.
            Change::New(_) | Change::Stale => {}
        });
        Ok(Self { values, _followed: Some(followed) })
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret")
    }
}
