//! The graph of a model's relations and permissions: an edge leads from each to what it is computed from.

use crate::{Definition, Expression, Model, Relation};
use std::collections::HashMap;

/// How one name leads to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EdgeKind {
    /// A name of the same object.
    Name,
    /// The relation on an arrow's left.
    ArrowRelation,
    /// What an arrow reads of the objects that it leads to.
    ArrowTarget,
    /// `member` of a relation that takes `team#member`.
    SubjectRelation,
}

/// What stands between a permission and a name in its expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    /// On the right of an exclusion: what the name gives is taken away.
    pub(crate) subtracted: bool,
    /// Inside of an exclusion, at either side.
    pub(crate) in_exclusion: bool,
    /// Inside of an intersection or an `.all` arrow.
    pub(crate) in_intersection: bool,
    /// The left of an `.all` arrow: one object more can take the permission away.
    pub(crate) every: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) to: usize,
    pub(crate) kind: EdgeKind,
    pub(crate) position: Position,
}

pub(crate) struct Graph<'model> {
    /// The type and the name of each node, in the order of the text.
    pub(crate) nodes: Vec<(&'model str, &'model str)>,
    pub(crate) edges: Vec<Vec<Edge>>,
    index: HashMap<(&'model str, &'model str), usize>,
    takes: fn(EdgeKind) -> bool,
}

impl<'model> Graph<'model> {
    /// Builds the graph. Names that lead nowhere have no edge.
    pub(crate) fn new(model: &'model Model) -> Self {
        Self::build(model, |_| true)
    }

    /// Builds the graph of names of the same object alone. Its size is that of the text, where arrows can multiply it.
    pub(crate) fn of_same_object(model: &'model Model) -> Self {
        Self::build(model, |kind| kind == EdgeKind::Name)
    }

    fn build(model: &'model Model, takes: fn(EdgeKind) -> bool) -> Self {
        let mut graph = Self { nodes: Vec::new(), edges: Vec::new(), index: HashMap::new(), takes };
        for definition in &model.definitions {
            let names = definition.relations.iter().map(|relation| &relation.name);
            for name in names.chain(definition.permissions.iter().map(|permission| &permission.name)) {
                let key = (definition.name.as_str(), name.as_str());
                graph.index.entry(key).or_insert_with(|| {
                    graph.nodes.push(key);
                    graph.nodes.len() - 1
                });
            }
        }
        graph.edges = vec![Vec::new(); graph.nodes.len()];
        for definition in &model.definitions {
            graph.add(definition);
        }
        graph
    }

    pub(crate) fn node(&self, definition: &str, name: &str) -> Option<usize> {
        self.index.get(&(definition, name)).copied()
    }

    /// Returns for each node whether it is one of the first nodes, or reached from them over the edges that are
    /// followed.
    pub(crate) fn reached(&self, from: impl IntoIterator<Item = usize>, follow: impl Fn(&Edge) -> bool) -> Vec<bool> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open: Vec<usize> = from.into_iter().collect();
        while let Some(node) = open.pop() {
            if let Some(mark @ false) = seen.get_mut(node) {
                *mark = true;
                open.extend(self.edges_of(node).iter().filter(|edge| follow(edge)).map(|edge| edge.to));
            }
        }
        seen
    }

    pub(crate) fn edges_of(&self, node: usize) -> &[Edge] {
        self.edges.get(node).map_or(&[], Vec::as_slice)
    }

    /// Returns the strongly connected components. Each comes after the components that it leads to.
    pub(crate) fn components(&self, follow: impl Fn(&Edge) -> bool) -> Vec<Vec<usize>> {
        let targets = |edges: &Vec<Edge>| edges.iter().filter(|edge| follow(edge)).map(|edge| edge.to).collect();
        strongly_connected(&self.edges.iter().map(targets).collect::<Vec<_>>())
    }

    fn add(&mut self, definition: &'model Definition) {
        let subjects = Subjects::new(definition);
        for relation in &definition.relations {
            for subject in &relation.subjects {
                if let Some(name) = &subject.relation {
                    let from = (definition.name.as_str(), relation.name.as_str());
                    let to = (subject.definition.as_str(), name.as_str());
                    self.connect(from, to, EdgeKind::SubjectRelation, Position::default());
                }
            }
        }
        for permission in &definition.permissions {
            let from = (definition.name.as_str(), permission.name.as_str());
            self.walk(from, &subjects, &permission.expression, Position::default());
        }
    }

    fn connect(&mut self, from: (&str, &str), to: (&str, &str), kind: EdgeKind, position: Position) {
        if !(self.takes)(kind) {
            return;
        }
        if let (Some(from), Some(to)) = (self.node(from.0, from.1), self.node(to.0, to.1))
            && let Some(edges) = self.edges.get_mut(from)
        {
            edges.push(Edge { to, kind, position });
        }
    }

    fn walk(&mut self, from: (&str, &str), subjects: &Subjects<'_>, expression: &Expression, position: Position) {
        match expression {
            Expression::Nil => {}
            Expression::Name(name, _) => self.connect(from, (from.0, name), EdgeKind::Name, position),
            Expression::Arrow(relation, target, _) => self.arrow(from, subjects, (relation, target), position),
            Expression::AllArrow(relation, target, _) => {
                let position = Position { in_intersection: true, every: true, ..position };
                self.arrow(from, subjects, (relation, target), position);
            }
            Expression::Union(operands) => {
                operands.iter().for_each(|operand| self.walk(from, subjects, operand, position));
            }
            Expression::Intersection(operands) => {
                let position = Position { in_intersection: true, ..position };
                operands.iter().for_each(|operand| self.walk(from, subjects, operand, position));
            }
            Expression::Exclusion(left, right) => {
                let position = Position { in_exclusion: true, ..position };
                self.walk(from, subjects, left, position);
                self.walk(from, subjects, right, Position { subtracted: true, ..position });
            }
        }
    }

    fn arrow(&mut self, from: (&str, &str), subjects: &Subjects<'_>, arrow: (&str, &str), position: Position) {
        let (relation, target) = arrow;
        self.connect(from, (from.0, relation), EdgeKind::ArrowRelation, position);
        // What the objects give only ever adds: `every` is about how many objects there are.
        let position = Position { every: false, ..position };
        for subject_type in subjects.types(relation) {
            self.connect(from, (subject_type, target), EdgeKind::ArrowTarget, position);
        }
    }
}

