//! Rules for models of shared tables, beyond what makes a model readable.

mod config;
mod exclusions;
mod grants;
mod hops;
mod objects;
mod wildcards;

pub use config::LintConfig;

use crate::graph::Graph;
use crate::model::read;
use crate::{Definition, Model, ModelError, Permission, Relation, Span};
use std::fmt::{self, Display, Formatter};

/// A rule of the linter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// `P01`: parentheses stand wherever two kinds of operators meet. Seen by [`lint_text`] alone: a [`Model`] keeps no
    /// parentheses.
    Parentheses,
    /// `P02`: only listed permissions reach the platform.
    Platform,
    /// `P03`: money permissions reach neither the tenant nor the platform.
    Money,
    /// `P04`: no wildcard on a relation that is used by an arrow, an exclusion or a write permission, or that belongs
    /// to the tenant or the platform.
    Wildcard,
    /// `P05`: grants of support access expire.
    Support,
    /// `P06`: what is excluded from one permission of a type is excluded from all of them.
    Exclusion,
    /// `P07`: object ids. The model shows only names of types that a hand-written `type:id` easily confuses. That an id
    /// consists of letters, digits and a few signs is checked where a relationship is written.
    ObjectIds,
    /// `P08`: an object belongs to one organization. The model shows only whether a type has a relation that leads to
    /// the organization. That ids are unique across organizations is enforced by the tables' keys.
    Ownership,
    /// `P09`: few hops from a permission to a user, and recursion through subject relations such as `team#member`
    /// alone.
    Hops,
}

impl Rule {
    /// Returns the code, which stays the same between releases: `P01` to `P09`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Parentheses => "P01",
            Self::Platform => "P02",
            Self::Money => "P03",
            Self::Wildcard => "P04",
            Self::Support => "P05",
            Self::Exclusion => "P06",
            Self::ObjectIds => "P07",
            Self::Ownership => "P08",
            Self::Hops => "P09",
        }
    }
}

impl Display for Rule {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str(self.code())
    }
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// The model can be right: read it, and change it or accept it.
    Warning,
    /// The model gives access that the rule forbids, or has no stable answer.
    Error,
}

/// A place in a model that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// Where, in bytes of the text.
    pub span: Span,
    /// What breaks the rule, and how to repair it.
    pub message: String,
}

impl Display for Finding {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.rule, self.message)
    }
}

/// Checks a model against the rules [`Rule::Platform`] to [`Rule::Hops`]. Returns the findings in the order of the
/// text.
#[must_use]
pub fn lint(model: &Model, config: &LintConfig) -> Vec<Finding> {
    let mut linter = Linter { model, config, graph: Graph::new(model), findings: Vec::new() };
    linter.grants();
    linter.wildcards();
    linter.support();
    linter.exclusions();
    linter.confusable_types();
    linter.ownership();
    linter.hops();
    linter.recursion();
    sorted(linter.findings)
}

/// Reads a text and checks it against all rules. Returns the findings in the order of the text.
///
/// # Errors
///
/// Returns the mistakes of a text that [`Model::parse`] refuses.
pub fn lint_text(text: &str, config: &LintConfig) -> Result<Vec<Finding>, Vec<ModelError>> {
    let parsed = read(text)?;
    let mut findings = lint(&parsed.model, config);
    findings.extend(parsed.mixed.into_iter().map(|span| {
        let message =
            "two kinds of operators meet without parentheses (`a - b + c` means `a - (b + c)`); add parentheses";
        Finding { rule: Rule::Parentheses, severity: Severity::Error, span, message: message.to_owned() }
    }));
    Ok(sorted(findings))
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end, finding.rule));
    findings
}

struct Linter<'a> {
    model: &'a Model,
    config: &'a LintConfig,
    graph: Graph<'a>,
    findings: Vec<Finding>,
}

impl<'a> Linter<'a> {
    fn error(&mut self, rule: Rule, span: Span, message: String) {
        self.findings.push(Finding { rule, severity: Severity::Error, span, message });
    }

    fn warn(&mut self, rule: Rule, span: Span, message: String) {
        self.findings.push(Finding { rule, severity: Severity::Warning, span, message });
    }

    /// Returns every relation, with its type.
    fn relations(&self) -> impl Iterator<Item = (&'a Definition, &'a Relation)> + use<'a> {
        let definitions = self.model.definitions.iter();
        definitions.flat_map(|definition| definition.relations.iter().map(move |relation| (definition, relation)))
    }

    /// Returns every permission, with its type.
    fn permissions(&self) -> impl Iterator<Item = (&'a Definition, &'a Permission)> + use<'a> {
        let definitions = self.model.definitions.iter();
        definitions.flat_map(|definition| definition.permissions.iter().map(move |permission| (definition, permission)))
    }

    fn is_marked(&self, marks: &[bool], definition: &str, name: &str) -> bool {
        self.graph.node(definition, name).and_then(|node| marks.get(node).copied()).unwrap_or_default()
    }
}
