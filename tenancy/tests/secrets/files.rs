//! Which files are refused.

use crate::support::folder::Folder;
use secrecy::ExposeSecret as _;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use tenancy_secrets::{Scheme, SecretRef, SecretSource, Secrets, SourceError};

const VALUE: &str = "9f86d081884c7d659a2feaa0";

async fn fault(reference: &SecretRef) -> SourceError {
    let refused = Secrets::new().read(reference).await.expect_err("it is refused");
    let shown = format!("{refused} {refused:?}");
    assert!(shown.contains(&reference.to_string()) && !shown.contains(VALUE), "{shown}");
    refused.fault().clone()
}

#[tokio::test]
async fn a_file_of_the_owner_is_read_without_its_line_end() {
    let folder = Folder::new();
    for (end, mode) in [("", 0o600), ("\n", 0o400), ("\r\n", 0o700)] {
        let reference = folder.write_with(&format!("{mode:o}"), format!("{VALUE}{end}"), mode);
        let value = Secrets::new().read(&reference).await.expect("it is read");
        assert_eq!(value.expose_secret(), VALUE);
    }
}

#[tokio::test]
async fn what_others_may_read_is_refused() {
    let folder = Folder::new();
    for mode in [0o644, 0o640, 0o604, 0o660, 0o602, 0o601, 0o777] {
        let reference = folder.write_with(&format!("{mode:o}"), VALUE, mode);
        assert_eq!(fault(&reference).await, SourceError::ReadableByOthers { mode });
        // Neither does a link with other permissions, or of another name, help.
        symlink(folder.path().join(format!("{mode:o}")), folder.path().join(format!("link-{mode:o}"))).expect("a link");
        assert_eq!(fault(&folder.reference(&format!("link-{mode:o}"))).await, SourceError::ReadableByOthers { mode });
    }
}

#[tokio::test]
async fn what_is_no_secret_is_refused() {
    let folder = Folder::new();
    assert_eq!(fault(&folder.reference("missing")).await, SourceError::Missing);
    assert_eq!(fault(&folder.reference("no/such/folder")).await, SourceError::Missing);
    assert_eq!(fault(&folder.write("empty", "")).await, SourceError::Empty);
    assert_eq!(fault(&folder.write("blank", " \n\n")).await, SourceError::Empty);
    assert_eq!(fault(&folder.write("bytes", [0xff, 0xfe])).await, SourceError::NotText);
    assert_eq!(fault(&folder.write("long", "ab".repeat(600 * 1024))).await, SourceError::TooLong);
    std::fs::create_dir(folder.path().join("folder")).expect("a folder");
    assert_eq!(fault(&folder.reference("folder")).await, SourceError::NotAFile);
    assert_eq!(fault(&"file:/dev/null".parse().expect("a reference")).await, SourceError::NotAFile);
    symlink(folder.path().join("loop"), folder.path().join("loop")).expect("a link");
    assert!(
        matches!(fault(&folder.reference("loop")).await, SourceError::Unreadable(kind) if kind != ErrorKind::NotFound)
    );
}

#[tokio::test]
async fn a_known_default_is_refused() {
    let folder = Folder::new();
    let key = format!("tenancy1.k1.{}", "0b".repeat(32));
    let known =
        ["changeme\n", "Password", "secret", "postgres://app:password@db:5432/shop", &key, "<your-secret-here>"];
    for (number, value) in known.into_iter().enumerate() {
        let reference = folder.write(&number.to_string(), value);
        let refused = Secrets::new().read(&reference).await.expect_err(value);
        assert_eq!(refused.fault(), &SourceError::KnownDefault, "{value}");
        let shown = refused.to_string();
        assert!(!shown.replace(&reference.to_string(), "").contains(value.trim()) || value == "secret", "{shown}");
    }
}

#[tokio::test]
async fn other_places() {
    let read = async |text: &str| Secrets::new().read(&text.parse().expect(text)).await;
    let home = read("env:CARGO_MANIFEST_DIR").await.expect("cargo sets it");
    assert_eq!(home.expose_secret(), env!("CARGO_MANIFEST_DIR"));
    let fault = async |text: &str| read(text).await.expect_err(text).fault().clone();
    assert_eq!(fault("env:TENANCY_IS_NOT_SET").await, SourceError::Missing);
    // `canary.rs` reads credentials, in a process that has some.
    assert_eq!(fault("credential:seal-key").await, SourceError::NoCredentials);
    assert_eq!(fault("vault:secret/app#url").await, SourceError::NoSource);
    let mixed = ["env:HOME", "file:/a"].map(|text| text.parse().expect(text));
    assert_eq!(Secrets::new().read_together(&mixed).await.expect_err("apart").fault(), &SourceError::Apart);
}

/// A source that answers for another number of secrets than it was asked for would hand out the wrong one.
#[tokio::test]
async fn a_source_that_forgets_one_is_refused() {
    struct Forgets;
    impl SecretSource for Forgets {
        fn read_together<'a>(
            &'a self,
            _: &'a [SecretRef],
        ) -> tenancy_secrets::BoxFuture<'a, Result<Vec<secrecy::SecretString>, tenancy_secrets::SecretError>> {
            Box::pin(async { Ok(vec![VALUE.into()]) })
        }
    }
    let secrets = Secrets::new().with(Scheme::File, Forgets);
    let references = ["file:/a", "file:/b"].map(|text| text.parse().expect(text));
    assert!(secrets.read(&references[0]).await.is_ok());
    assert_eq!(secrets.read_together(&references).await.expect_err("one is lacking").fault(), &SourceError::Answer);
}
