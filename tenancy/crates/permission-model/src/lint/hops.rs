//! `P09`: how far a check has to walk, and whether it ends.

use super::{Linter, Rule};
use crate::Span;
use crate::graph::{Edge, EdgeKind};

impl Linter<'_> {
    pub(super) fn hops(&mut self) {
        let hops = self.hops_of_nodes();
        let most = self.config.most_hops;
        for definition in &self.model.definitions {
            let of = |name: &str| self.graph.node(&definition.name, name).and_then(|node| hops.get(node).copied());
            let permissions = definition.permissions.iter().map(|it| (of(&it.name), it));
            let Some((Some(far), permission)) = permissions.max_by_key(|(hops, _)| *hops) else { continue };
            if far > most {
                let message = format!(
                    "`{}#{}` is {far} hops from a user, and at most {most} are allowed; shorten the chain of arrows, \
                     or raise `most_hops`",
                    definition.name, permission.name
                );
                self.warn(Rule::Hops, permission.span, message);
            }
        }
    }

    /// Counts for each name the longest way to a user: arrows, subject relations, and the relation that takes the user.
    /// Recursion counts once.
    fn hops_of_nodes(&self) -> Vec<usize> {
        let mut hops = vec![0_usize; self.graph.nodes.len()];
        for (definition, relation) in self.relations() {
            let node = self.graph.node(&definition.name, &relation.name);
            if let Some(hops) = node.and_then(|node| hops.get_mut(node)) {
                *hops = 1;
            }
        }
        // Each component comes after those that it leads to.
        for component in self.graph.components(|_| true) {
            let outer = |edge: &&Edge| component.binary_search(&edge.to).is_err();
            let through = |edge: &Edge| hops.get(edge.to).copied().unwrap_or_default() + weight(edge.kind);
            let edges = component.iter().flat_map(|node| self.graph.edges_of(*node));
            let own = component.iter().filter_map(|node| hops.get(*node).copied());
            let most = edges.filter(outer).map(through).chain(own).max().unwrap_or_default();
            for node in component {
                if let Some(hops) = hops.get_mut(node) {
                    *hops = most;
                }
            }
        }
        hops
    }

    pub(super) fn recursion(&mut self) {
        for component in self.model.components().into_iter().filter(|component| component.recursive) {
            let names: Vec<String> =
                component.members.iter().take(8).map(|(type_name, name)| format!("`{type_name}#{name}`")).collect();
            let names = names.join(", ");
            let span = self.span_of(component.members.first().copied().unwrap_or_default());
            if !component.monotone {
                let message = format!(
                    "the recursion of {names} passes an exclusion or intersection, so it has no stable answer; move \
                     the exclusion to a permission outside of the recursion"
                );
                self.error(Rule::Hops, span, message);
            } else if !component.members.iter().all(|(type_name, name)| self.is_relation(type_name, name)) {
                let message = format!(
                    "the recursion of {names} leads over a permission; recurse through a subject relation such as \
                     `team#member` instead, or bound the depth of the objects"
                );
                self.warn(Rule::Hops, span, message);
            }
        }
    }

    fn is_relation(&self, definition: &str, name: &str) -> bool {
        self.model.definition(definition).is_some_and(|definition| definition.relation(name).is_some())
    }

    fn span_of(&self, (definition, name): (&str, &str)) -> Span {
        let definition = self.model.definition(definition);
        let relation = definition.and_then(|definition| definition.relation(name)).map(|relation| relation.span);
        let permission = definition.and_then(|definition| definition.permission(name)).map(|it| it.span);
        relation.or(permission).unwrap_or_default()
    }
}

fn weight(kind: EdgeKind) -> usize {
    match kind {
        EdgeKind::ArrowTarget | EdgeKind::SubjectRelation => 1,
        // On the same object. The relation of an arrow is counted by the arrow.
        EdgeKind::Name => 0,
        EdgeKind::ArrowRelation => 0,
    }
}
