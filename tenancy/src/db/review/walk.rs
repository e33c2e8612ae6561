//! The walk over a statement: where relations may stand.
//!
//! An organization table stands in two places only: inside `(SELECT * FROM t WHERE t.org = bind)`, and as the target of a write
//! (`writes.rs`). The walk counts the relations that it understood against all that the parser saw, so a place that it does not
//! know refuses the statement.

use super::found::{Finding, Found};
use super::named::Named;
use super::names::{folded, parts};
use super::rules::{Owner, Rules};
use super::{Dialect, expressions};
use sqlparser::ast::{
    BinaryOperator, Expr, Ident, ObjectName, OrderByExpr, OrderBySort, Query, Select, SelectFlavor, SelectItem,
    SetExpr, Statement, TableAlias, TableFactor, TableWithJoins, Value, Visitor,
};
use std::ops::ControlFlow;

pub(super) struct Walk<'r> {
    pub(super) rules: &'r Rules,
    named_by: Named<'r>,
    /// Organization tables that stand where they may.
    placed: Vec<*const TableFactor>,
    /// Relations that the parser saw, and those that were understood.
    named: usize,
    understood: usize,
    statements: usize,
    /// The binds that must be the organization, from 0.
    places: Vec<usize>,
}

impl<'r> Walk<'r> {
    pub(super) fn of(statement: &Statement, rules: &'r Rules) -> Self {
        let named_by = Named::of(statement, rules);
        Self { rules, named_by, placed: Vec::new(), named: 0, understood: 0, statements: 0, places: Vec::new() }
    }

    /// The binds that must be the organization, unless a relation stands in a place that the walk does not know.
    pub(super) fn finish(mut self) -> Result<Vec<usize>, Found> {
        if self.named != self.understood {
            return Err(Found::form("a relation in a place that the review does not know"));
        }
        self.places.sort_unstable();
        self.places.dedup();
        Ok(self.places)
    }
}

