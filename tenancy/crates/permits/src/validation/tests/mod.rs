//! Reading and running validation files.

use super::*;
use std::time::UNIX_EPOCH;

const SCHEMA: &str = "
schema: |
  definition user {}
  definition team {
    relation member: user | team#member
  }
  definition invoice {
    relation viewer: user | user:* | team#member
    permission view = viewer
  }
";

fn file(rest: &str) -> Result<ValidationFile, ValidationFileError> {
    ValidationFile::parse(&format!("{SCHEMA}{rest}"))
}

#[track_caller]
fn assert_refused(rest: &str, reason: &str) {
    let error = file(rest).map(|_| ()).expect_err(reason).to_string();
    assert!(error.contains(reason), "{error}");
}

#[test]
fn assertions_that_hold_and_that_do_not_are_reported() {
    let file = file(
        r#"
relationships: |
  // A comment.
  invoice:1#viewer@user:2
  invoice:1#viewer@team:3#member

  team:3#member@user:4#...
  invoice:5#viewer@user:*
assertions:
  assertTrue:
    - "invoice:1#view@user:2"
    - invoice:1#view@user:4
    - invoice:5#view@user:9
    - invoice:1#view@user:9
  assertFalse:
    - invoice:1#view@user:5
    - invoice:1#view@user:4
    - invoice:1#vieww@user:4
  assertCaveated: []
validation:
  invoice:1#view:
    - "[user:2] is <invoice:1#viewer>"
"#,
    )
    .expect("valid");
    assert_eq!(file.relationships().len(), 4);
    assert_eq!(file.assertions().len(), 7);
    let report = file.run(&file.memory_engine().expect("allowed"), UNIX_EPOCH);
    assert!(!report.passed());
    assert_eq!(report.checked(), 7);
    assert_eq!(
        report.to_string(),
        "4 of 7 assertions hold
`invoice:1#view@user:9` must be allowed, and is denied
`invoice:1#view@user:4` must be denied, and is allowed
`invoice:1#vieww@user:4` must be denied, and fails: the type `invoice` has no relation or permission `vieww`
note: the expected relations below `validation` were not checked; only `assertions` are"
    );
}

#[test]
fn everything_but_the_schema_may_be_missing_or_empty() {
    for rest in
        ["", "relationships:\nassertions:\n", "relationships: \"\"\nassertions:\n  assertTrue:\n", "assertions: {}\n"]
    {
        let file = file(rest).expect(rest);
        assert!(file.run(&file.memory_engine().expect("none"), UNIX_EPOCH).passed());
    }
    let error = ValidationFile::parse("relationships: \"\"\n").map(|_| ()).expect_err("no schema");
    assert!(matches!(error, ValidationFileError::NoSchema));
}

#[test]
fn what_cannot_be_read_is_refused_with_the_place() {
    assert_refused("relationships: |\n  invoice:1#viewer\n", "in the relationship `invoice:1#viewer`: ");
    assert_refused(
        "relationships: |\n  invoice:1#viewer@user:1[weekdays]\n",
        "caveats are not supported: remove `[weekdays]`",
    );
    assert_refused("relationships: |\n  invoice:1#viewer@user:1\n  invoice:1#viewer@user:1\n", "is given twice");
    assert_refused("assertions:\n  assertTrue: [\"invoice:1\"]\n", "in the assertion `invoice:1`: ");
    assert_refused("assertions:\n  assertTrue: ['invoice:1#view@user:1 with {\"ip\": 1}']\n", "remove the context");
    assert_refused("assertions:\n  assertCaveated: [\"invoice:1#view@user:1\"]\n", "from `assertCaveated`");
    assert_refused(
        "assertions:\n  assertTrue: [\"invoice:1#view@user:1[expiration:2030-01-01T00:00:00Z]\"]\n",
        "takes no expiry",
    );
    assert_refused("assertions:\n  assertTru: []\n", "assertTru");
    assert_refused("assertion:\n", "assertion");
    assert_refused("schemaFile: model.zed\n", "both `schema` and `schemaFile`");
    let error = ValidationFile::parse("schema: definition user {\n").map(|_| ()).expect_err("unterminated");
    assert!(matches!(error, ValidationFileError::Schema(_)), "{error}");
}

#[test]
fn schema_of_another_file_is_read_by_the_caller() {
    let text = "schemaFile: model.zed\nassertions: {}\n";
    let error = ValidationFile::parse(text).map(|_| ()).expect_err("not read");
    assert_eq!(error.to_string(), "the schema is in `model.zed`: read the file with `ValidationFile::parse_with`");
    let file = ValidationFile::parse_with(text, |path| Ok(format!("// {path}\ndefinition user {{}}\n"))).expect("read");
    assert_eq!(file.model().definitions.len(), 1);
}

#[test]
fn relationship_that_the_model_does_not_allow_is_refused() {
    let file = file("relationships: |\n  invoice:1#viewer@team:1\n").expect("readable");
    assert!(file.memory_engine().is_err());
}
