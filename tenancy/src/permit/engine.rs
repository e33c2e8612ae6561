//! What answers whether a subject has a permission.

use crate::identity::{OrgId, Subject};
use futures_core::future::BoxFuture;
use std::time::Instant;

/// Answers whether subjects have permissions. `tenancy-permits` has implementations.
///
/// An engine confers no authority: its answers become permits through the [`PermitAuthority`](super::PermitAuthority) that holds it,
/// and a database trusts one such authority.
pub trait PermissionEngine: Send + Sync + 'static {
    /// Answers one question, from relationships that are at least as new as every change that was committed before the call.
    ///
    /// # Errors
    /// When there is no answer. The caller denies then.
    fn check<'a>(&'a self, question: Question<'a>) -> EngineFuture<'a>;

    /// Answers questions that differ in the object's id alone: one decision for each, in their order. One after the other, unless an
    /// engine has a better way.
    ///
    /// # Errors
    /// When one of them has no answer. The caller denies all then.
    fn check_each<'a>(&'a self, questions: &'a [Question<'a>]) -> DecisionsFuture<'a> {
        Box::pin(async move {
            let mut decisions = Vec::with_capacity(questions.len());
            for question in questions {
                decisions.push(self.check(*question).await?);
            }
            Ok(decisions)
        })
    }

    /// Answers on which objects of a type the subject has a permission, exactly and completely: never a part of the answer.
    ///
    /// # Errors
    /// [`EngineError::NoLists`] unless an engine has lists, [`EngineError::TooMany`] beyond the limit, and when there is no answer.
    fn list<'a>(&'a self, question: ListQuestion<'a>) -> ListedFuture<'a> {
        let _ = question;
        Box::pin(async { Err(EngineError::NoLists) })
    }
}

/// The future of a list.
pub type ListedFuture<'a> = BoxFuture<'a, Result<Listed, EngineError>>;

/// On which objects, below an organization, `subject` has `permission`.
#[derive(Debug, Clone, Copy)]
pub struct ListQuestion<'a> {
    /// The objects' type in the model.
    pub object_type: &'static str,
    /// The permission's name.
    pub permission: &'static str,
    /// Who asks.
    pub subject: &'a Subject,
    /// The scope's organization. No relationship of another organization counts.
    pub organization: OrgId,
    /// How many ids the answer may have.
    pub limit: usize,
    /// When the answer comes too late.
    pub deadline: Instant,
}

/// On which objects a subject has a permission: those in `exceptions`, or all but those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Whether the subject has the permission on an object that is not in `exceptions`.
    pub otherwise: bool,
    /// The ids for which the opposite holds.
    pub exceptions: Vec<String>,
}

/// The future of an answer.
pub type EngineFuture<'a> = BoxFuture<'a, Result<Decision, EngineError>>;

/// The future of several answers.
pub type DecisionsFuture<'a> = BoxFuture<'a, Result<Vec<Decision>, EngineError>>;

/// Whether `subject` has `permission` on an object.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The object's type in the model.
    pub object_type: &'static str,
    /// The object's id.
    pub object_id: &'a str,
    /// The permission's name.
    pub permission: &'static str,
    /// Who asks. Its id in relationships is [`subject_id`](super::subject_id).
    pub subject: &'a Subject,
    /// The scope's organization. No relationship of another organization counts.
    pub organization: OrgId,
    /// Whether the object lies below `organization`. The edge that says so is then taken as given: the statement that the permit
    /// allows carries the organization, so an object of another organization is not changed.
    pub below_organization: bool,
    /// When the answer comes too late.
    pub deadline: Instant,
}

/// What an engine answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub answer: Answer,
    /// The organization's authorization epoch, read together with the answer. A permitted statement changes nothing once the
    /// epoch is another one. `None` from an engine without epochs, for tests of handlers.
    pub epoch: Option<i64>,
}

/// An engine's answer. Only [`Answer::Yes`] becomes a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// The subject has the permission.
    Yes,
    /// The subject does not have it.
    No,
    /// It depends on a context that the question does not have.
    Conditional,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The deadline passed.
    #[error("the permission engine did not answer in time")]
    TimedOut,
    /// The engine, or its database, cannot be reached or failed.
    #[error("the permission engine failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The model of the engine and the question do not fit.
    #[error("the permission engine's model does not have this permission or object type: {0}")]
    Model(String),
    /// Relationships lead further than the engine follows them, or in a circle.
    #[error("the relationships of this object are nested too deeply")]
    TooDeep,
    /// The id of the object or of the subject cannot occur in a relationship.
    #[error("the object's id has characters that no relationship has, or too many")]
    InvalidId,
    /// The engine answers questions about one object, and has no lists.
    #[error("this permission engine has no lists; check each object")]
    NoLists,
    /// A list is longer than it may be.
    #[error("the list has more than {limit} objects; nothing of it is used")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The answer is not one that the protocol allows.
    #[error("the permission engine answered something else than was asked: {0}")]
    Malformed(&'static str),
}
