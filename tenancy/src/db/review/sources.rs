//! The columns of what stands in FROM.
//!
//! PostgreSQL reads `q.f` as `f(q)` where `q` has no column `f`, also for a row of a subquery, whose type any function over the
//! row of a table takes. So a source has the columns that can be told from its text, and no other.

use super::Dialect;
use super::names::{folded, parts};
use super::rules::Rules;
use sqlparser::ast::{
    Expr, Ident, ObjectName, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, TableAlias,
    TableFactor, TableWithJoins,
};
use std::collections::HashSet;

/// The deepest subquery that is read. A deeper one has no columns, so that none of its columns may be named.
const DEEPEST: usize = 24;

/// What the functions that take a value apart call their columns, whatever their alias is.
const OF_EACH: [&str; 2] = ["key", "value"];

pub(super) type Columns = HashSet<String>;

/// Reads sources. A relation is a declared one: the walk refuses WITH.
#[derive(Clone, Copy)]
pub(super) struct Sources<'r> {
    pub(super) rules: &'r Rules,
}

impl Sources<'_> {
    fn dialect(&self) -> Dialect {
        self.rules.dialect
    }

    /// Returns what a statement calls a source, and its columns; `None` for a source without a name.
    pub(super) fn named(&self, factor: &TableFactor) -> Option<(String, Columns)> {
        self.named_at(factor, 0)
    }

    fn named_at(&self, factor: &TableFactor, depth: usize) -> Option<(String, Columns)> {
        match factor {
            TableFactor::Table { name, args: Some(_), alias, .. } | TableFactor::Function { name, alias, .. } => {
                Some(self.function(Some(name), alias.as_ref()))
            }
            TableFactor::UNNEST { alias, .. } => Some(self.function(None, alias.as_ref())),
            TableFactor::Table { name, alias, .. } => self.relation(name, alias.as_ref()),
            TableFactor::Derived { subquery, alias: Some(alias), .. } => {
                let columns = self.listed(alias).unwrap_or_else(|| self.of_query(subquery, depth + 1));
                Some((folded(&alias.name, self.dialect()), columns))
            }
            _ => None,
        }
    }

    /// The columns of a declared relation.
    pub(super) fn declared(&self, name: &ObjectName) -> Columns {
        self.rules.columns_of(name).cloned().unwrap_or_default()
    }

    fn relation(&self, name: &ObjectName, alias: Option<&TableAlias>) -> Option<(String, Columns)> {
        let own = || parts(name, self.dialect()).and_then(|mut parts| parts.pop());
        let called = alias.map(|alias| folded(&alias.name, self.dialect())).or_else(own)?;
        // A list of columns behind the alias takes the place of the declared names.
        let listed = alias.and_then(|alias| self.listed(alias));
        Some((called, listed.unwrap_or_else(|| self.declared(name))))
    }

    fn function(&self, name: Option<&ObjectName>, alias: Option<&TableAlias>) -> (String, Columns) {
        let own = name.and_then(|name| parts(name, self.dialect())).and_then(|mut parts| parts.pop());
        let own = own.unwrap_or_else(|| "unnest".to_owned());
        let called = alias.map_or_else(|| own.clone(), |alias| folded(&alias.name, self.dialect()));
        let mut columns = alias.and_then(|alias| self.listed(alias)).unwrap_or_else(|| HashSet::from([called.clone()]));
        columns.insert("ordinality".to_owned());
        if own.ends_with("_each") || own.ends_with("_each_text") {
            columns.extend(OF_EACH.map(str::to_owned));
        }
        (called, columns)
    }

    /// The columns that an alias names, if it names any.
    fn listed(&self, alias: &TableAlias) -> Option<Columns> {
        let listed: Columns = alias.columns.iter().map(|column| folded(&column.name, self.dialect())).collect();
        (!listed.is_empty()).then_some(listed)
    }

    fn of_query(&self, query: &Query, depth: usize) -> Columns {
        if depth > DEEPEST { Columns::new() } else { self.of_set(&query.body, depth) }
    }

    /// The first arm names the columns of a set operation.
    fn of_set(&self, set: &SetExpr, depth: usize) -> Columns {
        match set {
            SetExpr::Select(select) => self.of_select(select, depth),
            SetExpr::Query(query) => self.of_query(query, depth + 1),
            SetExpr::SetOperation { left, .. } => self.of_set(left, depth),
            _ => Columns::new(),
        }
    }

    fn of_select(&self, select: &Select, depth: usize) -> Columns {
        let mut columns = Columns::new();
        for item in &select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) => columns.extend(self.name_of(expr)),
                SelectItem::ExprWithAlias { alias, .. } => drop(columns.insert(folded(alias, self.dialect()))),
                SelectItem::Wildcard(_) => {
                    let sources = select.from.iter().flat_map(|from| self.of_join(from, depth));
                    columns.extend(sources.flat_map(|(_, columns)| columns));
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                    let called = parts(name, self.dialect()).and_then(|mut parts| parts.pop());
                    let sources = select.from.iter().flat_map(|from| self.of_join(from, depth));
                    let of = sources.filter(|(name, _)| Some(name) == called.as_ref());
                    columns.extend(of.flat_map(|(_, columns)| columns));
                }
                _ => {}
            }
        }
        columns
    }

    fn of_join(&self, from: &TableWithJoins, depth: usize) -> Vec<(String, Columns)> {
        let factors = std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation));
        let of = |factor: &TableFactor| match factor {
            TableFactor::NestedJoin { table_with_joins, alias: None } if depth < DEEPEST => {
                self.of_join(table_with_joins, depth + 1)
            }
            factor => self.named_at(factor, depth).into_iter().collect(),
        };
        factors.flat_map(of).collect()
    }

    /// What PostgreSQL calls the column of an expression without an alias, where that is a name.
    fn name_of(&self, expr: &Expr) -> Option<String> {
        let named = |ident: &Ident| folded(ident, self.dialect());
        match expr {
            Expr::Identifier(ident) => Some(named(ident)),
            Expr::CompoundIdentifier(parts) => parts.last().map(named),
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => self.name_of(inner),
            Expr::Function(function) => parts(&function.name, self.dialect()).and_then(|mut parts| parts.pop()),
            _ => None,
        }
    }
}
