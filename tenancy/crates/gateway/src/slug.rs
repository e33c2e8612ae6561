//! Names of organizations in paths.

use tenancy::scope::OrgId;

/// The longest slug, in characters.
const SLUG: usize = 63;

/// Whether a text may be a slug. None looks like an id, so a claim means one organization at most.
pub(crate) fn is_slug(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=SLUG).contains(&text.len())
        && text.bytes().all(letter)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.parse::<OrgId>().is_err()
}
