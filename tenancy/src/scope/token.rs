//! Reading a PASETO v4.public token: the one place where a signature is verified.

use super::PublicKey;
use super::grant::{GrantError, MAX_FOOTER};
use pasetors::token::{Public, UntrustedToken};
use pasetors::version4::{PublicToken, V4};

/// The payload of a token of at most `longest` bytes, signed together with `assertion` by the key that `find` gives for
/// its footer.
pub(super) fn verified<'k>(
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
