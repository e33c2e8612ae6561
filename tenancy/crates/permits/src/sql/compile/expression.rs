//! The condition of a permission, and the rows that conditions look at.

use super::error::CompileError;
use super::graph::{Body, Node, NodeIndex};
use super::{Emitter, OfPerson, Parameter};
use tenancy_permission_model::{Expression, Relation};

/// Whether a question implies a relation of an object.
pub(super) enum Implied {
    No,
    Yes,
    /// Under this condition.
    If(String),
}

impl<'m> Emitter<'_, 'm> {
    /// Whether the subject has the relation or permission of the object. `object` is the SQL of its id.
    pub(super) fn node(&mut self, node: NodeIndex, object: &str) -> Result<String, CompileError> {
        if self.graph.is_recursive(node) {
            let id = self.dialect.id(object);
            return self.recursion(node, |item| format!("SELECT {item}, {id}"));
        }
        let body = self.body(node, object)?;
        if self.of_person.is_some() {
            return Ok(body);
        }
        let own = self.is_subject(node, object);
        self.limited(format!("({own} OR {body})"))
    }

    /// A userset has what it names: `team:1#member` is in the members of `team:1`.
    pub(super) fn is_subject(&self, node: NodeIndex, object: &str) -> String {
        if self.of_person.is_some() {
            return "FALSE".to_owned();
        }
        let Node { definition, name, .. } = self.graph.nodes[node];
        format!(
            "({} = '{name}' AND {} = '{}' AND {} = {object})",
            Parameter::SUBJECT_RELATION,
            Parameter::SUBJECT_TYPE,
            definition.name,
            Parameter::SUBJECT_ID,
        )
    }

    fn body(&mut self, node: NodeIndex, object: &str) -> Result<String, CompileError> {
        let found = self.graph.nodes[node];
        match found.body {
            Body::Relation(relation) => self.relation(&found, relation, object),
            Body::Permission(expression) => self.expression(&found, expression, object),
        }
    }

    /// Whether an expression of `node` holds for the object.
    pub(super) fn expression(
        &mut self,
        node: &Node<'m>,
        expression: &Expression,
        object: &str,
    ) -> Result<String, CompileError> {
        let sql = match expression {
            Expression::Nil => "FALSE".to_owned(),
            Expression::Name(name, _) => {
                let target = self.graph.target(node, &node.definition.name, name)?;
                self.node(target, object)?
            }
            Expression::Arrow(relation, name, _) => {
                let relation = self.graph.arrow(node, relation)?;
                self.arrow(node, relation, name, object)?
            }
            Expression::AllArrow(relation, name, _) => {
                let relation = self.graph.arrow(node, relation)?;
                self.all_arrow(node, relation, name, object)?
            }
            Expression::Union(operands) => self.operands(node, operands, " OR ", object)?,
            Expression::Intersection(operands) => self.operands(node, operands, " AND ", object)?,
            Expression::Exclusion(base, excluded) => {
                let (base, excluded) = (self.expression(node, base, object)?, self.expression(node, excluded, object)?);
                format!("({base} AND NOT {excluded})")
            }
        };
        self.limited(sql)
    }

    fn operands(
        &mut self,
        node: &Node<'m>,
        operands: &[Expression],
        operator: &str,
        object: &str,
    ) -> Result<String, CompileError> {
        let parts =
            operands.iter().map(|operand| self.expression(node, operand, object)).collect::<Result<Vec<_>, _>>()?;
        // An operator without operands would be no SQL. Whatever it means, it gives nothing.
        Ok(if parts.is_empty() { "FALSE".to_owned() } else { format!("({})", parts.join(operator)) })
    }

    /// Whether an object of the relation gives `name`.
    fn arrow(
        &mut self,
        node: &Node<'m>,
        relation: &'m Relation,
        name: &str,
        object: &str,
    ) -> Result<String, CompileError> {
        let mut parts = Vec::new();
        for target in self.graph.arrow_targets(relation, name) {
            parts.push(self.arrow_to(node, relation, target, object)?);
        }
        let stored = any(&parts);
        match self.implied_by(node, relation, object) {
            Implied::No => Ok(stored),
            Implied::Yes => self.organization_gives(name),
            Implied::If(implied) => {
                let given = self.organization_gives(name)?;
                Ok(format!("((NOT {implied} AND {stored}) OR ({implied} AND {given}))"))
            }
        }
    }

    /// Whether a stored object of the relation gives the node `target`.
    pub(super) fn arrow_to(
        &mut self,
        node: &Node<'m>,
        relation: &'m Relation,
        target: NodeIndex,
        object: &str,
    ) -> Result<String, CompileError> {
        let row = self.alias('r');
        let kind = &self.graph.nodes[target].definition.name;
        let rows = format!("{} AND {}", self.rows(&row, node, relation, object), subjects(&row, relation, kind));
        if self.graph.is_recursive(target) {
            let recursion = self.recursion(target, |item| format!("SELECT {item}, {row}.subject_id FROM {rows}"))?;
            return self.limited(self.after_a_look(&rows, recursion));
        }
        let gives = self.node(target, &format!("{row}.subject_id"))?;
        Ok(self.exists(&format!("{rows} AND {gives}")))
    }

    /// Whether there are objects of the relation, and each gives `name`. A row that the model does not allow gives
    /// nothing.
    fn all_arrow(
        &mut self,
        node: &Node<'m>,
        relation: &'m Relation,
        name: &str,
        object: &str,
    ) -> Result<String, CompileError> {
        let (some, row) = (self.alias('r'), self.alias('r'));
        let mut gives = Vec::new();
        for target in self.graph.arrow_targets(relation, name) {
            let kind = &self.graph.nodes[target].definition.name;
            let allowed = subjects(&row, relation, kind);
            gives.push(format!("({allowed} AND {})", self.node(target, &format!("{row}.subject_id"))?));
        }
        let some = self.exists(&self.rows(&some, node, relation, object));
        let rows = self.rows(&row, node, relation, object);
        let stored = format!("({some} AND NOT {})", self.exists(&format!("{rows} AND NOT {}", any(&gives))));
        match self.implied_by(node, relation, object) {
            Implied::No => Ok(stored),
            Implied::Yes => self.organization_gives(name),
            Implied::If(implied) => {
                let given = self.organization_gives(name)?;
                Ok(format!("((NOT {implied} AND {stored}) OR ({implied} AND {given}))"))
            }
        }
    }

    /// Whether the question's organization gives `name`.
    fn organization_gives(&mut self, name: &str) -> Result<String, CompileError> {
        match self.levels.organization.as_ref().and_then(|organization| self.graph.find(organization, name)) {
            Some(target) => self.node(target, Parameter::ORGANIZATION_ID),
            None => Ok("FALSE".to_owned()),
        }
    }

    /// Whether there is a row: `rows` is what stands behind `FROM`.
    pub(super) fn exists(&self, rows: &str) -> String {
        let end = if self.by_index { self.dialect.by_index() } else { "" };
        format!("EXISTS (SELECT 1 FROM {rows}{end})")
    }

    /// A recursion that begins with `rows`. Where it is asked for each row of a table, it begins only if there are any:
    /// to begin costs PostgreSQL more than to look.
    pub(super) fn after_a_look(&self, rows: &str, recursion: String) -> String {
        if self.by_index && self.root != Parameter::RESOURCE {
            format!("({} AND {recursion})", self.exists(rows))
        } else {
            recursion
        }
    }

    /// Whether the relation of the object is the one to its organization, which the question implies.
    pub(super) fn implied_by(&self, node: &Node<'m>, relation: &Relation, object: &str) -> Implied {
        let Some(implied) = self.implied.filter(|implied| std::ptr::eq(*implied, relation)) else {
            return Implied::No;
        };
        debug_assert!(node.definition.relations.iter().any(|own| std::ptr::eq(own, implied)));
        let (asked, is_root) = (format!("{} = 1", Parameter::IMPLIED), format!("{object} = {}", self.root));
        match (self.of_person, object == self.root) {
            (None, true) => Implied::If(format!("({asked})")),
            (None, false) => Implied::If(format!("({asked} AND {is_root})")),
            (Some(OfPerson { implied: false }), _) => Implied::No,
            (Some(OfPerson { implied: true }), true) => Implied::Yes,
            (Some(OfPerson { implied: true }), false) => Implied::If(format!("({is_root})")),
        }
    }

    /// The relationships of an object's relation, up to a `WHERE` that goes on with `AND`: those of the question's
    /// organization and of the levels above it that have not ended.
    pub(super) fn rows(&self, row: &str, node: &Node<'m>, relation: &Relation, object: &str) -> String {
        format!(
            "permission_relationships AS {row} WHERE {row}.resource_type = '{}' AND {row}.resource_id = {object} \
             AND {row}.relation = '{}' AND {}",
            node.definition.name,
            relation.name,
            self.in_force(row, &[&node.definition.name]),
        )
    }

    /// Whether a relationship of these types counts: it belongs to the question's organization or to a level above, and
    /// has not ended. What belongs to a level above by its type is never an organization's.
    pub(super) fn in_force(&self, row: &str, kinds: &[&str]) -> String {
        let above: Vec<String> =
            kinds.iter().filter(|kind| self.levels.above.contains(**kind)).map(|kind| format!("'{kind}'")).collect();
        let column = format!("{row}.organization_id");
        let counts = self.dialect.counts_for(&column, Parameter::ORGANIZATION);
        let mine = match above.len() {
            0 => counts,
            all if all == kinds.len() => format!("{} = {}", self.dialect.level(&column), self.dialect.nil()),
            _ => format!("{counts} AND ({column} IS NULL OR {row}.resource_type NOT IN ({}))", above.join(", ")),
        };
        format!("{mine} AND ({row}.expires_at IS NULL OR {row}.expires_at > {})", Parameter::NOW)
    }
}

/// Whether the subject of a row is one of the type that the relation takes, other than a wildcard.
fn subjects(row: &str, relation: &Relation, kind: &str) -> String {
    let takes = |subject: &&tenancy_permission_model::SubjectType| subject.definition == kind && !subject.wildcard;
    let relations: Vec<String> =
        relation.subjects.iter().filter(takes).map(|subject| literal(subject.relation.as_deref())).collect();
    if relations.is_empty() {
        return "FALSE".to_owned();
    }
    let relations = relations.join(", ");
    format!("{row}.subject_type = '{kind}' AND {row}.subject_id <> '*' AND {row}.subject_relation IN ({relations})")
}

/// The relation of a subject, as it is stored.
pub(super) fn literal(relation: Option<&str>) -> String {
    format!("'{}'", relation.unwrap_or_default())
}

/// Any of the conditions; of none, no.
pub(super) fn any(conditions: &[String]) -> String {
    match conditions {
        [] => "FALSE".to_owned(),
        [only] => only.clone(),
        _ => format!("({})", conditions.join(" OR ")),
    }
}
