//! What the evaluation answers and what a write refuses, without SpiceDB beside it. `tests/oracle` compares the two.

mod checks;
mod cycles;
mod writes;

use super::{CheckError, MemoryEngine};
use crate::{ObjectRef, Relationship, SubjectRef};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy_permission_model::Model;

fn model(text: &str) -> Model {
    Model::parse(text).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// An engine with the relationships of the lines.
fn engine(schema: &str, relationships: &str) -> MemoryEngine {
    let mut engine = MemoryEngine::new(model(schema));
    for line in relationships.lines().map(str::trim).filter(|line| !line.is_empty()) {
        engine.write(relationship(line)).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    engine
}

fn relationship(text: &str) -> Relationship {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn object(text: &str) -> ObjectRef {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn subject(text: &str) -> SubjectRef {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A thousand seconds after 1970.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1000)
}

/// Asks `type:id#permission@subject`.
fn ask(engine: &MemoryEngine, question: &str) -> Result<bool, CheckError> {
    let Relationship { resource, relation, subject, .. } = relationship(question);
    engine.check(&resource, &relation, &subject, now())
}

#[track_caller]
fn assert_allowed(engine: &MemoryEngine, questions: &[&str]) {
    for question in questions {
        assert_eq!(ask(engine, question), Ok(true), "{question}");
    }
}

#[track_caller]
fn assert_denied(engine: &MemoryEngine, questions: &[&str]) {
    for question in questions {
        assert_eq!(ask(engine, question), Ok(false), "{question}");
    }
}