/// The types that each relation of a definition leads to, each type once.
struct Subjects<'model> {
    of: HashMap<&'model str, Vec<&'model str>>,
}

impl<'model> Subjects<'model> {
    fn new(definition: &'model Definition) -> Self {
        let of = definition.relations.iter().map(|relation| (relation.name.as_str(), subject_types(relation)));
        Self { of: of.collect() }
    }

    fn types(&self, relation: &str) -> &[&'model str] {
        self.of.get(relation).map_or(&[], Vec::as_slice)
    }
}

/// Returns the types of a relation's subjects, each once.
pub(crate) fn subject_types(relation: &Relation) -> Vec<&str> {
    let mut types: Vec<&str> = relation.subjects.iter().map(|subject| subject.definition.as_str()).collect();
    types.sort_unstable();
    types.dedup();
    types
}

/// Tarjan's algorithm, without recursion: a model can have tens of thousands of names in a chain.
pub(crate) fn strongly_connected(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search { edges, state: vec![State::default(); edges.len()], stack: Vec::new(), next: 0 };
    let mut components = Vec::new();
    for start in 0..edges.len() {
        search.visit(start, &mut components);
    }
    components
}

#[derive(Clone, Copy, Default)]
struct State {
    order: Option<usize>,
    lowest: usize,
    on_stack: bool,
    next_edge: usize,
}

struct Search<'edges> {
    edges: &'edges [Vec<usize>],
    state: Vec<State>,
    stack: Vec<usize>,
    next: usize,
}

impl Search<'_> {
    fn visit(&mut self, start: usize, components: &mut Vec<Vec<usize>>) {
        if self.state[start].order.is_some() {
            return;
        }
        let mut path = vec![start];
        while let Some(node) = path.last().copied() {
            if self.state[node].order.is_none() {
                self.enter(node);
            }
            match self.step(node) {
                Some(next) => path.push(next),
                None => {
                    path.pop();
                    self.leave(node, path.last().copied(), components);
                }
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.state[node] = State { order: Some(self.next), lowest: self.next, on_stack: true, next_edge: 0 };
        self.next += 1;
        self.stack.push(node);
    }

    /// Returns the next node to enter, if one is left.
    fn step(&mut self, node: usize) -> Option<usize> {
        while let Some(target) = self.edges[node].get(self.state[node].next_edge).copied() {
            self.state[node].next_edge += 1;
            match self.state[target] {
                State { order: None, .. } => return Some(target),
                State { order: Some(order), on_stack: true, .. } => {
                    self.state[node].lowest = self.state[node].lowest.min(order);
                }
                State { .. } => {}
            }
        }
        None
    }

    fn leave(&mut self, node: usize, parent: Option<usize>, components: &mut Vec<Vec<usize>>) {
        let State { order, lowest, .. } = self.state[node];
        if let Some(parent) = parent {
            self.state[parent].lowest = self.state[parent].lowest.min(lowest);
        }
        if order != Some(lowest) {
            return;
        }
        let mut component = Vec::new();
        while let Some(member) = self.stack.pop() {
            self.state[member].on_stack = false;
            component.push(member);
            if member == node {
                break;
            }
        }
        component.sort_unstable();
        components.push(component);
    }
}