impl Walk<'_> {
    /// The organization table in a place where it may stand.
    pub(super) fn places(&mut self, table: &TableFactor, bind: usize) {
        self.placed.push(std::ptr::from_ref(table));
        self.places.push(bind);
    }

    /// The target of an insert, which is a name alone, and the bind of one row.
    pub(super) fn understands_a_name(&mut self) {
        self.understood += 1;
    }

    pub(super) fn carries(&mut self, bind: usize) {
        self.places.push(bind);
    }

    /// The organization column of the organization table of that name.
    pub(super) fn organization_of(&self, name: &ObjectName) -> Result<Option<&str>, Found> {
        match self.rules.owner(name) {
            Some(Owner::Organizations(_)) if self.rules.platform => Err(Found::new(Finding::Organization, name)),
            Some(Owner::Platform) if self.rules.platform => Ok(None),
            Some(Owner::Organizations(column)) => Ok(Some(column)),
            Some(Owner::Shared) => Ok(None),
            Some(Owner::Platform) => Err(Found::new(Finding::Platform, name)),
            None => Err(Found::new(Finding::Undeclared, name)),
        }
    }

    /// The bind in `t.org = bind`, when `condition` is that for the table of this name and alias.
    pub(super) fn bind_of(
        &self,
        condition: &Expr,
        name: &ObjectName,
        alias: Option<&Ident>,
        column: &str,
    ) -> Option<usize> {
        let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = condition else { return None };
        let Expr::CompoundIdentifier(idents) = &**left else { return None };
        let idents: Vec<_> = idents.iter().map(|ident| folded(ident, self.rules.dialect)).collect();
        let (last, qualifier) = idents.split_last()?;
        let called = match alias {
            Some(alias) => vec![folded(alias, self.rules.dialect)],
            None => parts(name, self.rules.dialect)?,
        };
        let qualified = !qualifier.is_empty() && called.ends_with(qualifier);
        if last == column && qualified { self.bind(right) } else { None }
    }

    /// The place of a bind, from 0.
    pub(super) fn bind(&self, expr: &Expr) -> Option<usize> {
        let Expr::Value(value) = expr else { return None };
        let Value::Placeholder(name) = &value.value else { return None };
        place(name, self.rules.dialect)
    }

    /// The table and the bind of `SELECT * FROM t WHERE t.org = bind`, and nothing else.
    fn own_rows<'q>(&self, query: &'q Query) -> Option<(&'q TableFactor, usize)> {
        let SetExpr::Select(select) = &*query.body else { return None };
        let [TableWithJoins { relation, joins }] = select.from.as_slice() else { return None };
        let TableFactor::Table { name, alias, .. } = relation else { return None };
        // On a platform connection it is an error; elsewhere one of another owner stands for itself.
        let column = self.organization_of(name).ok()??;
        let condition = select.selection.as_ref()?;
        let bind = self.bind_of(condition, name, alias.as_ref().map(|alias| &alias.name), column)?;
        // As the parser writes it back: every other clause would show.
        let bare = query.to_string() == format!("SELECT * FROM {relation} WHERE {condition}");
        (joins.is_empty() && is_bare(relation) && bare).then_some((relation, bind))
    }

    fn query(&self, query: &Query) -> Result<(), Found> {
        let Query { with, body, order_by: _, limit_clause: _, fetch: _, locks: _, .. } = query;
        let Query { for_clause, settings, format_clause, pipe_operators, .. } = query;
        let known = with.is_none() && for_clause.is_none() && settings.is_none() && format_clause.is_none();
        if !known || !pipe_operators.is_empty() {
            return Err(Found::form("WITH, or another clause of a query"));
        }
        set(body)
    }

    fn select(&self, select: &Select) -> Result<(), Found> {
        let plain = select.optimizer_hints.is_empty()
            && select.select_modifiers.is_none()
            && select.top.is_none()
            && select.exclude.is_none()
            && select.into.is_none()
            && select.lateral_views.is_empty()
            && select.prewhere.is_none()
            && select.connect_by.is_empty()
            && select.cluster_by.is_empty()
            && select.distribute_by.is_empty()
            && select.sort_by.is_empty()
            && select.qualify.is_none()
            && select.value_table_mode.is_none()
            && select.flavor == SelectFlavor::Standard;
        if !plain {
            return Err(Found::form("a clause of SELECT"));
        }
        let item = |item: &SelectItem| match item {
            SelectItem::UnnamedExpr(_) => true,
            // PostgreSQL reads `mood 'x'` as a cast to the type `mood`.
            SelectItem::ExprWithAlias { alias, .. } => alias.quote_style != Some('\''),
            SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) => options.to_string().is_empty(),
            SelectItem::ExprWithAliases { .. } => false,
        };
        if select.projection.iter().all(item) { Ok(()) } else { Err(Found::form("an item of SELECT")) }
    }

    /// A type in an alias, as in `json_to_record(..) AS r (a type)`, is one that values are read as.
    fn alias(&self, alias: &TableAlias) -> Result<(), Found> {
        let types = alias.columns.iter().filter_map(|column| column.data_type.as_ref());
        types.into_iter().try_for_each(|of| expressions::cast(of, self.rules))
    }

    fn factor(&mut self, factor: &TableFactor) -> Result<(), Found> {
        alias_of(factor).map_or(Ok(()), |alias| self.alias(alias))?;
        if self.placed.contains(&std::ptr::from_ref(factor)) {
            self.understood += 1;
            return Ok(());
        }
        match factor {
            TableFactor::Table { name, args: Some(_), .. } => {
                self.understood += 1;
                if self.rules.knows_function(name) { Ok(()) } else { Err(Found::new(Finding::Function, name)) }
            }
            TableFactor::Table { name, .. } => {
                self.understood += 1;
                match self.organization_of(name)? {
                    None => Ok(()),
                    Some(_) => Err(Found::new(Finding::Unscoped, name)),
                }
            }
            TableFactor::Derived { subquery, sample: None, .. } => {
                if let Some((table, bind)) = self.own_rows(subquery) {
                    self.places(table, bind);
                }
                Ok(())
            }
            TableFactor::Function { name, .. } if self.rules.knows_function(name) => Ok(()),
            TableFactor::Function { name, .. } => Err(Found::new(Finding::Function, name)),
            TableFactor::UNNEST { .. } | TableFactor::NestedJoin { .. } => Ok(()),
            _ => Err(Found::form("something in FROM")),
        }
    }
}

