//! What arguments hold.

use std::convert::Infallible;
use std::str::FromStr;
use tenancy_secrets::SecretRef;

/// Where tables are.
#[derive(Clone)]
pub enum Database {
    /// A file, or `:memory:`.
    Sqlite(String),
    /// A `postgres://` URL.
    Postgres(String),
    /// The secret that holds such a URL.
    Secret(SecretRef),
    /// None of these. It may hold a password, so it is not kept and no error shows it.
    Unreadable,
}

impl FromStr for Database {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => Self::Sqlite(file.to_owned()),
            Some(("postgres" | "postgresql", _)) => Self::Postgres(text.to_owned()),
            _ => text.parse().map_or(Self::Unreadable, Self::Secret),
        })
    }
}

/// A subject of the provider, and an organization's name in paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The subject.
    pub subject: String,
    /// The organization.
    pub organization: String,
}

impl FromStr for Member {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A subject may hold an @; a slug does not.
        let parts = text.rsplit_once('@').filter(|(subject, slug)| !subject.is_empty() && !slug.is_empty());
        let (subject, slug) = parts.ok_or("write SUBJECT@ORGANIZATION")?;
        Ok(Self { subject: subject.to_owned(), organization: slug.to_owned() })
    }
}
