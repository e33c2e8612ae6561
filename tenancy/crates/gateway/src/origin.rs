//! Where browsers reach the service: configured, never computed from a request.

use axum::http::{Uri, uri::Scheme};

/// The text is no origin that a session cookie may be given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin is `https://host` or `https://host:port`, or `http://` on localhost, and nothing after it")]
pub struct OriginError(());

/// An origin, as browsers write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    text: String,
    authority: String,
    default_port: &'static str,
}

impl Origin {
    pub(crate) fn parse(text: &str) -> Result<Self, OriginError> {
        let lower = text.to_ascii_lowercase();
        let uri: Uri = lower.parse().map_err(|_| OriginError(()))?;
        let authority = uri.authority().ok_or(OriginError(()))?;
        // Browsers take `Secure` cookies over http from their own machine only.
        let own_machine = matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
        let default_port = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => ":443",
            Some(scheme) if *scheme == Scheme::HTTP && own_machine => ":80",
            _ => return Err(OriginError(())),
        };
        let bare = format!("{}://{}", uri.scheme_str().unwrap_or_default(), authority);
        if bare != lower || authority.as_str().contains('@') || bare.ends_with(default_port) {
            return Err(OriginError(()));
        }
        Ok(Self { authority: authority.to_string(), text: lower, default_port })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether an `Origin` header names it. Exactly: browsers write it in one way.
    pub(crate) fn is(&self, header: &[u8]) -> bool {
        header == self.text.as_bytes()
    }

    /// Whether a request's authority names it, with or without the default port.
    pub(crate) fn is_authority(&self, authority: &str) -> bool {
        let bare = authority.strip_suffix(self.default_port).unwrap_or(authority);
        bare.eq_ignore_ascii_case(&self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_https_or_the_own_machine() {
        for good in ["https://billing.test", "https://billing.test:8443", "http://localhost:3000", "http://[::1]:3000"]
        {
            assert!(Origin::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://billing.test",
            "https://billing.test/",
            "https://billing.test:443",
            "https://user@billing.test",
            "https://billing.test?x",
            "billing.test",
            "http://localhost.evil.test",
            "null",
            "",
        ] {
            assert!(Origin::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_may_spell_out_the_default_port() {
        let origin = Origin::parse("https://Billing.test").unwrap();
        assert!(origin.is(b"https://billing.test") && !origin.is(b"https://billing.test:443"));
        assert!(origin.is_authority("BILLING.test") && origin.is_authority("billing.test:443"));
        for other in ["billing.test:80", "billing.test.evil.test", "a.billing.test", "billing.test:443:443", ""] {
            assert!(!origin.is_authority(other), "{other}");
        }
    }
}
