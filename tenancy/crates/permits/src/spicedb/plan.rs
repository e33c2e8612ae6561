//! Which questions to SpiceDB answer one question of the kernel.
//!
//! An object below an organization has a relation to it, which the question gives: its row says whose it is, and the
//! statement compares that. Nothing of it is stored in SpiceDB, which takes no relationships with a question. So a
//! permission that uses the relation is taken apart here: `organization->void` asks whether the subject has `void` of the
//! organization, and what does not use the relation is asked of the object. `a - b` is then computed from two answers.

use super::client::{Item, Verdict};
use super::ids::Ids;
use crate::sql::{EngineError, Levels, SqlEngine, StoredRelationship, implied_relation};
use crate::{ObjectRef, SubjectRef};
use std::collections::{HashMap, HashSet};
use std::time::Instant;
use tenancy_permission_model::{Definition, Expression, Model, Relation};
use uuid::Uuid;

/// How many objects an arrow may lead to from one object.
const MOST_OBJECTS: usize = 1_000;

/// How a permission that uses the given relation is computed.
#[derive(Debug, Clone)]
enum Step {
    No,
    /// A relation or permission of the object, which does not use the given relation.
    Own(String),
    /// A relation or permission of the organization.
    Organization(String),
    /// Over another relation of the object.
    Arrow {
        relation: Relation,
        name: String,
        every: bool,
    },
    Any(Vec<Step>),
    Every(Vec<Step>),
    Without(Box<Step>, Box<Step>),
}

/// How permissions are computed, by type and name. What is missing is asked as it is.
#[derive(Debug)]
pub(super) struct Plans {
    steps: HashMap<(String, String), Step>,
    organization: Option<String>,
}

/// The questions to SpiceDB, each once.
#[derive(Debug, Default)]
pub(super) struct Questions {
    pub(super) items: Vec<Item>,
    known: HashMap<Item, usize>,
}

/// How the answer follows from those of SpiceDB.
#[derive(Debug)]
pub(super) enum Formula {
    No,
    Item(usize),
    Any(Vec<Formula>),
    Every(Vec<Formula>),
    Without(Box<Formula>, Box<Formula>),
}

/// What is asked of the kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) organization: Uuid,
    /// Its ids are those of the database.
    pub(super) resource: &'a ObjectRef,
    pub(super) permission: &'a str,
    /// As SpiceDB has it.
    pub(super) subject: &'a SubjectRef,
    /// The relation to the organization is given.
    pub(super) given: bool,
    pub(super) deadline: Instant,
}

impl Plans {
    pub(super) fn of(model: &Model, levels: &Levels) -> Self {
        let mut steps = HashMap::new();
        let Some(organization) = &levels.organization else { return Self { steps, organization: None } };
        for definition in &model.definitions {
            let Some(given) = implied_relation(model, &definition.name, organization) else { continue };
            let splitter = Splitter { definition, given, organization: model.definition(organization) };
            let permissions = definition.permissions.iter().map(|permission| &permission.name);
            for name in permissions.chain([&given.name]) {
                if splitter.uses(name, &mut HashSet::new()) {
                    steps.insert((definition.name.clone(), name.clone()), splitter.named(name, &mut Vec::new()));
                }
            }
        }
        Self { steps, organization: Some(organization.clone()) }
    }

    /// Whether the permission follows from an object's organization.
    pub(super) fn uses_organization(&self, kind: &str, permission: &str) -> bool {
        self.steps.contains_key(&(kind.to_owned(), permission.to_owned()))
    }

    /// Adds what has to be asked. Other objects that the resource leads to are read from the database.
    ///
    /// # Errors
    /// When the database does not answer. `InvalidId`: see [`Unnamed`].
    pub(super) async fn ask(
        &self,
        (engine, ids): (&SqlEngine, &Ids),
        asked: &Asked<'_>,
        questions: &mut Questions,
    ) -> Result<Formula, AskError> {
        let name = (asked.resource.kind().to_owned(), asked.permission.to_owned());
        let step = if asked.given { self.steps.get(&name) } else { None };
        let own = Step::Own(asked.permission.to_owned());
        let mut stored = HashMap::new();
        for relation in step.map(arrows).unwrap_or_default() {
            let (organization, resource) = (asked.organization, asked.resource);
            let found = engine.in_force(organization, resource, &relation.name, MOST_OBJECTS, asked.deadline).await?;
            stored.insert(relation.name.clone(), found);
        }
        let organization = self.organization.as_deref().unwrap_or_default();
        Asking { engine, ids, asked, stored, organization, questions }.formula(step.unwrap_or(&own))
    }
}

