//! Which relations and permissions of a model depend on which.

use super::error::CompileError;
use std::collections::{BTreeSet, HashMap};
use tenancy_permission_model::{Definition, Expression, Model, Relation};

/// A relation or permission of a type, by its place in [`Graph::nodes`].
pub(in crate::sql) type NodeIndex = usize;

/// What a node is.
#[derive(Debug, Clone, Copy)]
pub(in crate::sql) enum Body<'m> {
    Relation(&'m Relation),
    Permission(&'m Expression),
}

/// A relation or permission of a type.
#[derive(Debug, Clone, Copy)]
pub(in crate::sql) struct Node<'m> {
    pub(in crate::sql) definition: &'m Definition,
    pub(in crate::sql) name: &'m str,
    pub(in crate::sql) body: Body<'m>,
}

impl Node<'_> {
    /// `type#name`, for errors.
    pub(in crate::sql) fn path(&self) -> String {
        format!("{}#{}", self.definition.name, self.name)
    }
}

/// The relations and permissions of a model, and the recursive groups among them.
#[derive(Debug)]
pub(in crate::sql) struct Graph<'m> {
    pub(in crate::sql) nodes: Vec<Node<'m>>,
    index: HashMap<(&'m str, &'m str), NodeIndex>,
    /// The group of each node: nodes that depend on each other.
    group: Vec<usize>,
    /// Whether the nodes of a group depend on themselves.
    recursive: Vec<bool>,
}

impl<'m> Graph<'m> {
    /// # Errors
    /// When a name leads nowhere, or cannot be part of a statement.
    pub(in crate::sql) fn of(model: &'m Model) -> Result<Self, CompileError> {
        let mut nodes = Vec::new();
        for definition in &model.definitions {
            named(&definition.name)?;
            let relations = definition.relations.iter().map(|it| (it.name.as_str(), Body::Relation(it)));
            let permissions =
                definition.permissions.iter().map(|it| (it.name.as_str(), Body::Permission(&it.expression)));
            for (name, body) in relations.chain(permissions) {
                named(name)?;
                nodes.push(Node { definition, name, body });
            }
        }
        let index =
            nodes.iter().enumerate().map(|(at, node)| ((node.definition.name.as_str(), node.name), at)).collect();
        let mut graph = Self { group: vec![0; nodes.len()], recursive: Vec::new(), nodes, index };
        let edges = (0..graph.nodes.len()).map(|at| graph.edges(at)).collect::<Result<Vec<_>, _>>()?;
        let (group, groups) = groups(&edges);
        graph.recursive = vec![false; groups];
        for (from, to) in edges.iter().enumerate().flat_map(|(from, to)| to.iter().map(move |to| (from, *to))) {
            if group[from] == group[to] {
                graph.recursive[group[from]] = true;
            }
        }
        graph.group = group;
        Ok(graph)
    }

    pub(in crate::sql) fn find(&self, definition: &str, name: &str) -> Option<NodeIndex> {
        self.index.get(&(definition, name)).copied()
    }

    /// The node that `from` refers to.
    pub(in crate::sql) fn target(
        &self,
        from: &Node<'_>,
        definition: &str,
        name: &str,
    ) -> Result<NodeIndex, CompileError> {
        let unresolved = || CompileError::Unresolved { permission: from.path(), name: format!("{definition}#{name}") };
        self.find(definition, name).ok_or_else(unresolved)
    }

