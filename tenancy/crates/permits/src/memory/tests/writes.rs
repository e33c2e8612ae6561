//! What the model allows to be written.

use super::*;
use crate::MemoryWriteError;

const SCHEMA: &str = "
    use expiration
    definition user {}
    definition team {
        relation member: user
        permission all = member
    }
    definition folder {
        relation viewer: user | team#member | user:* with expiration
        relation guest: user with expiration
        relation both: user | user with expiration
        permission view = viewer
    }";

#[test]
fn only_what_the_model_names_is_written() {
    let mut engine = engine(SCHEMA, "");
    let mut refused = |text: &str| engine.write(relationship(text)).expect_err(text).to_string();
    for (text, reason) in [
        ("invoice:1#viewer@user:1", "the model has no type `invoice`"),
        ("folder:1#viewer@invoice:1", "the model has no type `invoice`"),
        ("folder:1#viewer@invoice:*", "the model has no type `invoice`"),
        ("folder:1#viewer@invoice:1#member", "the model has no type `invoice`"),
        ("folder:1#editor@user:1", "the type `folder` has no relation or permission `editor`"),
        ("folder:1#viewer@team:1#editor", "the type `team` has no relation or permission `editor`"),
        ("folder:1#view@user:1", "`view` is a permission of `folder`"),
        ("folder:1#viewer@team:1", "does not take the subject `team`"),
        ("folder:1#viewer@team:1#all", "does not take the subject `team#all`"),
        ("folder:1#viewer@team:*", "does not take the subject `team:*`"),
        ("folder:1#guest@user:*", "does not take the subject `user:*`"),
        ("folder:1#viewer@user:*", "takes the subject `user:*` with an expiry only"),
        ("folder:1#guest@user:1", "takes the subject `user` with an expiry only"),
        ("folder:1#viewer@user:1[expiration:2030-01-01T00:00:00Z]", "takes the subject `user` without an expiry only"),
        ("folder:1#viewer@team:1#member[expiration:2030-01-01T00:00:00Z]", "without an expiry only"),
    ] {
        let error = refused(text);
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn expiry_is_required_refused_or_free_as_the_model_says() {
    let engine = engine(
        SCHEMA,
        "folder:1#viewer@user:1
         folder:1#viewer@user:*[expiration:2030-01-01T00:00:00Z]
         folder:1#guest@user:1[expiration:1970-01-01T00:00:00Z]
         folder:1#both@user:1
         folder:1#both@user:2[expiration:2030-01-01T00:00:00Z]",
    );
    assert_allowed(&engine, &["folder:1#viewer@user:9", "folder:1#both@user:1", "folder:1#both@user:2"]);
    // In the past when it was written: accepted, and without effect.
    assert_denied(&engine, &["folder:1#guest@user:1"]);
}

#[test]
fn second_write_replaces_the_expiry() {
    let mut engine = engine(SCHEMA, "folder:1#both@user:1[expiration:1970-01-01T00:00:00Z]");
    assert_denied(&engine, &["folder:1#both@user:1"]);
    engine.write(relationship("folder:1#both@user:1")).expect("allowed");
    assert_allowed(&engine, &["folder:1#both@user:1"]);
}

#[test]
fn delete_ignores_the_expiry_and_says_what_it_found() {
    let mut engine = engine(SCHEMA, "folder:1#guest@user:1[expiration:2030-01-01T00:00:00Z]\nfolder:1#viewer@user:1");
    assert_eq!(engine.delete(&relationship("folder:1#guest@user:1")), Ok(true));
    assert_eq!(engine.delete(&relationship("folder:1#guest@user:1")), Ok(false));
    assert_eq!(engine.delete(&relationship("folder:9#guest@user:1")), Ok(false));
    assert_denied(&engine, &["folder:1#guest@user:1"]);
    assert_allowed(&engine, &["folder:1#viewer@user:1"]);
    for text in ["folder:1#view@user:1", "folder:1#guest@team:1", "folder:1#missing@user:1", "missing:1#guest@user:1"] {
        let refused = engine.delete(&relationship(text));
        assert!(refused.is_err(), "{text}");
        assert!(!matches!(refused, Err(MemoryWriteError::Cycle { .. })));
    }
}

#[test]
fn objects_of_equal_ids_and_other_types_are_different() {
    let engine = engine(SCHEMA, "folder:7#viewer@user:7");
    assert_denied(&engine, &["folder:7#view@team:7", "folder:7#view@folder:7", "team:7#member@user:7"]);
    assert_eq!(object("folder:7").kind(), "folder");
}
