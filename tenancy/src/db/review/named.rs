//! What the qualifier of a column names.
//!
//! PostgreSQL reads `q.f` as `f(q)` where `q` has no column `f`: a function of the service's own that is called like some declared
//! column would run. So a qualifier is the name of a source of the statement, and a column behind it is one that this source has.

use super::Dialect;
use super::found::{Finding, Found};
use super::names::{folded, parts};
use super::rules::Rules;
use super::sources::{Columns, Sources};
use sqlparser::ast::{Ident, ObjectName, Statement, TableFactor, TableObject, Visit as _, Visitor};
use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::ControlFlow;

/// The qualifiers of a statement, and the columns behind each. Empty on SQLite, which has no such functions.
pub(super) struct Named<'r> {
    rules: &'r Rules,
    sources: Sources<'r>,
    /// Of several relations with one name the columns of all.
    relations: HashMap<String, Columns>,
    /// Of several functions with one name the columns that all have.
    functions: HashMap<String, Columns>,
}

impl<'r> Named<'r> {
    pub(super) fn of(statement: &Statement, rules: &'r Rules) -> Self {
        let mut named =
            Self { rules, sources: Sources { rules }, relations: HashMap::new(), functions: HashMap::new() };
        if rules.dialect == Dialect::Postgres {
            if let Statement::Insert(insert) = statement
                && let TableObject::TableName(name) = &insert.table
            {
                named.written(name, insert.table_alias.as_ref().map(|alias| &alias.alias));
            }
            let ControlFlow::Continue(()) = statement.visit(&mut named);
        }
        named
    }

    /// Whether a column may be read: `parts` is its name, with qualifiers before it.
    pub(super) fn column(&self, parts: &[Ident]) -> Result<(), Found> {
        let mut names = parts.iter().rev().map(|ident| folded(ident, self.rules.dialect));
        let column = names.next().unwrap_or_default();
        let behind = names.next().is_none_or(|qualifier| self.has(&qualifier, &column));
        if self.rules.has_column(&column) && behind { Ok(()) } else { Err(Found::new(Finding::Column, column)) }
    }

    fn has(&self, qualifier: &str, column: &str) -> bool {
        if self.rules.dialect != Dialect::Postgres {
            return true;
        }
        let (relation, function) = (self.relations.get(qualifier), self.functions.get(qualifier));
        let has = |columns: &Columns| columns.contains(column);
        (relation.is_some() || function.is_some()) && relation.is_none_or(has) && function.is_none_or(has)
    }

    /// The table of an INSERT, which is no source: under its name, and as the row that was to be inserted.
    fn written(&mut self, name: &ObjectName, alias: Option<&Ident>) {
        let columns = self.sources.declared(name);
        let own = parts(name, self.rules.dialect).and_then(|mut parts| parts.pop());
        let called = alias.map(|alias| folded(alias, self.rules.dialect)).or(own).unwrap_or_default();
        self.relations.entry("excluded".to_owned()).or_default().extend(columns.iter().cloned());
        self.relations.entry(called).or_default().extend(columns);
    }
}

impl Visitor for Named<'_> {
    type Break = Infallible;

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Infallible> {
        let Some((called, columns)) = self.sources.named(factor) else { return ControlFlow::Continue(()) };
        let is_function = matches!(
            factor,
            TableFactor::Table { args: Some(_), .. } | TableFactor::Function { .. } | TableFactor::UNNEST { .. }
        );
        if is_function {
            let known = self.functions.entry(called).or_insert_with(|| columns.clone());
            known.retain(|column| columns.contains(column));
        } else {
            self.relations.entry(called).or_default().extend(columns);
        }
        ControlFlow::Continue(())
    }
}
