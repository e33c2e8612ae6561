//! Checks: one statement each.

use super::compile::Compiled;
use super::database::{Cell, Statement, Value};
use super::engine::SqlEngine;
use super::error::EngineError;
use super::question::{Context, Decision, Question, parts, seconds, until};
use crate::{ObjectRef, SubjectRef};
use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

/// How many resources one question may have.
const MOST_RESOURCES: usize = 1_000;

impl SqlEngine {
    /// Answers a question with one statement.
    ///
    /// # Errors
    /// When there is no answer: the model lacks a name, the deadline passed, no connection is available, the database
    /// reported an error, or its answer has another shape. Treat every error as a denial.
    pub async fn check(&self, question: &Question<'_>) -> Result<Decision, EngineError> {
        let Question { resource, permission, subject, context } = question;
        let compiled = self.compiled(resource.kind(), permission)?;
        let values = self.values(subject, Value::Text(resource.id().to_owned()), context)?;
        let rows = self.ask(context.deadline, compiled.check(subject, context).with(values));
        match &rows.await?[..] {
            [row] => decision(row),
            [] => Err(EngineError::Answer("a check returned no row")),
            _ => Err(EngineError::Answer("a check returned several rows")),
        }
    }

    /// Answers the same question about several resources of one type with one statement. The decisions have the order
    /// of `resources`.
    ///
    /// # Errors
    /// As [`check`](Self::check), and for more than 1,000 resources or resources of different types. A missing or
    /// doubled answer is an error of all.
    pub async fn check_many(
        &self,
        resources: &[ObjectRef],
        permission: &str,
        subject: &SubjectRef,
        context: &Context,
    ) -> Result<Vec<Decision>, EngineError> {
        let Some(first) = resources.first() else { return Ok(Vec::new()) };
        if resources.len() > MOST_RESOURCES {
            return Err(EngineError::TooMany { limit: MOST_RESOURCES });
        }
        if resources.iter().any(|resource| resource.kind() != first.kind()) {
            return Err(EngineError::MixedTypes);
        }
        let compiled = self.compiled(first.kind(), permission)?;
        let ids: BTreeSet<&str> = resources.iter().map(ObjectRef::id).collect();
        let values = self.values(subject, Value::Text(json(&ids)), context)?;
        let rows = self.ask(context.deadline, compiled.check_many.with(values));
        matched(resources, &ids, rows.await?)
    }

    /// Lists the resources of a type, sorted by id, of which the subject has the permission.
    ///
    /// Only resources that relationships are about can be listed, and each of them is checked. [`list`](Self::list) looks at those
    /// alone that lead to the subject.
    ///
    /// # Errors
    /// As [`check`](Self::check). When there are more than `limit`, and when `context` implies an organization that the
    /// type has a relation to. Nothing is returned in part.
    pub async fn lookup_resources(
        &self,
        kind: &str,
        permission: &str,
        subject: &SubjectRef,
        limit: usize,
        context: &Context,
    ) -> Result<Vec<String>, EngineError> {
        let compiled = self.compiled(kind, permission)?;
        if context.implied_organization && compiled.implied {
            return Err(EngineError::ImpliedList { kind: kind.to_owned() });
        }
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let values = self.values(subject, Value::Int(most), context)?;
        let rows = self.ask(context.deadline, compiled.lookup.with(values));
        let rows = rows.await?;
        if rows.len() > limit {
            return Err(EngineError::TooMany { limit });
        }
        rows.into_iter().map(id).collect()
    }

    /// Reads the epochs of an organization and of the levels above organizations, with one statement.
    ///
    /// # Errors
    /// When the deadline passed, or the database does not answer.
    pub(crate) async fn epochs(&self, organization: uuid::Uuid, deadline: Instant) -> Result<(i64, i64), EngineError> {
        let rows = self.ask(deadline, self.inner.fixed.epochs.with(vec![Value::Org(Some(organization))]));
        match &rows.await?[..] {
            [row] => match row[..] {
                [Cell::Int(own), Cell::Int(upper)] => Ok((own, upper)),
                _ => Err(EngineError::Answer("an epoch is no number")),
            },
            _ => Err(EngineError::Answer("the epochs are not one row")),
        }
    }

    /// Runs one statement, and waits until the deadline for a connection and for the rows.
    pub(super) async fn ask(&self, deadline: Instant, statement: Statement<'_>) -> Result<Vec<Vec<Cell>>, EngineError> {
        let wait = deadline.saturating_duration_since(Instant::now());
        let rows = until(deadline, async {
            let mut session = self.inner.database.lend(wait).await?;
            let rows = session.rows(statement).await?;
            session.keep();
            Ok(rows)
        });
        rows.await
    }

    pub(super) fn compiled(&self, kind: &str, permission: &str) -> Result<&Compiled, EngineError> {
        let permissions = self.inner.statements.get(kind);
        if permissions.is_none() && self.inner.model.definition(kind).is_none() {
            return Err(EngineError::UnknownType { kind: kind.to_owned() });
        }
        let unknown = || EngineError::UnknownPermission { kind: kind.to_owned(), permission: permission.to_owned() };
        permissions.and_then(|permissions| permissions.get(permission)).ok_or_else(unknown)
    }

