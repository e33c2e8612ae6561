//! How keys of rows and people are written in relationships.

use crate::identity::Subject;
use std::fmt::Write as _;
use uuid::Uuid;

/// A key that names an object in relationships: integers, UUIDs and text.
///
/// An engine refuses a text with other characters than the ids of relationships have.
pub trait ObjectId {
    /// Returns the id as relationships have it.
    fn object_id(&self) -> String;

    /// Reads an id of a relationship, or of a request's path. `None` for a text that is not a key of this type: no row has it.
    fn from_object_id(id: &str) -> Option<Self>
    where
        Self: Sized;
}

/// The key that an id stands for. A key has one id: `+7` is refused, though it reads as a number.
#[must_use]
pub fn key<Id: ObjectId>(id: &str) -> Option<Id> {
    Id::from_object_id(id).filter(|key| key.object_id() == id)
}

macro_rules! displayed {
    ($($ty:ty),*) => {
        $(impl ObjectId for $ty {
            fn object_id(&self) -> String {
                self.to_string()
            }

            fn from_object_id(id: &str) -> Option<Self> {
                id.parse().ok()
            }
        })*
    };
}

displayed!(i16, i32, i64, u16, u32, u64, Uuid, String);

/// Returns the id that a person has in relationships: `issuer|subject`.
///
/// A byte other than an ASCII letter, a digit, `-`, `_` or `/` becomes `=` and two hexadecimal digits, so two people never share an
/// id.
#[must_use]
pub fn subject_id(subject: &Subject) -> String {
    let mut id = String::with_capacity(subject.issuer.len() + subject.subject.len() + 16);
    escape(&subject.issuer, &mut id);
    id.push('|');
    escape(&subject.subject, &mut id);
    id
}

fn escape(part: &str, into: &mut String) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_/".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(into, "={byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{key, subject_id};
    use crate::identity::Subject;

    fn id(issuer: &str, subject: &str) -> String {
        subject_id(&Subject { issuer: issuer.to_owned(), subject: subject.to_owned() })
    }

    #[test]
    fn a_person_has_a_readable_id_that_no_other_person_has() {
        assert_eq!(id("https://id.example.com", "anna-1"), "https=3A//id=2Eexample=2Ecom|anna-1");
        let people = [("a", "b|c"), ("a|b", "c"), ("a=7Cb", "c"), ("a", "=62"), ("a", "b"), ("", "a|b"), ("ä", "b")];
        let ids: std::collections::HashSet<_> = people.iter().map(|(issuer, subject)| id(issuer, subject)).collect();
        assert_eq!(ids.len(), people.len());
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || "/_|-=+".contains(letter);
        assert!(ids.iter().all(|id| id.chars().all(allowed)), "{ids:?}");
        assert_eq!(ids.iter().map(|id| id.matches('|').count()).max(), Some(1));
    }
    #[test]
    fn a_key_has_one_id() {
        assert_eq!((key("7"), key("-7"), key::<String>("x")), (Some(7_i32), Some(-7_i32), Some("x".to_owned())));
        let others = ["+7", "07", " 7", "7 ", "", "7.0", "0x7", "99999999999"];
        assert!(others.iter().all(|id| key::<i32>(id).is_none()));
        let id = uuid::Uuid::from_u128(0xab);
        assert_eq!(key(&id.to_string()), Some(id));
        assert_eq!(key::<uuid::Uuid>(&id.to_string().to_uppercase()), None);
        assert_eq!(key::<uuid::Uuid>(&id.simple().to_string()), None);
    }
}
