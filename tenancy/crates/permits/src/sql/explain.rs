//! Why a question is answered as it is, step by step.

use super::database::BoxFuture;
use super::engine::SqlEngine;
use super::error::EngineError;
use super::in_force::InForce;
use super::question::{Question, parts, until};
use crate::{ObjectRef, Relationship, SubjectRef};
use std::collections::HashMap;
use std::fmt;
use tenancy_permission_model::{Definition, Expression, Relation, SubjectType};

/// How many relations and permissions of objects an explanation may look at.
const MOST_STEPS: usize = 10_000;

/// How many parts an explanation of a denial names.
const MOST_REASONS: usize = 100;

/// Why a subject has a permission, or has it not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// Whether the subject has the permission.
    pub allowed: bool,
    /// If it has: the relationships that allow it, from the resource on.
    pub path: Vec<Relationship>,
    /// If it has not: the parts that said no, at most 100.
    pub reasons: Vec<String>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.allowed { "allowed" } else { "denied" })?;
        let path = self.path.iter().map(ToString::to_string);
        for (at, part) in path.chain(self.reasons.iter().cloned()).enumerate() {
            write!(f, "{}{part}", if at == 0 { ": " } else { "; " })?;
        }
        Ok(())
    }
}

impl SqlEngine {
    /// Explains the answer to a question, for administration. It takes one statement for each relation of each object
    /// on the way, so that a write in between may show. Decide by [`check`](Self::check), never by an explanation.
    ///
    /// # Errors
    /// As [`check`](Self::check), and when the explanation takes more than 10,000 steps, or a relation of an object has
    /// more than 10,000 relationships.
    pub async fn explain(&self, question: &Question<'_>) -> Result<Explanation, EngineError> {
        let Question { resource, permission, subject, context } = question;
        self.compiled(resource.kind(), permission)?;
        self.subject_exists(subject)?;
        until(context.deadline, async {
            let mut explainer = Explainer {
                reads: InForce::new(self, resource, context).await?,
                question,
                stack: Vec::new(),
                known: HashMap::new(),
                cuts: 0,
                steps: 0,
                reasons: Vec::new(),
            };
            let path = explainer.node((*resource).clone(), permission).await?;
            explainer.reads.session.keep();
            let allowed = path.is_some();
            let reasons = if allowed { Vec::new() } else { explainer.reasons };
            Ok(Explanation { allowed, path: path.unwrap_or_default(), reasons })
        })
        .await
    }
}

/// The relationships that allow something. `None`: it is not allowed.
type Path = Option<Vec<Relationship>>;

type Step<'f> = BoxFuture<'f, Result<Path, EngineError>>;

struct Explainer<'a> {
    reads: InForce<'a>,
    question: &'a Question<'a>,
    /// The relations and permissions that led here.
    stack: Vec<(ObjectRef, String)>,
    /// What was found before, where no cycle cut it short.
    known: HashMap<(ObjectRef, String), Path>,
    cuts: usize,
    steps: usize,
    reasons: Vec<String>,
}