    /// The values of a compiled text, in the order of its parameters.
    pub(super) fn values(
        &self,
        subject: &SubjectRef,
        resource: Value,
        context: &Context,
    ) -> Result<Vec<Value>, EngineError> {
        self.subject_exists(subject)?;
        let organization = context.checked_organization()?;
        let (kind, id, relation) = parts(subject);
        Ok(vec![
            Value::Text(kind.to_owned()),
            Value::Text(id.to_owned()),
            Value::Text(relation.to_owned()),
            resource,
            Value::Int(seconds(context.now)?),
            Value::Int(context.implied_organization.into()),
            Value::Text(organization.map(|organization| organization.to_string()).unwrap_or_default()),
            Value::Org(organization),
        ])
    }

    pub(super) fn subject_exists(&self, subject: &SubjectRef) -> Result<(), EngineError> {
        let (kind, _, relation) = parts(subject);
        if let SubjectRef::Wildcard(_) = subject {
            return Err(EngineError::WildcardSubject { kind: kind.to_owned() });
        }
        let Some(definition) = self.inner.model.definition(kind) else {
            return Err(EngineError::UnknownType { kind: kind.to_owned() });
        };
        if matches!(subject, SubjectRef::Userset(..)) && !definition.has(relation) {
            return Err(EngineError::UnknownPermission { kind: kind.to_owned(), permission: relation.to_owned() });
        }
        Ok(())
    }
}

/// A JSON array. The ids have no character that JSON would escape ([`ObjectRef::new`]).
fn json(ids: &BTreeSet<&str>) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    format!("[{}]", ids.join(","))
}

fn id(row: Vec<Cell>) -> Result<String, EngineError> {
    match row.into_iter().next() {
        Some(Cell::Text(id)) => Ok(id),
        _ => Err(EngineError::Answer("an id is missing")),
    }
}

/// The answer and the epochs. Anything but yes or no is an error.
fn decision(row: &[Cell]) -> Result<Decision, EngineError> {
    let &[Cell::Int(allowed @ (0 | 1)), Cell::Int(organization_epoch), Cell::Int(upper_epoch)] = row else {
        return Err(EngineError::Answer("a check returned neither yes nor no"));
    };
    Ok(Decision { allowed: allowed == 1, organization_epoch, upper_epoch })
}

/// The decision of each resource, found by its id.
fn matched(resources: &[ObjectRef], ids: &BTreeSet<&str>, rows: Vec<Vec<Cell>>) -> Result<Vec<Decision>, EngineError> {
    let mut decisions = HashMap::new();
    for row in rows {
        let [Cell::Text(id), answer @ ..] = &row[..] else { return Err(EngineError::Answer("an id is missing")) };
        if !ids.contains(id.as_str()) {
            return Err(EngineError::Answer("an answer is about another resource"));
        }
        if decisions.insert(id.clone(), decision(answer)?).is_some() {
            return Err(EngineError::Answer("an answer is doubled"));
        }
    }
    let decision = |resource: &ObjectRef| decisions.get(resource.id()).copied();
    resources.iter().map(|resource| decision(resource).ok_or(EngineError::Answer("an answer is missing"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(id: &str, allowed: i64) -> Vec<Cell> {
        vec![Cell::Text(id.to_owned()), Cell::Int(allowed), Cell::Int(3), Cell::Int(4)]
    }

    fn asked(rows: Vec<Vec<Cell>>) -> Result<Vec<bool>, EngineError> {
        let resources: Vec<ObjectRef> =
            ["1", "2", "1"].into_iter().map(|id| ObjectRef::new("invoice", id).expect("an id")).collect();
        let decisions = matched(&resources, &["1", "2"].into(), rows)?;
        Ok(decisions.into_iter().map(|decision| decision.allowed).collect())
    }

    #[test]
    fn answers_are_matched_by_id_and_not_by_order() {
        assert_eq!(asked(vec![answer("2", 1), answer("1", 0)]).expect("an answer"), [false, true, false]);
    }

    #[test]
    fn missing_doubled_and_foreign_answers_deny_all() {
        for rows in [
            vec![],
            vec![answer("1", 1)],
            vec![answer("1", 1), answer("2", 1), answer("2", 1)],
            vec![answer("1", 1), answer("2", 1), answer("3", 1)],
            vec![answer("1", 1), vec![Cell::Null, Cell::Int(1), Cell::Int(0), Cell::Int(0)]],
            vec![answer("1", 1), vec![Cell::Text("2".to_owned()), Cell::Null, Cell::Int(0), Cell::Int(0)]],
        ] {
            assert!(matches!(asked(rows), Err(EngineError::Answer(_))));
        }
    }

    #[test]
    fn an_answer_that_is_neither_yes_nor_no_is_an_error() {
        let yes = decision(&[Cell::Int(1), Cell::Int(3), Cell::Int(4)]).expect("an answer");
        assert_eq!(yes, Decision { allowed: true, organization_epoch: 3, upper_epoch: 4 });
        for row in [
            vec![Cell::Null, Cell::Int(3), Cell::Int(4)],
            vec![Cell::Int(2), Cell::Int(3), Cell::Int(4)],
            vec![Cell::Int(-1), Cell::Int(3), Cell::Int(4)],
            vec![Cell::Int(1), Cell::Null, Cell::Int(4)],
            vec![Cell::Int(1), Cell::Int(3)],
            vec![Cell::Text("1".to_owned()), Cell::Int(3), Cell::Int(4)],
        ] {
            assert!(matches!(decision(&row), Err(EngineError::Answer(_))), "{row:?}");
        }
    }
}
