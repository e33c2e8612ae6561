//! Relations and permissions that depend on themselves, as one recursive query.

use super::Emitter;
use super::error::CompileError;
use super::expression::{any, literal};
use super::graph::NodeIndex;
use super::hops::{Alternative, Guard, Hop, Step, alternatives};
use std::collections::BTreeMap;

/// A hop with the node that it starts at and its guards.
type GuardedHop<'m> = (NodeIndex, Vec<Guard<'m>>, Hop<'m>);

impl<'m> Emitter<'_, 'm> {
    /// Whether the subject has `node` of one of the objects that `seed` selects, as number of the node and id.
    pub(super) fn recursion(
        &mut self,
        node: NodeIndex,
        seed: impl FnOnce(NodeIndex) -> String,
    ) -> Result<String, CompileError> {
        let (reach, row) = (self.alias('w'), self.alias('b'));
        let (mut hops, mut ends) = (Vec::new(), Vec::new());
        for (from, alternatives) in self.reached(node)? {
            let mut conditions = Vec::new();
            for Alternative { guards, step } in alternatives {
                match step {
                    Step::Hop(hop) => hops.push((from, guards, hop)),
                    step => conditions.push(self.end(&guards, step, &format!("{row}.id"))?),
                }
            }
            if !conditions.is_empty() {
                ends.push(format!("({row}.item = {from} AND {})", any(&conditions)));
            }
        }
        let onward = if hops.is_empty() { String::new() } else { format!(" UNION {}", self.onward(&reach, &hops)?) };
        self.limited(format!(
            "EXISTS (WITH RECURSIVE {reach} (item, id) AS ({}{onward}) SELECT 1 FROM {reach} AS {row} WHERE {})",
            seed(node),
            any(&ends),
        ))
    }

    /// The nodes that hops lead to from `node`, with the alternatives of each.
    fn reached(&self, node: NodeIndex) -> Result<BTreeMap<NodeIndex, Vec<Alternative<'m>>>, CompileError> {
        let mut reached = BTreeMap::new();
        let mut next = vec![node];
        while let Some(node) = next.pop() {
            if reached.contains_key(&node) {
                continue;
            }
            let found = alternatives(self.graph, node)?;
            for alternative in &found {
                let Step::Hop(hop) = alternative.step else { continue };
                if self.implied.is_some_and(|implied| std::ptr::eq(implied, hop.relation)) {
                    return Err(CompileError::RecursiveOrganization {
                        permission: self.graph.nodes[self.asked].path(),
                    });
                }
                next.push(hop.to);
            }
            reached.insert(node, found);
        }
        Ok(reached)
    }

    /// The query of the next objects: each hop is a row of `VALUES`, since a recursive query may name itself once.
    fn onward(&mut self, reach: &str, hops: &[GuardedHop<'m>]) -> Result<String, CompileError> {
        let (from, edge, row) = (self.alias('p'), self.alias('e'), self.alias('r'));
        let kinds: Vec<&str> = hops.iter().map(|(_, _, hop)| hop.resource_type).collect();
        let (mut values, mut guarded) = (Vec::new(), String::new());
        for (number, (node, guards, hop)) in hops.iter().enumerate() {
            values.push(format!(
                "({number}, {node}, '{}', '{}', '{}', {}, {})",
                hop.resource_type,
                hop.relation.name,
                hop.subject.definition,
                literal(hop.subject.relation.as_deref()),
                hop.to,
            ));
            if !guards.is_empty() {
                let holds = self.guards(guards, &format!("{from}.id"))?;
                guarded.push_str(&format!(" AND ({edge}.column1 <> {number} OR {holds})"));
            }
        }
        self.limited(format!(
            "SELECT {edge}.column7, {row}.subject_id FROM {reach} AS {from} CROSS JOIN (VALUES {}) AS {edge} \
             CROSS JOIN permission_relationships AS {row} WHERE {edge}.column2 = {from}.item \
             AND {row}.resource_type = {edge}.column3 AND {row}.resource_id = {from}.id \
             AND {row}.relation = {edge}.column4 AND {row}.subject_type = {edge}.column5 \
             AND {row}.subject_relation = {edge}.column6 AND {row}.subject_id <> '*' AND {}{guarded}",
            values.join(", "),
            self.in_force(&row, &kinds),
        ))
    }

    /// Whether an alternative that leads to no other object of the recursion holds.
    fn end(&mut self, guards: &[Guard<'m>], step: Step<'m>, id: &str) -> Result<String, CompileError> {
        let holds = match step {
            Step::IsSubject(node) => self.is_subject(node, id),
            Step::Direct(node, relation) => {
                let node = self.graph.nodes[node];
                self.direct(&node, relation, id)
            }
            Step::Userset(node, relation, userset) => {
                let node = self.graph.nodes[node];
                self.userset(&node, relation, userset, id)?
            }
            Step::ArrowTo(node, relation, to) => {
                let node = self.graph.nodes[node];
                self.arrow_to(&node, relation, to, id)?
            }
            Step::Expression(node, expression) => {
                let node = self.graph.nodes[node];
                self.expression(&node, expression, id)?
            }
            Step::Hop(_) => "FALSE".to_owned(),
        };
        if guards.is_empty() {
            return Ok(holds);
        }
        let guards = self.guards(guards, id)?;
        self.limited(format!("({guards} AND {holds})"))
    }

    fn guards(&mut self, guards: &[Guard<'m>], id: &str) -> Result<String, CompileError> {
        let mut parts = Vec::new();
        for Guard { node, expression, negated } in guards {
            let node = self.graph.nodes[*node];
            let holds = self.expression(&node, expression, id)?;
            parts.push(if *negated { format!("NOT {holds}") } else { holds });
        }
        self.limited(format!("({})", parts.join(" AND ")))
    }
}