impl<'a> Explainer<'a> {
    fn node<'f>(&'f mut self, object: ObjectRef, name: &'f str) -> Step<'f> {
        Box::pin(async move {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(EngineError::TooLong { limit: MOST_STEPS });
            }
            let Some(definition) = self.reads.engine.inner.model.definition(object.kind()) else { return Ok(None) };
            if matches!(self.question.subject, SubjectRef::Userset(of, relation) if *of == object && relation == name) {
                return Ok(Some(Vec::new()));
            }
            let key = (object.clone(), name.to_owned());
            if let Some(known) = self.known.get(&key) {
                return Ok(known.clone());
            }
            if self.stack.contains(&key) {
                self.cuts += 1;
                return Ok(None);
            }
            self.stack.push(key.clone());
            let cuts = self.cuts;
            let found = match (definition.relation(name), definition.permission(name)) {
                (Some(relation), _) => self.relation(&object, relation).await?,
                (None, Some(permission)) => self.expression(definition, &permission.expression, &object).await?,
                (None, None) => None,
            };
            self.stack.pop();
            if found.is_some() || cuts == self.cuts {
                self.known.insert(key, found.clone());
            }
            Ok(found)
        })
    }

    fn expression<'f>(
        &'f mut self,
        definition: &'f Definition,
        expression: &'f Expression,
        object: &'f ObjectRef,
    ) -> Step<'f> {
        Box::pin(async move {
            match expression {
                Expression::Nil => Ok(None),
                Expression::Name(name, _) => self.node(object.clone(), name).await,
                Expression::Arrow(relation, name, _) => self.arrow(definition, relation, name, object, false).await,
                Expression::AllArrow(relation, name, _) => self.arrow(definition, relation, name, object, true).await,
                Expression::Union(operands) => {
                    for operand in operands {
                        if let Some(path) = self.expression(definition, operand, object).await? {
                            return Ok(Some(path));
                        }
                    }
                    Ok(None)
                }
                Expression::Intersection(operands) => {
                    let mut paths = if operands.is_empty() { None } else { Some(Vec::new()) };
                    for operand in operands {
                        let Some(path) = self.expression(definition, operand, object).await? else { return Ok(None) };
                        paths.get_or_insert_default().extend(path);
                    }
                    Ok(paths)
                }
                Expression::Exclusion(base, excluded) => {
                    let Some(path) = self.expression(definition, base, object).await? else { return Ok(None) };
                    let Some(by) = self.expression(definition, excluded, object).await? else { return Ok(Some(path)) };
                    let by: Vec<String> = by.iter().map(ToString::to_string).collect();
                    self.denied(format!("`{object}` excludes the subject by {}", by.join(", ")));
                    Ok(None)
                }
            }
        })
    }

    async fn relation(&mut self, object: &ObjectRef, relation: &Relation) -> Result<Path, EngineError> {
        let rows = self.reads.rows(object, relation).await?;
        let (kind, ..) = parts(self.question.subject);
        let named = rows.iter().find(|row| row.subject == *self.question.subject && is_direct(relation, row));
        let wildcard = || {
            rows.iter()
                .find(|row| matches!(&row.subject, SubjectRef::Wildcard(of) if of == kind) && is_direct(relation, row))
        };
        if let Some(row) = named.or_else(wildcard) {
            return Ok(Some(vec![row.clone()]));
        }
        for row in &rows {
            let SubjectRef::Userset(of, name) = &row.subject else { continue };
            if entries(relation, &row.subject).next().is_none() {
                continue;
            }
            if let Some(path) = self.node(of.clone(), name).await? {
                return Ok(Some(through(row, path)));
            }
        }
        self.denied(format!("`{object}#{}` does not lead to the subject", relation.name));
        Ok(None)
    }

    async fn arrow(
        &mut self,
        definition: &Definition,
        relation: &str,
        name: &str,
        object: &ObjectRef,
        all: bool,
    ) -> Result<Path, EngineError> {
        let Some(relation) = definition.relation(relation) else { return Ok(None) };
        let rows = self.reads.rows(object, relation).await?;
        let mut paths = None;
        for row in &rows {
            let path = match &row.subject {
                SubjectRef::Object(of) | SubjectRef::Userset(of, _)
                    if entries(relation, &row.subject).next().is_some() =>
                {
                    self.node(of.clone(), name).await?
                }
                _ => None,
            };
            match path.map(|path| through(row, path)) {
                Some(path) if !all => return Ok(Some(path)),
                Some(path) => paths.get_or_insert_with(Vec::new).extend(path),
                None if all => {
                    self.denied(format!("`{}` does not give `{name}`", row.subject));
                    return Ok(None);
                }
                None => {}
            }
        }
        if rows.is_empty() {
            self.denied(format!("`{object}#{}` has no relationships", relation.name));
        }
        Ok(paths)
    }

    fn denied(&mut self, reason: String) {
        if self.reasons.len() < MOST_REASONS && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}

fn through(row: &Relationship, path: Vec<Relationship>) -> Vec<Relationship> {
    let mut whole = vec![row.clone()];
    whole.extend(path);
    whole
}

/// What the model says of the relation's subjects of this kind.
pub(super) fn entries<'r>(relation: &'r Relation, subject: &'r SubjectRef) -> impl Iterator<Item = &'r SubjectType> {
    let (kind, _, name) = parts(subject);
    let wildcard = matches!(subject, SubjectRef::Wildcard(_));
    relation.subjects.iter().filter(move |entry| {
        entry.definition == kind && entry.wildcard == wildcard && entry.relation.as_deref().unwrap_or_default() == name
    })
}

/// Whether the relationship names its subject: the model takes it, with an expiry if that is demanded.
fn is_direct(relation: &Relation, row: &Relationship) -> bool {
    entries(relation, &row.subject).any(|entry| row.expires_at.is_some() || !entry.expires)
}