/// Why a question cannot be put to SpiceDB.
#[derive(Debug)]
pub(super) enum AskError {
    Database(EngineError),
    /// An object has an id that SpiceDB cannot have.
    Unnamed,
}

impl From<EngineError> for AskError {
    fn from(error: EngineError) -> Self {
        Self::Database(error)
    }
}

/// Takes the permissions of one type apart.
struct Splitter<'m> {
    definition: &'m Definition,
    given: &'m Relation,
    organization: Option<&'m Definition>,
}

impl Splitter<'_> {
    /// Whether a relation or permission of the type uses the given relation.
    fn uses<'s>(&'s self, name: &'s str, seen: &mut HashSet<&'s str>) -> bool {
        if !seen.insert(name) {
            return false;
        }
        match self.definition.permission(name) {
            Some(permission) => self.expression_uses(&permission.expression, seen),
            None => name == self.given.name,
        }
    }

    fn expression_uses<'s>(&'s self, expression: &'s Expression, seen: &mut HashSet<&'s str>) -> bool {
        match expression {
            Expression::Nil => false,
            Expression::Name(name, _) => self.uses(name, seen),
            Expression::Arrow(relation, ..) | Expression::AllArrow(relation, ..) => *relation == self.given.name,
            Expression::Union(operands) | Expression::Intersection(operands) => {
                operands.iter().any(|operand| self.expression_uses(operand, seen))
            }
            Expression::Exclusion(base, excluded) => {
                self.expression_uses(base, seen) || self.expression_uses(excluded, seen)
            }
        }
    }

    /// `within`: the permissions that lead here. One that is computed from itself gives nothing by that.
    fn named(&self, name: &str, within: &mut Vec<String>) -> Step {
        if !self.uses(name, &mut HashSet::new()) {
            return Step::Own(name.to_owned());
        }
        let Some(permission) = self.definition.permission(name) else {
            // The relation itself: its subject is the organization, and people ask.
            return Step::No;
        };
        if within.iter().any(|outer| outer == name) {
            return Step::No;
        }
        within.push(name.to_owned());
        let step = self.step(&permission.expression, within);
        within.pop();
        step
    }

    fn step(&self, expression: &Expression, within: &mut Vec<String>) -> Step {
        match expression {
            Expression::Nil => Step::No,
            Expression::Name(name, _) => self.named(name, within),
            Expression::Arrow(relation, name, _) => self.arrow(relation, name, false),
            Expression::AllArrow(relation, name, _) => self.arrow(relation, name, true),
            Expression::Union(operands) => Step::Any(self.steps(operands, within)),
            Expression::Intersection(operands) => Step::Every(self.steps(operands, within)),
            Expression::Exclusion(base, excluded) => {
                Step::Without(Box::new(self.step(base, within)), Box::new(self.step(excluded, within)))
            }
        }
    }

    fn steps(&self, operands: &[Expression], within: &mut Vec<String>) -> Vec<Step> {
        operands.iter().map(|operand| self.step(operand, within)).collect()
    }

    /// There is one organization, so that one of them and each of them are the same.
    fn arrow(&self, relation: &str, name: &str, every: bool) -> Step {
        if relation != self.given.name {
            return match self.definition.relation(relation) {
                Some(relation) => Step::Arrow { relation: relation.clone(), name: name.to_owned(), every },
                None => Step::No,
            };
        }
        match self.organization {
            Some(organization) if organization.has(name) => Step::Organization(name.to_owned()),
            _ => Step::No,
        }
    }
}

/// The other relations of the object that lead on.
fn arrows(step: &Step) -> Vec<&Relation> {
    match step {
        Step::No | Step::Own(_) | Step::Organization(_) => Vec::new(),
        Step::Arrow { relation, .. } => vec![relation],
        Step::Any(steps) | Step::Every(steps) => steps.iter().flat_map(arrows).collect(),
        Step::Without(base, excluded) => [arrows(base), arrows(excluded)].concat(),
    }
}

/// Puts one question into questions to SpiceDB.
struct Asking<'a> {
    engine: &'a SqlEngine,
    ids: &'a Ids,
    asked: &'a Asked<'a>,
    stored: HashMap<String, Vec<StoredRelationship>>,
    organization: &'a str,
    questions: &'a mut Questions,
}

