//! `P04`: where a wildcard gives more than it seems to.

use super::config::holds;
use super::{Linter, Rule};
use crate::graph::EdgeKind;

impl Linter<'_> {
    pub(super) fn wildcards(&mut self) {
        let config = self.config;
        let edges = || self.graph.edges.iter().flatten();
        let over_arrow = edges().filter(|edge| edge.kind == EdgeKind::ArrowRelation).map(|edge| edge.to);
        let excluded = edges().filter(|edge| edge.position.in_exclusion).map(|edge| edge.to);
        let is_write = |type_name: &str, name: &str| !holds(&config.read_permissions, type_name, name);
        let writes = self.permissions().filter(|(definition, it)| is_write(&definition.name, &it.name));
        let writes = writes.filter_map(|(definition, it)| self.graph.node(&definition.name, &it.name));
        // The left of an arrow gives nothing to the subjects of what it takes as `team#member`.
        let uses = [
            ("the left of an arrow", self.graph.reached(over_arrow, |_| false)),
            ("an exclusion", self.graph.reached(excluded, |_| true)),
            ("a write permission", self.graph.reached(writes, |_| true)),
        ];
        for (definition, relation) in self.relations() {
            let Some(subject) = relation.subjects.iter().find(|subject| subject.wildcard) else { continue };
            let used = uses.iter().find(|(_, reached)| self.is_marked(reached, &definition.name, &relation.name));
            let why = match used {
                _ if config.is_above(&definition.name) => "belongs to a level above organizations".to_owned(),
                Some((what, _)) => format!("is used by {what}"),
                None => continue,
            };
            let message = format!(
                "`{}#{}` takes the wildcard `{subject}` and {why}; move the wildcard to a relation of its own, which \
                 only read permissions add",
                definition.name, relation.name
            );
            self.error(Rule::Wildcard, subject.span, message);
        }
    }
}
