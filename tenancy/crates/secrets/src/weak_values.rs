//! Values that everybody knows.

/// From tutorials, templates and default installations; compared in lower case, without quotes and brackets.
const DEFAULTS: &[&str] = &[
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "abc123",
    "admin",
    "change-it",
    "change-me",
    "change-this",
    "change_me",
    "changeit",
    "changeme",
    "changethis",
    "correct horse battery staple",
    "default",
    "dev",
    "development",
    "dummy",
    "example",
    "fixme",
    "foobar",
    "guest",
    "hunter2",
    "insecure",
    "key",
    "letmein",
    "my-secret",
    "mysecret",
    "mysecretpassword",
    "none",
    "notasecret",
    "null",
    "p@ssw0rd",
    "pass",
    "passw0rd",
    "password",
    "password1",
    "password123",
    "placeholder",
    "postgres",
    "qwerty",
    "redacted",
    "replace-me",
    "replace_me",
    "replaceme",
    "root",
    "root-token",
    "s3cr3t",
    "s3cret",
    "sample",
    "secret",
    "secretkey",
    "super-secret",
    "supersecret",
    "tenancy",
    "test",
    "testing",
    "tobechanged",
    "todo",
    "token",
    "toor",
    "undefined",
    "user",
    "vault",
    "wjalrxutnfemi/k7mdeng/bpxrficyexamplekey",
    "welcome",
    "your-password",
    "your-secret",
    "your-secret-here",
    "yoursecret",
];

/// Whether the value is a known default, or a URL whose password is one, or one byte over and over.
pub(super) fn is_default(value: &str) -> bool {
    is_word(value) || url_password(value).is_some_and(is_word) || is_example_key(value)
}

fn is_word(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'', '<', '>', '{', '}', '$', '[', ']', '*']).trim();
    // Nothing but brackets and stars is as little of a secret.
    value.is_empty() || repeats(value.as_bytes(), 1) || DEFAULTS.iter().any(|known| value.eq_ignore_ascii_case(known))
}

/// `scheme://user:password@host`
fn url_password(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (account, _) = authority.rsplit_once('@')?;
    Some(account.split_once(':')?.1)
}

/// A key of ours whose bytes are all alike, as the ones in documentation and tests.
fn is_example_key(value: &str) -> bool {
    let parts: Vec<_> = value.trim().split('.').collect();
    matches!(parts[..], ["tenancy1", _, digits] if repeats(digits.as_bytes(), 2))
}

fn repeats(bytes: &[u8], period: usize) -> bool {
    bytes.len() > period && bytes.chunks(period).all(|chunk| *chunk == bytes[..period.min(chunk.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_knows_is_known() {
        let keys = [format!("tenancy1.k1.{}", "0b".repeat(32)), "x".repeat(40), "*".repeat(12)];
        let texts =
            ["changeme", "ChangeMe\n", "<password>", "'secret'", "${SECRET}", "postgres://app:password@db/shop"];
        for text in texts.into_iter().chain(keys.iter().map(String::as_str)) {
            assert!(is_default(text), "{text}");
        }
        for text in ["9f86d081884c7d65", "postgres://app:9f86d081884c@db/password", "postgres://app@db/secret"] {
            assert!(!is_default(text), "{text}");
        }
    }

    /// Whatever key stands in the documentation of this repository is refused as a key.
    #[test]
    fn no_example_of_this_repository_is_accepted() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let mut folders = vec![root.join("docs"), root.join("examples")];
        let mut keys = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
                let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.'));
                for key in words.filter(|word| word.parse::<OwnKey>().is_ok()) {
                    assert!(is_default(key), "{}: {key}", entry.path().display());
                    keys += 1;
                }
                assert!(!text.contains("PRIVATE KEY-----\n"), "a private key in {}", entry.path().display());
                assert!(!text.contains("k4.secret."), "a private key in {}", entry.path().display());
            }
        }
        assert!(keys > 0, "docs/guide/secrets.md shows one");
    }

    struct OwnKey;

    impl std::str::FromStr for OwnKey {
        type Err = ();

        fn from_str(text: &str) -> Result<Self, ()> {
            let parts: Vec<_> = text.split('.').collect();
            matches!(parts[..], ["tenancy1", _, digits] if digits.len() == 64).then_some(Self).ok_or(())
        }
    }
}
