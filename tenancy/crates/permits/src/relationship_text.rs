//! Relationships as SpiceDB writes them: `invoice:1#viewer@team:3#member[expiration:2030-01-01T00:00:00Z]`.

use crate::{InvalidIdError, ObjectRef, Relationship, SubjectRef, rfc3339};
use std::str::FromStr;

/// Why a text cannot be read as a relationship, object or subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseRelationshipError {
    /// The text lacks the `@` before the subject.
    #[error("a relationship is written `type:id#relation@type:id`; `@` is missing")]
    SubjectMissing,
    /// The resource lacks the `#` before the relation.
    #[error("a resource is written `type:id#relation`; `#` is missing")]
    RelationMissing,
    /// An object lacks the `:` between type and id.
    #[error("an object is written `type:id`; `:` is missing in `{text}`")]
    IdMissing {
        /// The object's text.
        text: String,
    },
    /// A type, relation or permission has a name that SpiceDB does not allow.
    #[error(
        "invalid name `{name}`: a name has 3 to 64 lower-case letters, digits and `_`, begins with a letter, \
         and does not end with `_`"
    )]
    InvalidName {
        /// The name.
        name: String,
    },
    /// An object has an id that SpiceDB does not allow.
    #[error("{source}: `{id}`")]
    InvalidId {
        /// The id.
        id: String,
        /// What an id may be.
        source: InvalidIdError,
    },
    /// A relation of a wildcard, such as `user:*#member`.
    #[error("a wildcard has no relation: write `{kind}:*`")]
    RelationOfWildcard {
        /// The wildcard's type.
        kind: String,
    },
    /// A caveat, such as `[only_weekdays]`.
    #[error("caveats are not supported: remove `[{caveat}]`")]
    Caveat {
        /// The text between the brackets.
        caveat: String,
    },
    /// An expiry that cannot be read as a date and time.
    #[error(
        "an expiry is written `[expiration:2030-01-01T00:00:00Z]`, in UTC, with a date that exists; found `{text}`"
    )]
    InvalidExpiry {
        /// The text of the expiry.
        text: String,
    },
}

impl FromStr for Relationship {
    type Err = ParseRelationshipError;

    /// Reads `type:id#relation@subject`, with `[expiration:..]` at its end if the relationship expires.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (resource, rest) = text.split_once('@').ok_or(ParseRelationshipError::SubjectMissing)?;
        let (resource, relation) = resource.split_once('#').ok_or(ParseRelationshipError::RelationMissing)?;
        let (subject, trait_text) = rest.find('[').map_or((rest, ""), |at| rest.split_at(at));
        Ok(Self {
            resource: resource.parse()?,
            relation: name(relation)?,
            subject: subject.parse()?,
            expires_at: if trait_text.is_empty() { None } else { Some(expiry(trait_text)?) },
        })
    }
}

impl FromStr for ObjectRef {
    type Err = ParseRelationshipError;

    /// Reads `type:id`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = kind_and_id(text)?;
        Self::new(kind, id).map_err(|source| ParseRelationshipError::InvalidId { id: id.to_owned(), source })
    }
}

impl FromStr for SubjectRef {
    type Err = ParseRelationshipError;

    /// Reads `type:id`, `type:id#relation` or `type:*`. SpiceDB's `type:id#...` is the object itself.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (object, relation) = text.split_once('#').map_or((text, None), |(object, name)| (object, Some(name)));
        let relation = relation.filter(|relation| *relation != "...");
        if let (kind, "*") = kind_and_id(object)? {
            return match relation {
                None => Ok(Self::Wildcard(kind.to_owned())),
                Some(_) => Err(ParseRelationshipError::RelationOfWildcard { kind: kind.to_owned() }),
            };
        }
        let object = object.parse()?;
        Ok(match relation {
            Some(relation) => Self::Userset(object, name(relation)?),
            None => Self::Object(object),
        })
    }
}

