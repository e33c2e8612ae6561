//! `P02`, `P03`, `P05`: what the levels above an organization can do in it.

use super::config::holds;
use super::{Linter, Rule};
use crate::SubjectType;

impl Linter<'_> {
    pub(super) fn grants(&mut self) {
        let config = self.config;
        for (definition, permission) in self.permissions() {
            let (type_name, name) = (&definition.name, &permission.name);
            let listed = holds(&config.platform_permissions, type_name, name);
            if *type_name != config.platform
                && !listed
                && let Some(found) = self.edge_to(type_name, name, &[&config.platform])
            {
                let message = format!(
                    "`{type_name}#{name}` reaches the platform through `{found}`; remove that path, or add \
                     `{name}` to `platform_permissions`"
                );
                self.error(Rule::Platform, permission.span, message);
            }
            if holds(&config.money_permissions, type_name, name)
                && let Some(found) = self.edge_to(type_name, name, &[&config.tenant, &config.platform])
            {
                let message = format!(
                    "`{type_name}#{name}` is a money permission and reaches a tenant or the platform through \
                     `{found}`; remove that path"
                );
                self.error(Rule::Money, permission.span, message);
            }
        }
    }

    /// Returns the first name of these types that a permission reaches, or the first relation with such a subject.
    fn edge_to(&self, definition: &str, name: &str, types: &[&String]) -> Option<String> {
        let reached = self.graph.reached(self.graph.node(definition, name), |_| true);
        let is_of = |type_name: &String| types.contains(&type_name);
        let takes = |subject: &SubjectType| is_of(&subject.definition);
        let relations = self
            .relations()
            .filter(|(definition, relation)| is_of(&definition.name) || relation.subjects.iter().any(takes));
        let permissions = self.permissions().filter(|(definition, _)| is_of(&definition.name));
        let names = relations.map(|(definition, relation)| (&definition.name, &relation.name));
        let mut all = names.chain(permissions.map(|(definition, permission)| (&definition.name, &permission.name)));
        let (type_name, found) = all.find(|(type_name, found)| self.is_marked(&reached, type_name, found))?;
        Some(format!("{type_name}#{found}"))
    }

    pub(super) fn support(&mut self) {
        let config = self.config;
        for (definition, relation) in self.relations() {
            let named = holds(&config.support_relations, &definition.name, &relation.name);
            for subject in relation.subjects.iter().filter(|subject| !subject.expires) {
                // The staff of the platform inside of an organization, under whatever name.
                let staff = subject.definition == config.platform
                    && subject.relation.is_some()
                    && !config.is_above(&definition.name);
                if named || staff {
                    let message = format!(
                        "`{}#{}` gives support access to `{subject}` without an end; write `{subject} with expiration`",
                        definition.name, relation.name
                    );
                    self.error(Rule::Support, subject.span, message);
                }
            }
        }
    }
}
