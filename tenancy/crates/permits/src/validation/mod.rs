//! SpiceDB's validation files: a schema, relationships, and what must and must not follow from them.
//!
//! The same file runs against this crate's engines and, with SpiceDB's own tool (`zed validate`), against SpiceDB.
//!
//! ```
//! use std::time::SystemTime;
//! use tenancy_permits::validation::ValidationFile;
//!
//! let file = ValidationFile::parse(
//!     r#"
//! schema: |
//!   definition user {}
//!   definition invoice {
//!     relation viewer: user
//!     permission view = viewer
//!   }
//! relationships: |
//!   invoice:1#viewer@user:2
//! assertions:
//!   assertTrue:
//!     - "invoice:1#view@user:2"
//!   assertFalse:
//!     - "invoice:1#view@user:3"
//! "#,
//! )?;
//! let report = file.run(&file.memory_engine()?, SystemTime::now());
//! assert!(report.passed(), "{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod document;
mod error;
mod report;

#[cfg(test)]
mod tests;

pub use error::ValidationFileError;
pub use report::{Failure, Report};

use crate::{MemoryEngine, MemoryWriteError, ObjectRef, Relationship, SubjectRef};
use document::Document;
use serde_saphyr::Spanned;
use std::collections::HashSet;
use std::fmt;
use std::time::SystemTime;
use tenancy_permission_model::Model;

/// A validation file that was read.
#[derive(Debug, Clone)]
pub struct ValidationFile {
    model: Model,
    relationships: Vec<Relationship>,
    assertions: Vec<Assertion>,
    has_expected_relations: bool,
}

/// A check, and the answer that it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The object that the check is about.
    pub resource: ObjectRef,
    /// The relation or permission.
    pub permission: String,
    /// The subject.
    pub subject: SubjectRef,
    /// The answer: `true` below `assertTrue`, `false` below `assertFalse`.
    pub expected: bool,
    /// The line in the file, from 1.
    pub line: u64,
}

impl fmt::Display for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}@{}", self.resource, self.permission, self.subject)
    }
}

impl ValidationFile {
    /// Reads a validation file that holds its schema.
    ///
    /// The keys are `schema`, `relationships`, `assertions` and `validation`. The content of `validation`, the expected
    /// relations, is not checked, and [`Report::notes`] says so.
    ///
    /// # Errors
    /// When the text is not YAML of this form, when the schema or a relationship cannot be read, when a relationship is
    /// there twice, and when the file uses a caveat or names its schema by `schemaFile`.
    pub fn parse(text: &str) -> Result<Self, ValidationFileError> {
        Self::parse_with(text, |path| Err(ValidationFileError::SchemaFile { path: path.to_owned() }))
    }

    /// Reads a validation file whose `schemaFile` names the file of the schema. `read` returns the content of that
    /// file.
    ///
    /// # Errors
    /// As [`ValidationFile::parse`], and when `read` returns an error.
    pub fn parse_with(
        text: &str,
        read: impl FnOnce(&str) -> Result<String, ValidationFileError>,
    ) -> Result<Self, ValidationFileError> {
        let mut document = Document::parse(text)?;
        let schema = document.schema(read)?.ok_or(ValidationFileError::NoSchema)?;
        let model = Model::parse(&schema).map_err(ValidationFileError::Schema)?;
        Self::of(document, model)
    }

    /// Reads a validation file for a model of yours. The file needs no schema; `read` returns the content of a
    /// `schemaFile`.
    ///
    /// # Errors
    /// As [`ValidationFile::parse_with`], and when the file has a schema that says something else than `model`: its
    /// assertions would be about an old copy.
    pub fn parse_against(
        text: &str,
        model: &Model,
        read: impl FnOnce(&str) -> Result<String, ValidationFileError>,
    ) -> Result<Self, ValidationFileError> {
        let mut document = Document::parse(text)?;
        if let Some(schema) = document.schema(read)? {
            let own = Model::parse(&schema).map_err(ValidationFileError::Schema)?;
            if own.fingerprint() != model.fingerprint() {
                return Err(ValidationFileError::OtherSchema);
            }
        }
        Self::of(document, model.clone())
    }

