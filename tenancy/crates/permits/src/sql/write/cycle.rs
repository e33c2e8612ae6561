//! Refuses relationships that close a cycle.

use super::change::{Change, Operation};
use super::error::WriteError;
use crate::sql::compile::graph::{Graph, NodeIndex};
use crate::sql::compile::{CompileError, hops};
use crate::sql::database::{Kind, Session, Text, Value};
use crate::sql::dialect::Dialect;
use crate::sql::question::parts;
use std::collections::HashMap;

/// Type, relation, subject's type, subject's relation.
type Names = (String, String, String, String);

/// Whether a node of an object is reached from another one.
#[derive(Debug)]
struct Reach {
    /// Among what counts for one organization.
    within: Text,
    /// Among what counts for any one organization.
    anywhere: Text,
}

/// The recursive groups of a model.
#[derive(Debug)]
pub(in crate::sql) struct CycleChecks {
    /// For each recursive group: whether a node of an object is reached from another one.
    reaches: Vec<Reach>,
    /// What a relationship leads from and to, and the group.
    edges: HashMap<Names, Vec<(NodeIndex, NodeIndex, usize)>>,
}

impl CycleChecks {
    /// # Errors
    /// When a group cannot be compiled.
    pub(in crate::sql) fn of(graph: &Graph<'_>, dialect: Dialect) -> Result<Self, CompileError> {
        let (mut reaches, mut edges) = (Vec::new(), HashMap::<Names, Vec<_>>::new());
        for group in graph.recursive_groups() {
            let mut values = Vec::new();
            for (from, hop) in hops(graph, &group)? {
                let subject_relation = hop.subject.relation.clone().unwrap_or_default();
                let (kind, relation) = (hop.resource_type.to_owned(), hop.relation.name.clone());
                values.push(format!(
                    "({from}, '{kind}', '{relation}', '{}', '{subject_relation}', {})",
                    hop.subject.definition, hop.to,
                ));
                let names = (kind, relation, hop.subject.definition.clone(), subject_relation);
                edges.entry(names).or_default().push((from, hop.to, reaches.len()));
            }
            // A group of names that lead to each other without a relationship has no cycle in the data.
            if !values.is_empty() {
                values.sort();
                values.dedup();
                reaches.push(Reach::of(dialect, &values.join(", ")));
            }
        }
        Ok(Self { reaches, edges })
    }

    /// Looks whether a stored relationship is part of a cycle, among what counts for its organization. Under the lock
    /// of the write.
    ///
    /// # Errors
    /// [`WriteError::Cycle`] if it is.
    pub(super) async fn check(&self, session: &mut dyn Session, change: &Change) -> Result<(), WriteError> {
        if change.operation == Operation::Delete {
            return Ok(());
        }
        let relationship = &change.relationship;
        let (kind, id, relation) = parts(&relationship.subject);
        let names = (
            relationship.resource.kind().to_owned(),
            relationship.relation.clone(),
            kind.to_owned(),
            relation.to_owned(),
        );
        for (from, to, group) in self.edges.get(&names).into_iter().flatten() {
            let Some(reach) = self.reaches.get(*group) else { continue };
            let start = [number(*to), Value::Text(id.to_owned())];
            let end = [number(*from), Value::Text(relationship.resource.id().to_owned())];
            let statement = match change.organization {
                Some(_) => reach.within.with([&start[..], &end, &[Value::Org(change.organization)]].concat()),
                None => reach.anywhere.with([end, start].concat()),
            };
            if !session.rows(statement).await?.is_empty() {
                return Err(WriteError::Cycle { relationship: relationship.to_string() });
            }
        }
        Ok(())
    }
}

fn number(node: NodeIndex) -> Value {
    Value::Int(i64::try_from(node).unwrap_or(i64::MAX))
}

impl Reach {
    fn of(dialect: Dialect, hops: &str) -> Self {
        let text = |sql: String| Text::new(dialect.parameters(&sql), &[Kind::Int]);
        Self { within: text(within(dialect, hops)), anywhere: text(anywhere(dialect, hops)) }
    }
}

/// Node and id to begin at, node and id to look for, organization.
fn within(dialect: Dialect, hops: &str) -> String {
    let (id, clock, counts) = (dialect.id("$2"), dialect.clock(), dialect.counts_for("r.organization_id", "$5"));
    format!(
        "WITH RECURSIVE w (item, id) AS (SELECT CAST($1 AS integer), {id} UNION \
         SELECT e.column6, r.subject_id FROM w AS p CROSS JOIN (VALUES {hops}) AS e \
         CROSS JOIN permission_relationships AS r WHERE e.column1 = p.item AND {counts} \
         AND r.resource_type = e.column2 AND r.resource_id = p.id AND r.relation = e.column3 \
         AND r.subject_type = e.column4 AND r.subject_relation = e.column5 AND r.subject_id <> '*' \
         AND (r.expires_at IS NULL OR r.expires_at > {clock})) \
         SELECT CAST(1 AS bigint) FROM w WHERE w.item = $3 AND w.id = $4 LIMIT 1"
    )
}

/// The same node and id to look for, then node and id to begin at: it goes back from subjects to objects, for which the
/// index needs no organization. What is above organizations may go on in any one of them.
fn anywhere(dialect: Dialect, hops: &str) -> String {
    let (id, organization, clock) = (dialect.id("$2"), dialect.organization("NULL"), dialect.clock());
    let subject_type = dialect.by_subject("r.subject_type");
    format!(
        "WITH RECURSIVE w (item, id, organization_id) AS (SELECT CAST($1 AS integer), {id}, {organization} UNION \
         SELECT e.column1, r.resource_id, COALESCE(p.organization_id, r.organization_id) \
         FROM w AS p CROSS JOIN (VALUES {hops}) AS e CROSS JOIN permission_relationships AS r \
         WHERE e.column6 = p.item AND {subject_type} = e.column4 AND r.subject_id = p.id \
         AND r.subject_relation = e.column5 AND r.resource_type = e.column2 AND r.relation = e.column3 \
         AND (r.organization_id IS NULL OR p.organization_id IS NULL OR r.organization_id = p.organization_id) \
         AND (r.expires_at IS NULL OR r.expires_at > {clock})) \
         SELECT CAST(1 AS bigint) FROM w WHERE w.item = $3 AND w.id = $4 LIMIT 1"
    )
}
