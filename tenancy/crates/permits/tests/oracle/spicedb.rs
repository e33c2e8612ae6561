//! The real SpiceDB in a process of its own, which `spicedb.py` runs.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::UNIX_EPOCH;
use tenancy_permits::{ObjectRef, Relationship, SubjectRef};

/// What is asked of one fresh engine.
pub(crate) struct Question<'a> {
    pub(crate) schema: &'a str,
    pub(crate) relationships: &'a [Relationship],
    pub(crate) checks: &'a [Check],
    /// All checks in one request.
    pub(crate) bulk: bool,
}

/// A check: the resource, the permission, the subject.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub(crate) resource: ObjectRef,
    pub(crate) permission: String,
    pub(crate) subject: SubjectRef,
}

/// An answer, or SpiceDB's error.
pub(crate) type Answer = Result<bool, String>;

/// What SpiceDB said about each relationship and each check.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) written: Vec<Result<(), String>>,
    pub(crate) answers: Vec<Answer>,
}

pub(crate) struct SpiceDb {
    process: Child,
    /// `None` once it is to end.
    questions: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl SpiceDb {
    /// Fetches the library if it is missing, and starts it. A machine without it fails the test.
    pub(crate) fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
        let installed = Command::new(folder.join("install.sh")).stderr(Stdio::inherit()).output().expect("install.sh");
        assert!(installed.status.success(), "SpiceDB is not available: see the message of install.sh");
        let library = String::from_utf8(installed.stdout).expect("a path");
        let mut process = Command::new("python3")
            .arg(folder.join("spicedb.py"))
            .arg(library.trim())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3");
        let questions = process.stdin.take();
        let replies = BufReader::new(process.stdout.take().expect("piped"));
        Self { process, questions, replies }
    }

    /// Returns the error if SpiceDB refuses the schema.
    pub(crate) fn ask(&mut self, question: &Question<'_>) -> Result<Reply, String> {
        let line = json!({
            "schema": question.schema,
            "relationships": question.relationships.iter().map(relationship).collect::<Vec<_>>(),
            "checks": question.checks.iter().map(check).collect::<Vec<_>>(),
            "bulk": question.bulk,
        });
        writeln!(self.questions.as_mut().expect("running"), "{line}").expect("SpiceDB reads");
        let mut reply = String::new();
        self.replies.read_line(&mut reply).expect("SpiceDB answers");
        let reply: Value = serde_json::from_str(&reply).expect("SpiceDB ended: see its message above");
        if let Some(error) = reply["error"].as_str() {
            return Err(error.to_owned());
        }
        let all = |name: &str| reply[name].as_array().expect("a list").clone();
        let written = |error: &Value| error.as_str().map_or(Ok(()), |error| Err(error.to_owned()));
        let reply = Reply {
            written: all("written").iter().map(written).collect(),
            answers: all("answers").iter().map(answer).collect(),
        };
        assert_eq!(reply.written.len(), question.relationships.len());
        assert_eq!(reply.answers.len(), question.checks.len());
        Ok(reply)
    }
}

impl Drop for SpiceDb {
    fn drop(&mut self) {
        self.questions = None;
        drop(self.process.wait());
    }
}

fn relationship(relationship: &Relationship) -> Value {
    let (kind, id, of) = subject(&relationship.subject);
    let expires = relationship.expires_at.map(|at| at.duration_since(UNIX_EPOCH).expect("after 1970").as_secs());
    let resource = &relationship.resource;
    json!([resource.kind(), resource.id(), relationship.relation, kind, id, of, expires])
}

fn check(check: &Check) -> Value {
    let (kind, id, of) = subject(&check.subject);
    json!([check.resource.kind(), check.resource.id(), check.permission, kind, id, of])
}

fn subject(subject: &SubjectRef) -> (&str, &str, &str) {
    match subject {
        SubjectRef::Object(object) => (object.kind(), object.id(), ""),
        SubjectRef::Userset(object, relation) => (object.kind(), object.id(), relation),
        SubjectRef::Wildcard(kind) => (kind, "*", ""),
    }
}

fn answer(answer: &Value) -> Answer {
    match answer.as_str().expect("text") {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(other.to_owned()),
    }
}
