//! What engines need to know of a model as a whole.

use crate::Model;
use crate::graph::{EdgeKind, Graph};
use std::collections::BTreeSet;

/// Relations and permissions that are computed from each other: a strongly connected component of the model's graph.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Component<'model> {
    /// The types and names, in the order of the text, where a type's relations come before its permissions.
    pub members: Vec<(&'model str, &'model str)>,
    /// Whether a member is computed from itself, over others or directly. Otherwise there is one member.
    pub recursive: bool,
    /// Whether the recursion leads over an arrow. Otherwise it leads over subject relations such as `team#member`
    /// alone.
    pub over_arrow: bool,
    /// Whether the recursion passes no exclusion, intersection or `.all` arrow. Otherwise a `WITH RECURSIVE` cannot
    /// compute it.
    pub monotone: bool,
}

impl Model {
    /// Returns the components of the graph of relations and permissions. Each comes after the components that it is
    /// computed from.
    ///
    /// A name leads to each name of its expression, an arrow also to its right side on each of the subject types, and a
    /// relation that takes `team#member` to `member` of `team`. Names that the model does not declare have no node.
    #[must_use]
    pub fn components(&self) -> Vec<Component<'_>> {
        let graph = Graph::new(self);
        graph.components(|_| true).iter().map(|nodes| component(&graph, nodes)).collect()
    }

    /// Returns the relations of which one relationship **more** can take a permission away, as pairs of type and
    /// relation.
    ///
    /// These are: every relation that is reached from the right side of an exclusion, and the left relation of an
    /// `.all` arrow, with the relations that are reached from it. The answer errs on the side of too many: in `a - (b -
    /// c)` one more `c` only ever gives, and `c` is in the set.
    #[must_use]
    pub fn relations_used_negatively(&self) -> BTreeSet<(&str, &str)> {
        let graph = Graph::new(self);
        let edges = graph.edges.iter().flatten();
        let starts = edges.filter(|edge| edge.position.subtracted || edge.position.every).map(|edge| edge.to);
        let reached = graph.reached(starts, |_| true);
        let relations = self.definitions.iter().flat_map(|definition| {
            definition.relations.iter().map(|relation| (definition.name.as_str(), relation.name.as_str()))
        });
        let is_reached = |(definition, name): &(&str, &str)| {
            graph.node(definition, name).is_some_and(|node| reached.get(node).copied().unwrap_or_default())
        };
        relations.filter(is_reached).collect()
    }
}

fn component<'model>(graph: &Graph<'model>, nodes: &[usize]) -> Component<'model> {
    let edges = || nodes.iter().flat_map(|node| graph.edges_of(*node));
    // Sorted, as `Graph::components` gives them.
    let inner = || edges().filter(|edge| nodes.binary_search(&edge.to).is_ok());
    Component {
        members: nodes.iter().filter_map(|node| graph.nodes.get(*node).copied()).collect(),
        recursive: inner().next().is_some(),
        over_arrow: inner().any(|edge| edge.kind == EdgeKind::ArrowTarget),
        monotone: !inner().any(|edge| edge.position.in_exclusion || edge.position.in_intersection),
    }
}
