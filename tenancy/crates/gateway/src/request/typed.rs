//! What was typed into a form that is out of date.

use crate::request::csrf::FORM_FIELD;
use std::fmt;

/// The fields of a form that was open in another tab while its session got a new id: by a switch, a renewal or a step-up. The
/// gateway refuses it with `409`, because it is unknown for which organization it was meant, and leaves this in the answer's
/// extensions, so that a layer outside the gateway's can show what was typed. It is the session's own: the form's token said so.
///
/// Fields whose names speak of a password or a secret are left out.
#[derive(Clone)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    pub(crate) fn of(form: &[u8]) -> Self {
        let secret =
            |name: &str| ["pass", "secret", "token"].iter().any(|word| name.to_ascii_lowercase().contains(word));
        let fields = form_urlencoded::parse(form).filter(|(name, _)| name != FORM_FIELD && !secret(name));
        Self(fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// Names and values, in the form's order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typed").field("fields", &self.0.len()).finish_non_exhaustive()
    }
}
