//! The engines behind the kernel's trait: `PermitAuthority::new(engine)`.

use crate::{CheckError, MemoryEngine, ObjectRef, Relationship, SubjectRef};
use std::time::SystemTime;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use tenancy::permit::DecisionsFuture;
use tenancy::permit::{
    Answer, Decision, EngineError, EngineFuture, ListQuestion, Listed, ListedFuture, PermissionEngine, Question,
    subject_id,
};
use tenancy::scope::Subject;

/// The object type of people.
const USER: &str = "user";

/// The object type of organizations.
const ORGANIZATION: &str = "organization";

/// The object and the person of a question.
pub(crate) fn named(question: &Question<'_>) -> Result<(ObjectRef, SubjectRef), EngineError> {
    let resource = ObjectRef::new(question.object_type, question.object_id).map_err(|_| EngineError::InvalidId)?;
    Ok((resource, person(question.subject)?))
}

/// The person who asks.
fn person(subject: &Subject) -> Result<SubjectRef, EngineError> {
    Ok(SubjectRef::Object(ObjectRef::new(USER, subject_id(subject)).map_err(|_| EngineError::InvalidId)?))
}

/// For unit tests of handlers, with `without_epochs` of the authority. It has no epochs, so nothing fences a statement; the types of organizations and of
/// people are `organization` and `user`.
///
/// It does not tell organizations apart: give objects of two organizations different ids.
impl PermissionEngine for MemoryEngine {
    fn check<'a>(&'a self, question: Question<'a>) -> EngineFuture<'a> {
        let answer = in_memory(self, &question);
        Box::pin(std::future::ready(answer))
    }

    fn list<'a>(&'a self, question: ListQuestion<'a>) -> ListedFuture<'a> {
        let answer = list_in_memory(self, &question);
        Box::pin(std::future::ready(answer))
    }
}

/// Checks each object that a relationship is about, and one that none is about.
fn list_in_memory(engine: &MemoryEngine, question: &ListQuestion<'_>) -> Result<Listed, EngineError> {
    let check = |object_id: &str| {
        let ListQuestion { object_type, permission, subject, organization, deadline, .. } = *question;
        let question =
            Question { object_type, object_id, permission, subject, organization, below_organization: true, deadline };
        Ok::<_, EngineError>(in_memory(engine, &question)?.answer == Answer::Yes)
    };
    let otherwise = check(&format!("no-object-{}", uuid::Uuid::new_v4()))?;
    let mut exceptions = Vec::new();
    for object in engine.objects(question.object_type) {
        if check(object.id())? != otherwise {
            exceptions.push(object.id().to_owned());
        }
    }
    if exceptions.len() > question.limit {
        return Err(EngineError::TooMany { limit: question.limit });
    }
    Ok(Listed { otherwise, exceptions })
}

fn in_memory(engine: &MemoryEngine, question: &Question<'_>) -> Result<Decision, EngineError> {
    let (resource, subject) = named(question)?;
    let mut engine = std::borrow::Cow::Borrowed(engine);
    if question.below_organization {
        let organization = ObjectRef::new(ORGANIZATION, question.organization.as_uuid().to_string());
        let edge = Relationship {
            resource: resource.clone(),
            relation: ORGANIZATION.to_owned(),
            subject: SubjectRef::Object(organization.map_err(|_| EngineError::InvalidId)?),
            expires_at: None,
        };
        engine.to_mut().write(edge).map_err(|error| EngineError::Model(error.to_string()))?;
    }
    let allowed =
        engine.check(&resource, question.permission, &subject, SystemTime::now()).map_err(|error| match error {
            CheckError::TooDeep { .. } => EngineError::TooDeep,
            other => EngineError::Model(other.to_string()),
        })?;
    Ok(Decision { answer: if allowed { Answer::Yes } else { Answer::No }, epoch: None })
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) use on_sql::error;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod on_sql {
    use super::{
        Answer, Decision, DecisionsFuture, EngineError, EngineFuture, ListQuestion, Listed, ListedFuture,
        PermissionEngine, Question, SystemTime, named, person,
    };
    use crate::sql;

    /// The default engine. The type of people is `user`.
    impl PermissionEngine for sql::SqlEngine {
        fn check<'a>(&'a self, question: Question<'a>) -> EngineFuture<'a> {
            Box::pin(async move {
                let (resource, subject) = named(&question)?;
                let asked = sql::Question {
                    resource: &resource,
                    permission: question.permission,
                    subject: &subject,
                    context: context(&question),
                };
                // The inherent method, not this one.
                Ok(decision(sql::SqlEngine::check(self, &asked).await.map_err(error)?))
            })
        }

        fn check_each<'a>(&'a self, questions: &'a [Question<'a>]) -> DecisionsFuture<'a> {
            Box::pin(each(self, questions))
        }

        fn list<'a>(&'a self, question: ListQuestion<'a>) -> ListedFuture<'a> {
            Box::pin(list(self, question))
        }
    }

    async fn list(engine: &sql::SqlEngine, question: ListQuestion<'_>) -> Result<Listed, EngineError> {
        let ListQuestion { object_type, permission, limit, .. } = question;
        let subject = person(question.subject)?;
        let context = sql::Context {
            organization: Some(*question.organization.as_uuid()),
            implied_organization: true,
            now: SystemTime::now(),
            deadline: question.deadline,
        };
        let listed = engine.list(object_type, permission, &subject, limit, &context).await.map_err(error)?;
        Ok(Listed { otherwise: listed.otherwise, exceptions: listed.exceptions })
    }

    /// One statement for all questions.
    async fn each(engine: &sql::SqlEngine, questions: &[Question<'_>]) -> Result<Vec<Decision>, EngineError> {
        let Some(first) = questions.first() else { return Ok(Vec::new()) };
        let (_, subject) = named(first)?;
        let resources: Result<Vec<_>, _> = questions.iter().map(|question| Ok(named(question)?.0)).collect();
        let context = context(first);
        let decisions = engine.check_many(&resources?, first.permission, &subject, &context).await.map_err(error)?;
        Ok(decisions.into_iter().map(decision).collect())
    }

    fn context(question: &Question<'_>) -> sql::Context {
        sql::Context {
            organization: Some(*question.organization.as_uuid()),
            implied_organization: question.below_organization,
            now: SystemTime::now(),
            deadline: question.deadline,
        }
    }

    fn decision(decision: sql::Decision) -> Decision {
        let answer = if decision.allowed { Answer::Yes } else { Answer::No };
        Decision { answer, epoch: Some(decision.organization_epoch) }
    }

    pub(crate) fn error(error: sql::EngineError) -> EngineError {
        match error {
            sql::EngineError::Timeout => EngineError::TimedOut,
            error @ (sql::EngineError::UnknownType { .. } | sql::EngineError::UnknownPermission { .. }) => {
                EngineError::Model(error.to_string())
            }
            sql::EngineError::Answer(what) => EngineError::Malformed(what),
            sql::EngineError::TooMany { limit } => EngineError::TooMany { limit },
            other => EngineError::Failed(Box::new(other)),
        }
    }
}
