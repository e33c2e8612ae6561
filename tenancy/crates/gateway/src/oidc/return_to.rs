//! Where a browser goes after its sign-in: a path of this site, or nothing.

/// The longest path that is taken, in bytes.
const MAX: usize = 2048;

/// A path of this site, with a query perhaps; never another site.
///
/// It is parsed and not escaped: what is not plainly a path of this site is refused (`return_to` in
/// `tenancy/tests/oidc/`). The default is the root.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReturnTo(String);

/// Why a path was not taken. It does not repeat what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReturnToError {
    /// Longer than 2048 bytes.
    #[error("the path to return to is longer than 2048 bytes")]
    TooLong,
    /// It does not begin with one slash.
    #[error("the path to return to does not begin with one slash; scheme and host are not taken")]
    NotAPath,
    /// A byte that a browser may read as a slash, as the end of a header, or as nothing at all.
    #[error("the path to return to holds a byte that is read differently by browsers and servers; percent-encode it")]
    Byte,
    /// An encoded slash, backslash or control character, or a percent sign that encodes nothing.
    #[error("the path to return to holds an encoded slash, backslash or control character")]
    Encoded,
    /// A segment `.` or `..`, or an empty one.
    #[error("the path to return to holds an empty segment, `.` or `..`")]
    Segment,
}

impl ReturnTo {
    /// Takes a path of this site.
    ///
    /// # Errors
    /// [`ReturnToError`]: another site, or something that a browser or a server might read as one.
    pub fn parse(path: &str) -> Result<Self, ReturnToError> {
        if path.len() > MAX {
            return Err(ReturnToError::TooLong);
        }
        if !path.starts_with('/') || path.starts_with("//") {
            return Err(ReturnToError::NotAPath);
        }
        // Visible ASCII without the backslash (browsers read it as a slash) and without the fragment's sign.
        if !path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#') {
            return Err(ReturnToError::Byte);
        }
        let end = path.find('?').unwrap_or(path.len());
        let segments = &path[1..end];
        encoded(segments)?;
        // The last segment may be empty: `/invoices/`.
        let mut rest = segments.split('/').peekable();
        while let Some(segment) = rest.next() {
            let empty = segment.is_empty() && rest.peek().is_some();
            // `%2e` is a dot to browsers.
            let plain = segment.to_ascii_lowercase().replace("%2e", ".");
            if empty || plain == "." || plain == ".." {
                return Err(ReturnToError::Segment);
            }
        }
        Ok(Self(path.to_owned()))
    }

    /// [`parse`](Self::parse), or the root: for what a client sent along.
    pub fn or_root(path: &str) -> Self {
        Self::parse(path).unwrap_or_default()
    }

    /// The path, for a `Location` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnTo {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

/// Refuses `%2f`, `%5c`, encoded control characters, and a percent sign without two digits.
fn encoded(path: &str) -> Result<(), ReturnToError> {
    let mut rest = path.split('%');
    rest.next();
    for after in rest {
        let digits = after.get(..2).filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok()).ok_or(ReturnToError::Encoded)?;
        if matches!(byte, b'/' | b'\\' | b'%') || byte.is_ascii_control() {
            return Err(ReturnToError::Encoded);
        }
    }
    Ok(())
}
