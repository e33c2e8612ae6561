//! People, as relationships name them.

use tenancy::permit::subject_id;
use tenancy::scope::Subject;

/// The id of a person at the provider of `like`, by the subject that the person's page of settings shows.
pub(crate) fn id_beside(like: &Subject, subject: &str) -> String {
    subject_id(&Subject { issuer: like.issuer.clone(), subject: subject.to_owned() })
}

/// The subject in a person's id, to be shown. The provider is left out: an organization's people have the same one.
pub(crate) fn shown(id: &str) -> String {
    let escaped = id.split_once('|').map_or(id, |(_, subject)| subject);
    let (mut bytes, mut rest) = (Vec::new(), escaped.as_bytes());
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        match code.filter(|_| *first == b'=') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_shown_by_the_subject() {
        let like = Subject { issuer: "https://id.example".to_owned(), subject: "ada".to_owned() };
        for subject in ["bo", "a|b", "anna@example.org", "ä", "=41", "a=", "=", "https://x/y"] {
            assert_eq!(shown(&id_beside(&like, subject)), subject);
        }
        assert_eq!(shown("no-provider=2"), "no-provider=2");
    }
}
