//! Compiles each relation and permission of a model to one SQL statement.
//!
//! What does not depend on itself becomes nested `EXISTS`. Relations and permissions that depend on each other (a
//! team's members are the members of teams; a folder's viewers are its parent's) become one `WITH RECURSIVE`, whose
//! `UNION` drops what was reached before, so that a cycle in the data ends. Such a query can express an answer that
//! needs one path. It cannot express one that needs two paths at once, so that those permissions are refused.
//!
//! A text depends on the model alone. Its parameters are the same for every permission: [`Parameter`].

mod error;
mod expression;
pub(super) mod graph;
mod hops;
mod recursion;
mod relation;

pub use error::CompileError;
pub(super) use hops::hops;

use super::database::{Kind, Text};
use super::dialect::Dialect;
use graph::{Graph, NodeIndex};
use std::collections::{BTreeSet, HashMap};
use tenancy_permission_model::{Definition, Model, Relation};

/// The longest text of a statement, in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// The parameters of every compiled text, by number.
pub(super) struct Parameter;

impl Parameter {
    const SUBJECT_TYPE: &str = "$1";
    const SUBJECT_ID: &str = "$2";
    /// Empty for an object.
    const SUBJECT_RELATION: &str = "$3";
    /// The resource's id, the ids as a JSON array, or the limit of a list.
    const RESOURCE: &str = "$4";
    const NOW: &str = "$5";
    /// 1 where the resource's relation to its organization is implied.
    const IMPLIED: &str = "$6";
    /// The organization's id as an object's id.
    const ORGANIZATION_ID: &str = "$7";
    /// The organization. Every text contains it, so that SQLite counts eight parameters.
    const ORGANIZATION: &str = "$8";
}

/// The statements of one relation or permission.
#[derive(Debug)]
pub(super) struct Compiled {
    /// Checks one resource.
    pub(super) check: Text,
    /// Checks several resources.
    pub(super) check_many: Text,
    /// Lists the resources.
    pub(super) lookup: Text,
    /// Whether the resource's type has a relation to its organization, which a question may imply.
    pub(super) implied: bool,
}

/// What engines say of the model beside its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Levels {
    /// The type of organizations.
    pub(crate) organization: Option<String>,
    /// Types whose objects belong to no organization.
    pub(crate) above: BTreeSet<String>,
    /// Types whose objects belong to an organization each: they have a relation to it, or are said to.
    pub(crate) within: BTreeSet<String>,
}

/// All statements of a model, by type and name.
pub(super) type Statements = HashMap<String, HashMap<String, Compiled>>;

/// # Errors
/// As [`CompileError`] says.
pub(super) fn compile(model: &Model, dialect: Dialect, levels: &Levels) -> Result<Statements, CompileError> {
    let graph = Graph::of(model)?;
    let mut statements = Statements::new();
    for node in 0..graph.nodes.len() {
        let found = &graph.nodes[node];
        let compiled = permission(&graph, dialect, levels, node)?;
        statements.entry(found.definition.name.clone()).or_default().insert(found.name.to_owned(), compiled);
    }
    Ok(statements)
}

/// The condition of one relation or permission on an id that `object` is the SQL of, with the parameters `$1` to `$8`
/// except `$4`.
///
/// # Errors
/// As [`CompileError`] says.
pub(super) fn condition_on(
    model: &Model,
    dialect: Dialect,
    levels: &Levels,
    (kind, name): (&str, &str),
    object: &str,
) -> Result<String, CompileError> {
    let graph = Graph::of(model)?;
    let unresolved = || CompileError::Unresolved { permission: format!("{kind}#{name}"), name: name.to_owned() };
    let node = graph.find(kind, name).ok_or_else(unresolved)?;
    Emitter::new(&graph, dialect, levels, node, object)?.condition()
}

