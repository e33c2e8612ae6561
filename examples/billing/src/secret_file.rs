//! Secrets come from files, never from arguments. What is refused is `tenancy::secrets`' to say.

use crate::StartError;
use std::path::Path;
use tenancy::secrets::{SecretRef, SecretString, Secrets};

/// A file, as a reference that can be read again.
pub(crate) fn reference(path: &Path) -> Result<SecretRef, StartError> {
    let absolute = std::path::absolute(path).ok().and_then(|path| format!("file:{}", path.display()).parse().ok());
    absolute.ok_or_else(|| StartError::Usage(format!("{} is no path of a file without `..`", path.display())))
}

/// What a file holds now.
pub(crate) async fn read(path: &Path) -> Result<SecretString, StartError> {
    Ok(Secrets::new().read(&reference(path)?).await?)
}
