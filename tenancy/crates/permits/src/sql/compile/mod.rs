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
mod list;
mod recursion;
mod relation;

pub use error::CompileError;
pub(super) use hops::hops;

use super::database::{Kind, Text};
use super::dialect::Dialect;
use super::question::Context;
use crate::SubjectRef;
use graph::{Graph, NodeIndex};
use std::collections::{BTreeSet, HashMap};
use tenancy_permission_model::{Definition, Model, Relation};

/// The longest text of a statement, in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// The type of people. Most questions are about them, and a text that knows that is shorter: PostgreSQL spends most of
/// the time of a check on making the plan's parts ready, whether or not they run.
const PERSON: &str = "user";

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
    check: Text,
    /// The same for a person: where the relation to the organization is not implied, and where it is.
    check_person: Option<[Text; 2]>,
    /// Checks several resources.
    pub(super) check_many: Text,
    /// Lists the resources that relationships are about.
    pub(super) lookup: Text,
    /// What holds for a resource without relationships, and the resources for which something else holds.
    pub(super) list: Text,
    /// Whether the resource's type has a relation to its organization, which a question may imply.
    pub(super) implied: bool,
}

impl Compiled {
    /// Checks one resource.
    pub(super) fn check(&self, subject: &SubjectRef, context: &Context) -> &Text {
        match &self.check_person {
            Some(texts) if is_person(subject) => &texts[usize::from(context.implied_organization)],
            _ => &self.check,
        }
    }
}

/// Whether the subject is a person and not a userset.
pub(super) fn is_person(subject: &SubjectRef) -> bool {
    matches!(subject, SubjectRef::Object(object) if object.kind() == PERSON)
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

/// The conditions of one relation or permission on an id that an SQL text gives.
pub(super) struct Conditions {
    /// For every question.
    pub(super) any: String,
    /// For questions about people, where the relation to the organization is not implied, and where it is.
    pub(super) person: Option<[String; 2]>,
}

/// The conditions on an id that `object` is the SQL of, with the parameters `$1` to `$8` except `$4`. `by_index`: they
/// are for statements that stop after some rows.
///
/// # Errors
/// As [`CompileError`] says.
pub(super) fn conditions_on(
    (model, dialect, levels): (&Model, Dialect, &Levels),
    (kind, name): (&str, &str),
    object: &str,
    by_index: bool,
) -> Result<Conditions, CompileError> {
    let graph = Graph::of(model)?;
    let unresolved = || CompileError::Unresolved { permission: format!("{kind}#{name}"), name: name.to_owned() };
    let node = graph.find(kind, name).ok_or_else(unresolved)?;
    let emitter = || {
        let emitter = Emitter::new(&graph, dialect, levels, node, object)?;
        Ok(if by_index { emitter.by_index() } else { emitter })
    };
    let person = |implied| emitter()?.of_person(implied).condition();
    let people = levels.organization.as_deref() != Some(PERSON);
    Ok(Conditions {
        any: emitter()?.condition()?,
        person: if people { Some([person(false)?, person(true)?]) } else { None },
    })
}

fn permission(graph: &Graph<'_>, dialect: Dialect, levels: &Levels, node: NodeIndex) -> Result<Compiled, CompileError> {
    let kind = &graph.nodes[node].definition.name;
    let condition = |root: &str| Emitter::new(graph, dialect, levels, node, root)?.condition();
    let by_index = |root: &str| Emitter::new(graph, dialect, levels, node, root)?.by_index().condition();
    let (org, nil) = (dialect.organization(Parameter::ORGANIZATION), dialect.nil());
    let epoch = |of: &str| format!("COALESCE((SELECT e.epoch FROM permission_epochs AS e WHERE e.org_id = {of}), 0)");
    let epochs = format!("{}, {}", epoch(&org), epoch(nil));
    let check = |condition: &str| format!("SELECT {}, {epochs}", dialect.number(condition));
    let each = dialect.number(&by_index("q.id")?);
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
    let implied = match &levels.organization {
        Some(organization) => implied(graph.nodes[node].definition, organization)?,
        None => None,
    };
    let emitter = |root| Emitter::new(graph, dialect, levels, node, root);
    let list = list::list(dialect, kind, &epochs, emitter)?;
    let text = |sql: String, columns: &[Kind]| Text::new(dialect.parameters(&sql), columns);
    let person = |implied| -> Result<Text, CompileError> {
        let emitter = Emitter::new(graph, dialect, levels, node, Parameter::RESOURCE)?;
        let condition = emitter.of_person(implied).by_index().condition()?;
        Ok(text(check(&condition), &[Kind::Int; 3]))
    };
    // An organization that is a person would be the subject of the relation that is implied.
    let people = levels.organization.as_deref() != Some(PERSON);
    Ok(Compiled {
        check: text(check(&by_index(Parameter::RESOURCE)?), &[Kind::Int; 3]),
        check_person: if people { Some([person(false)?, person(true)?]) } else { None },
        check_many: text(
            format!("SELECT q.id, {each}, {epochs} FROM {ids}"),
            &[Kind::Text, Kind::Int, Kind::Int, Kind::Int],
        ),
        lookup: text(lookup, &[Kind::Text]),
        list: text(list, &[Kind::Text, Kind::Int, Kind::Int, Kind::Int, Kind::Int]),
        implied: implied.is_some(),
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
    /// What is known of the question. `None`: nothing.
    of_person: Option<OfPerson>,
    /// Follows only what leads on from the object in hand, by indexes; see [`Dialect::by_index`].
    by_index: bool,
    aliases: usize,
    written: usize,
}

/// The subject of a question is a person.
#[derive(Debug, Clone, Copy)]
struct OfPerson {
    /// Whether the question implies the resource's relation to its organization.
    implied: bool,
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
        Ok(Self {
            graph,
            dialect,
            levels,
            asked,
            root,
            implied,
            of_person: None,
            by_index: false,
            aliases: 0,
            written: 0,
        })
    }

    /// Writes a text that looks at each object by itself.
    fn by_index(mut self) -> Self {
        self.by_index = true;
        self
    }

    /// Writes the text for questions about people that imply the relation to the organization, or do not.
    fn of_person(mut self, implied: bool) -> Self {
        self.of_person = Some(OfPerson { implied });
        self
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