impl Asking<'_> {
    fn formula(&mut self, step: &Step) -> Result<Formula, AskError> {
        Ok(match step {
            Step::No => Formula::No,
            Step::Own(name) => self.item(self.asked.resource, name)?,
            Step::Organization(name) => {
                let id = self.asked.organization.to_string();
                let organization = ObjectRef::new(self.organization, id).map_err(|_| AskError::Unnamed)?;
                self.item(&organization, name)?
            }
            Step::Arrow { relation, name, every } => self.arrow(relation, name, *every)?,
            Step::Any(steps) => Formula::Any(self.formulas(steps)?),
            Step::Every(steps) => Formula::Every(self.formulas(steps)?),
            Step::Without(base, excluded) => {
                Formula::Without(Box::new(self.formula(base)?), Box::new(self.formula(excluded)?))
            }
        })
    }

    fn formulas(&mut self, steps: &[Step]) -> Result<Vec<Formula>, AskError> {
        steps.iter().map(|step| self.formula(step)).collect()
    }

    fn item(&mut self, object: &ObjectRef, name: &str) -> Result<Formula, AskError> {
        let resource = self.ids.object(Some(self.asked.organization), object).ok_or(AskError::Unnamed)?;
        let item = Item { resource, permission: name.to_owned(), subject: self.asked.subject.clone() };
        Ok(Formula::Item(self.questions.add(item)))
    }

    /// A stored subject that the model does not allow, or whose type lacks the name, gives nothing. `team:1#member`
    /// counts as `team:1`, as in SpiceDB.
    fn arrow(&mut self, relation: &Relation, name: &str, every: bool) -> Result<Formula, AskError> {
        let stored = self.stored.get(&relation.name).cloned().unwrap_or_default();
        let mut formulas = Vec::with_capacity(stored.len());
        for StoredRelationship { relationship, .. } in &stored {
            let of = match &relationship.subject {
                SubjectRef::Object(object) => Some((object, None)),
                SubjectRef::Userset(object, relation) => Some((object, Some(relation))),
                SubjectRef::Wildcard(_) => None,
            };
            let allowed = of.filter(|(object, of)| {
                let kind = relation.subjects.iter().filter(|kind| kind.definition == object.kind() && !kind.wildcard);
                let has = self.engine.model().definition(object.kind()).is_some_and(|found| found.has(name));
                has && kind.map(|kind| kind.relation.as_ref()).any(|taken| taken == *of)
            });
            formulas.push(match allowed {
                Some((object, _)) => self.item(object, name)?,
                None => Formula::No,
            });
        }
        // Each of no objects gives nothing.
        Ok(match (every, formulas.is_empty()) {
            (_, true) => Formula::No,
            (true, false) => Formula::Every(formulas),
            (false, false) => Formula::Any(formulas),
        })
    }
}

impl Questions {
    fn add(&mut self, item: Item) -> usize {
        if let Some(at) = self.known.get(&item) {
            return *at;
        }
        let at = self.items.len();
        self.items.push(item.clone());
        self.known.insert(item, at);
        at
    }
}

impl Formula {
    /// The answer. It depends where one of the answers that it is computed from depends, whichever the others are.
    /// `None`: an answer is missing.
    pub(super) fn verdict(&self, answers: &[Verdict]) -> Option<Verdict> {
        let mut conditional = false;
        let yes = self.yes(answers, &mut conditional)?;
        Some(match (conditional, yes) {
            (true, _) => Verdict::Conditional,
            (false, true) => Verdict::Yes,
            (false, false) => Verdict::No,
        })
    }

    fn yes(&self, answers: &[Verdict], conditional: &mut bool) -> Option<bool> {
        let mut all = |formulas: &[Formula]| -> Option<Vec<bool>> {
            formulas.iter().map(|formula| formula.yes(answers, conditional)).collect()
        };
        Some(match self {
            Self::No => false,
            Self::Any(formulas) => all(formulas)?.contains(&true),
            // An operator without operands gives nothing.
            Self::Every(formulas) => !formulas.is_empty() && !all(formulas)?.contains(&false),
            Self::Without(base, excluded) => {
                let (base, excluded) = (base.yes(answers, conditional)?, excluded.yes(answers, conditional)?);
                base && !excluded
            }
            Self::Item(at) => match answers.get(*at)? {
                Verdict::Yes => true,
                Verdict::No => false,
                Verdict::Conditional => {
                    *conditional = true;
                    false
                }
            },
        })
    }
}