    /// The relation of `from`'s type that an arrow of it starts at.
    pub(in crate::sql) fn arrow(&self, from: &Node<'m>, relation: &str) -> Result<&'m Relation, CompileError> {
        let unresolved = || CompileError::Unresolved { permission: from.path(), name: relation.to_owned() };
        from.definition.relation(relation).ok_or_else(unresolved)
    }

    /// The nodes that an arrow over `relation` to `name` leads to: an object whose type lacks the name gives nothing.
    pub(in crate::sql) fn arrow_targets(&self, relation: &Relation, name: &str) -> Vec<NodeIndex> {
        let types: BTreeSet<&str> = relation.subjects.iter().map(|subject| subject.definition.as_str()).collect();
        types.into_iter().filter_map(|definition| self.find(definition, name)).collect()
    }

    /// Whether the node depends on itself.
    pub(in crate::sql) fn is_recursive(&self, node: NodeIndex) -> bool {
        self.recursive[self.group[node]]
    }

    /// Whether both depend on each other.
    pub(in crate::sql) fn are_together(&self, one: NodeIndex, other: NodeIndex) -> bool {
        self.group[one] == self.group[other] && self.is_recursive(one)
    }

    /// The nodes of each recursive group.
    pub(in crate::sql) fn recursive_groups(&self) -> Vec<Vec<NodeIndex>> {
        let members = |group| (0..self.nodes.len()).filter(|node| self.group[*node] == group).collect();
        (0..self.recursive.len()).filter(|group| self.recursive[*group]).map(members).collect()
    }

    /// The nodes that a node refers to.
    fn edges(&self, node: NodeIndex) -> Result<BTreeSet<NodeIndex>, CompileError> {
        let mut to = BTreeSet::new();
        let node = &self.nodes[node];
        match node.body {
            Body::Relation(relation) => {
                for subject in &relation.subjects {
                    named(&subject.definition)?;
                    if let Some(name) = &subject.relation {
                        to.insert(self.target(node, &subject.definition, name)?);
                    }
                }
            }
            Body::Permission(expression) => self.expression_edges(node, expression, &mut to)?,
        }
        Ok(to)
    }

    /// The nodes that an expression of `node` refers to.
    pub(in crate::sql) fn expression_edges(
        &self,
        node: &Node<'m>,
        expression: &Expression,
        to: &mut BTreeSet<NodeIndex>,
    ) -> Result<(), CompileError> {
        match expression {
            Expression::Nil => {}
            Expression::Name(name, _) => {
                to.insert(self.target(node, &node.definition.name, name)?);
            }
            Expression::Arrow(relation, name, _) | Expression::AllArrow(relation, name, _) => {
                to.extend(self.arrow_targets(self.arrow(node, relation)?, name));
            }
            Expression::Union(operands) | Expression::Intersection(operands) => {
                for operand in operands {
                    self.expression_edges(node, operand, to)?;
                }
            }
            Expression::Exclusion(base, excluded) => {
                self.expression_edges(node, base, to)?;
                self.expression_edges(node, excluded, to)?;
            }
        }
        Ok(())
    }
}

fn named(name: &str) -> Result<(), CompileError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'/';
    if !name.is_empty() && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(CompileError::Name { name: name.to_owned() })
    }
}

/// The strongly connected components, and how many there are: Kosaraju's algorithm, without recursion.
fn groups(edges: &[BTreeSet<NodeIndex>]) -> (Vec<usize>, usize) {
    let mut seen = vec![false; edges.len()];
    let mut order = Vec::new();
    for start in 0..edges.len() {
        finished(edges, start, &mut seen, &mut order);
    }
    let mut reversed = vec![BTreeSet::new(); edges.len()];
    for (from, to) in edges.iter().enumerate() {
        for to in to {
            reversed[*to].insert(from);
        }
    }
    let (mut group, mut groups) = (vec![0; edges.len()], 0);
    seen.fill(false);
    for start in order.into_iter().rev() {
        let mut members = Vec::new();
        finished(&reversed, start, &mut seen, &mut members);
        for member in &members {
            group[*member] = groups;
        }
        groups += usize::from(!members.is_empty());
    }
    (group, groups)
}

/// Appends what is reached from `start` and was not seen, each node after those behind it.
fn finished(edges: &[BTreeSet<NodeIndex>], start: NodeIndex, seen: &mut [bool], order: &mut Vec<NodeIndex>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut path = vec![(start, edges[start].iter())];
    while let Some((node, rest)) = path.last_mut() {
        match rest.next() {
            Some(next) if !std::mem::replace(&mut seen[*next], true) => path.push((*next, edges[*next].iter())),
            Some(_) => {}
            None => {
                order.push(*node);
                path.pop();
            }
        }
    }
}
