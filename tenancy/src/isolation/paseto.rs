//! Reading a PASETO v4.public token: the one place where a signature is verified.

use super::grant::MAX_FOOTER;
use crate::identity::{GrantError, PublicKey};
use pasetors::token::{Public, UntrustedToken};
use pasetors::version4::{PublicToken, V4};

/// The payload of a token of at most `longest` bytes, signed together with `assertion` by the key that `find` gives for
/// its footer.
pub(crate) fn verified<'k>(
    token: &str,
    longest: usize,
    assertion: &[u8],
    find: impl FnOnce(&[u8]) -> Result<&'k PublicKey, GrantError>,
) -> Result<String, GrantError> {
    if token.len() > longest {
        return Err(GrantError::TooLong);
    }
    let token = UntrustedToken::<Public, V4>::try_from(token).map_err(|_| GrantError::NotAToken)?;
    let footer = token.untrusted_footer();
    if footer.len() > MAX_FOOTER {
        return Err(GrantError::UnknownKey);
    }
    // The footer picks the key and is compared whole, so nothing in it is parsed.
    let trusted = find(footer)?;
    let verified = PublicToken::verify(trusted.key(), &token, Some(trusted.footer()), Some(assertion))
        .map_err(|_| GrantError::Signature)?;
    Ok(verified.payload().to_owned())
}

/// The payload of a token of at most `longest` bytes that one of `keys` signed together with `assertion`.
///
/// # Errors
/// When it is no such token.
pub fn verified_payload(
    token: &str,
    longest: usize,
    assertion: &[u8],
    keys: &[PublicKey],
) -> Result<String, GrantError> {
    let of_footer = |footer: &[u8]| keys.iter().find(|key| key.footer() == footer).ok_or(GrantError::UnknownKey);
    verified(token, longest, assertion, of_footer)
}