fn kind_and_id(text: &str) -> Result<(&str, &str), ParseRelationshipError> {
    let (kind, id) = text.split_once(':').ok_or_else(|| ParseRelationshipError::IdMissing { text: text.to_owned() })?;
    for part in kind.split('/') {
        name(part)?;
    }
    Ok((kind, id))
}

/// A name by SpiceDB's rule (`pkg/tuple/parsing.go`).
fn name(text: &str) -> Result<String, ParseRelationshipError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    let valid = (3..=64).contains(&bytes.len())
        && bytes[0].is_ascii_lowercase()
        && bytes.iter().all(|byte| plain(*byte) || *byte == b'_')
        && !text.ends_with('_');
    if valid { Ok(text.to_owned()) } else { Err(ParseRelationshipError::InvalidName { name: text.to_owned() }) }
}

/// What follows the subject, with its brackets.
fn expiry(text: &str) -> Result<std::time::SystemTime, ParseRelationshipError> {
    let invalid = || ParseRelationshipError::InvalidExpiry { text: text.to_owned() };
    let inner = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).ok_or_else(invalid)?;
    match inner.strip_prefix("expiration:") {
        Some(time) => rfc3339::parse(time).ok_or_else(invalid),
        None => Err(ParseRelationshipError::Caveat { caveat: inner.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn relationships_are_read_and_written_alike() {
        for text in [
            "invoice:1#viewer@user:2",
            "invoice:1#viewer@team:3#member",
            "invoice:1#viewer@user:*",
            "a_b/doc:x/y|z=#own@a_b/user:-+",
        ] {
            assert_eq!(text.parse::<Relationship>().map(|read| read.to_string()), Ok(text.to_owned()));
        }
        let read: Relationship = "invoice:1#viewer@user:2#...".parse().expect("valid");
        assert_eq!(read.to_string(), "invoice:1#viewer@user:2");
        let read: Relationship = "invoice:1#viewer@user:*[expiration:1970-01-02T00:00:00Z]".parse().expect("valid");
        assert_eq!(read.expires_at, Some(UNIX_EPOCH + Duration::from_secs(86_400)));
    }

    #[test]
    fn other_texts_are_refused_with_the_reason() {
        for (text, reason) in [
            ("", "`@` is missing"),
            ("invoice:1@user:2", "`#` is missing"),
            ("invoice#viewer@user:2", "`:` is missing in `invoice`"),
            ("invoice:1#viewer@user", "`:` is missing in `user`"),
            ("Invoice:1#viewer@user:2", "invalid name `Invoice`"),
            ("invoice:1#vi@user:2", "invalid name `vi`"),
            ("invoice:1#viewer@user:2#member_", "invalid name `member_`"),
            ("invoice:1#viewer@user:2#", "invalid name ``"),
            ("invoice:#viewer@user:2", "1 to 1024"),
            ("invoice:*#viewer@user:2", "1 to 1024"),
            ("invoice:1#viewer@user:a b", "1 to 1024"),
            ("invoice:1#viewer@user:2@user:3", "1 to 1024"),
            ("invoice:1#viewer@user:*#member", "write `user:*`"),
            ("invoice:1#viewer@user:2[weekdays]", "remove `[weekdays]`"),
            ("invoice:1#viewer@user:2[weekdays][expiration:2030-01-01T00:00:00Z]", "caveats are not supported"),
            ("invoice:1#viewer@user:2[expiration:2030-02-30T00:00:00Z]", "a date that exists"),
            ("invoice:1#viewer@user:2[expiration:2030-01-01T00:00:00Z", "a date that exists"),
            ("invoice:1#viewer@user:2[expiration:2030-01-01T00:00:00+01:00]", "in UTC"),
            ("invoice:1#viewer@user:2[expiration:2030-01-01T00:00:00Z] x", "in UTC"),
        ] {
            let error = text.parse::<Relationship>().expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