    fn of(document: Document, model: Model) -> Result<Self, ValidationFileError> {
        let assertions = document.assertions.unwrap_or_default();
        if let Some(text) = assertions.assert_caveated.into_iter().flatten().next() {
            return Err(ValidationFileError::CaveatedAssertion { text: text.value });
        }
        let expected = |texts: Option<Vec<Spanned<String>>>, expected| {
            texts.into_iter().flatten().map(move |text| assertion(&text, expected))
        };
        let assertions = expected(assertions.assert_true, true).chain(expected(assertions.assert_false, false));
        Ok(Self {
            model,
            relationships: relationships(document.relationships.as_deref().unwrap_or_default())?,
            assertions: assertions.collect::<Result<_, _>>()?,
            has_expected_relations: document.validation.is_some(),
        })
    }

    /// Returns the model of the file's schema.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the relationships, in the order of the file.
    #[must_use]
    pub fn relationships(&self) -> &[Relationship] {
        &self.relationships
    }

    /// Returns the assertions: those of `assertTrue`, then those of `assertFalse`.
    #[must_use]
    pub fn assertions(&self) -> &[Assertion] {
        &self.assertions
    }

    /// Returns an engine with the file's model and relationships.
    ///
    /// # Errors
    /// When the model does not allow one of the relationships, or when they form a cycle.
    pub fn memory_engine(&self) -> Result<MemoryEngine, MemoryWriteError> {
        let mut engine = MemoryEngine::new(self.model.clone());
        for relationship in &self.relationships {
            engine.write(relationship.clone())?;
        }
        Ok(engine)
    }

    /// Checks every assertion at the time `now`.
    #[must_use]
    pub fn run(&self, engine: &MemoryEngine, now: SystemTime) -> Report {
        self.run_with(|assertion| {
            let Assertion { resource, permission, subject, .. } = assertion;
            engine.check(resource, permission, subject, now)
        })
    }

    /// Checks every assertion with an engine of your choice. An error fails the assertion, also below `assertFalse`.
    pub fn run_with<E: fmt::Display>(&self, mut check: impl FnMut(&Assertion) -> Result<bool, E>) -> Report {
        let mut report = Report::default();
        for assertion in &self.assertions {
            report.add(assertion, check(assertion).map_err(|error| error.to_string()));
        }
        if self.has_expected_relations {
            report.note("the expected relations below `validation` were not checked; only `assertions` are");
        }
        report
    }
}

/// One line each. Empty lines and lines that begin with `//` are skipped.
fn relationships(text: &str) -> Result<Vec<Relationship>, ValidationFileError> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        let relationship: Relationship =
            line.parse().map_err(|source| ValidationFileError::Relationship { text: line.to_owned(), source })?;
        if !seen.insert(relationship.to_string()) {
            return Err(ValidationFileError::RepeatedRelationship { text: line.to_owned() });
        }
        found.push(relationship);
    }
    Ok(found)
}

fn assertion(spanned: &Spanned<String>, expected: bool) -> Result<Assertion, ValidationFileError> {
    let (text, line) = (spanned.value.trim(), spanned.referenced.line());
    if text.contains(" with ") {
        return Err(ValidationFileError::AssertionContext { text: text.to_owned() });
    }
    let read: Relationship =
        text.parse().map_err(|source| ValidationFileError::Assertion { text: text.to_owned(), source })?;
    if read.expires_at.is_some() {
        return Err(ValidationFileError::AssertionExpiry { text: text.to_owned() });
    }
    let Relationship { resource, relation, subject, .. } = read;
    Ok(Assertion { resource, permission: relation, subject, expected, line })
}