/// The arms of a set operation are queries without a `Query` of their own.
fn set(arm: &SetExpr) -> Result<(), Found> {
    match arm {
        SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => Ok(()),
        SetExpr::SetOperation { left, right, .. } => set(left).and_then(|()| set(right)),
        // The parser keeps the relation of `TABLE t` as text, and no walk comes to it.
        _ => Err(Found::form("a write or TABLE inside of a query")),
    }
}

fn alias_of(factor: &TableFactor) -> Option<&TableAlias> {
    match factor {
        TableFactor::Table { alias, .. } | TableFactor::Derived { alias, .. } => alias.as_ref(),
        TableFactor::Function { alias, .. } | TableFactor::UNNEST { alias, .. } => alias.as_ref(),
        TableFactor::NestedJoin { alias, .. } => alias.as_ref(),
        // Refused below.
        _ => None,
    }
}

/// Whether nothing is written around a table's name but an alias.
pub(super) fn is_bare(table: &TableFactor) -> bool {
    let TableFactor::Table { name, alias, args, with_hints, version, .. } = table else { return false };
    let TableFactor::Table { with_ordinality, partitions, json_path, sample, index_directives, .. } = table else {
        return false;
    };
    let TableFactor::Table { inheritance, .. } = table else { return false };
    let around =
        args.is_some() || version.is_some() || json_path.is_some() || sample.is_some() || inheritance.is_some();
    let lists = with_hints.is_empty() && partitions.is_empty() && index_directives.is_empty();
    let columns = alias.as_ref().is_some_and(|alias| !alias.columns.is_empty() || alias.at.is_some());
    !around && lists && !with_ordinality && !columns && !name.0.is_empty()
}

/// `$3` and `?3` are the third bind.
fn place(name: &str, dialect: Dialect) -> Option<usize> {
    let prefix = match dialect {
        Dialect::Postgres => '$',
        Dialect::Sqlite => '?',
    };
    name.strip_prefix(prefix)?.parse::<usize>().ok()?.checked_sub(1)
}

fn flow(result: Result<(), Found>) -> ControlFlow<Box<Found>> {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(found) => ControlFlow::Break(Box::new(found)),
    }
}

impl Visitor for Walk<'_> {
    type Break = Box<Found>;

    fn pre_visit_statement(&mut self, _: &Statement) -> ControlFlow<Self::Break> {
        self.statements += 1;
        flow(if self.statements == 1 { Ok(()) } else { Err(Found::form("a statement inside of another")) })
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        flow(self.query(query))
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        flow(self.select(select))
    }

    fn pre_visit_relation(&mut self, _: &ObjectName) -> ControlFlow<Self::Break> {
        self.named += 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Self::Break> {
        flow(self.factor(factor))
    }

    fn pre_visit_order_by_expr(&mut self, by: &OrderByExpr) -> ControlFlow<Self::Break> {
        // PostgreSQL's `USING operator`.
        let known =
            matches!(by.options.sort, None | Some(OrderBySort::Asc | OrderBySort::Desc)) && by.with_fill.is_none();
        flow(if known { Ok(()) } else { Err(Found::form("an order by an operator")) })
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Self::Break> {
        flow(expressions::look(expr, self.rules, &self.named_by))
    }
}
