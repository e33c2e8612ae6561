//! From bytes to a secret.

use super::SourceError;
use secrecy::SecretString;
use zeroize::Zeroizing;

/// The longest secret: what Kubernetes allows.
pub(super) const MAX: u64 = 1024 * 1024;

/// Text without the line end that editors and `echo` append; the bytes are wiped.
pub(super) fn secret(bytes: Zeroizing<Vec<u8>>) -> Result<SecretString, SourceError> {
    let text = std::str::from_utf8(&bytes).map_err(|_| SourceError::NotText)?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(SecretString::from(text.strip_suffix('\r').unwrap_or(text)))
}