fn permission(graph: &Graph<'_>, dialect: Dialect, levels: &Levels, node: NodeIndex) -> Result<Compiled, CompileError> {
    let kind = &graph.nodes[node].definition.name;
    let condition = |root: &str| Emitter::new(graph, dialect, levels, node, root)?.condition();
    let (org, nil) = (dialect.organization(Parameter::ORGANIZATION), dialect.nil());
    let epoch = |of: &str| format!("COALESCE((SELECT e.epoch FROM permission_epochs AS e WHERE e.org_id = {of}), 0)");
    let epochs = format!("{}, {}", epoch(&org), epoch(nil));
    let one = dialect.number(&condition(Parameter::RESOURCE)?);
    let each = dialect.number(&condition("q.id")?);
    let (ids, listed) = (dialect.elements(Parameter::RESOURCE), condition("q.id")?);
    // Objects that no relationship is about give nothing, except the subject itself to itself.
    let lookup = format!(
        "SELECT q.id FROM (SELECT c.resource_id AS id FROM permission_relationships AS c \
         WHERE c.resource_type = '{kind}' AND {} UNION SELECT {} WHERE {} = '{kind}') AS q \
         WHERE {listed} ORDER BY q.id LIMIT {}",
        dialect.counts_for("c.organization_id", Parameter::ORGANIZATION),
        dialect.id(Parameter::SUBJECT_ID),
        Parameter::SUBJECT_TYPE,
        Parameter::RESOURCE,
    );
    let text = |sql: String, columns: &[Kind]| Text::new(dialect.parameters(&sql), columns);
    Ok(Compiled {
        check: text(format!("SELECT {one}, {epochs}"), &[Kind::Int; 3]),
        check_many: text(
            format!("SELECT q.id, {each}, {epochs} FROM {ids}"),
            &[Kind::Text, Kind::Int, Kind::Int, Kind::Int],
        ),
        lookup: text(lookup, &[Kind::Text]),
        implied: match &levels.organization {
            Some(organization) => implied(graph.nodes[node].definition, organization)?.is_some(),
            None => false,
        },
    })
}

/// Writes the condition of one relation or permission.
struct Emitter<'g, 'm> {
    graph: &'g Graph<'m>,
    dialect: Dialect,
    levels: &'g Levels,
    /// What is compiled.
    asked: NodeIndex,
    /// The id of the resource that is asked about.
    root: &'g str,
    /// The relation of the resource's type to its organization.
    implied: Option<&'m Relation>,
    aliases: usize,
    written: usize,
}

impl<'g, 'm> Emitter<'g, 'm> {
    fn new(
        graph: &'g Graph<'m>,
        dialect: Dialect,
        levels: &'g Levels,
        asked: NodeIndex,
        root: &'g str,
    ) -> Result<Self, CompileError> {
        let implied = match &levels.organization {
            Some(organization) => implied(graph.nodes[asked].definition, organization)?,
            None => None,
        };
        Ok(Self { graph, dialect, levels, asked, root, implied, aliases: 0, written: 0 })
    }

    fn condition(mut self) -> Result<String, CompileError> {
        let root = self.root;
        let condition = self.node(self.asked, root)?;
        self.limited(condition)
    }

    /// A name for a table that no other part of the text uses.
    fn alias(&mut self, letter: char) -> String {
        self.aliases += 1;
        format!("{letter}{}", self.aliases)
    }

    /// Refuses a text that grows too long, before it takes the memory.
    fn limited(&mut self, sql: String) -> Result<String, CompileError> {
        self.written = self.written.max(sql.len());
        if self.written > MOST_BYTES {
            let permission = self.graph.nodes[self.asked].path();
            return Err(CompileError::TooLarge { permission, limit: MOST_BYTES });
        }
        Ok(sql)
    }
}

/// The relation of a type that a question may imply.
pub(crate) fn implied_relation<'m>(model: &'m Model, kind: &str, organization: &str) -> Option<&'m Relation> {
    // A model of which this is an error has no engine.
    implied(model.definition(kind)?, organization).ok().flatten()
}

/// The relation of the type to the organization that its objects belong to: it takes organizations and no other
/// subjects. Of several the one that has the name of the organization type.
fn implied<'m>(definition: &'m Definition, organization: &str) -> Result<Option<&'m Relation>, CompileError> {
    if definition.name == organization {
        return Ok(None);
    }
    let leads = |relation: &&Relation| {
        let takes = |subject: &tenancy_permission_model::SubjectType| {
            subject.definition == organization && subject.relation.is_none() && !subject.wildcard
        };
        !relation.subjects.is_empty() && relation.subjects.iter().all(takes)
    };
    let mut found: Vec<&Relation> = definition.relations.iter().filter(leads).collect();
    if let Some(own) = found.iter().find(|relation| relation.name == organization) {
        return Ok(Some(own));
    }
    match (found.pop(), found.is_empty()) {
        (only, true) => Ok(only),
        _ => Err(CompileError::AmbiguousOrganization {
            definition: definition.name.clone(),
            name: organization.to_owned(),
        }),
    }
}
