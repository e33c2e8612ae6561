//! Queries: FROM, joins, derived tables, common table expressions and set operations.

use super::Refused;
use super::classes::Node;
use super::parts::{Operand, Source, folded, last, operand};
use super::walk::{Bounds, Walk};
use sqlparser::ast::{
    Expr, GroupByExpr, Join, JoinConstraint, JoinOperator, Query, Select, SelectItem, SelectItemQualifiedWildcardKind,
    SetExpr, TableAlias, TableFactor, TableWithJoins, Visit, Visitor, With,
};
use std::ops::ControlFlow;

/// What a query gives to the query that reads from it.
#[derive(Default)]
pub(super) struct Output {
    /// The columns that hold organizations.
    columns: Vec<(String, Node)>,
    /// The columns by their places, up to the first `*`.
    pub(super) items: Vec<Option<Operand>>,
    /// Whether a condition on the output bounds what is read: no row depends on another.
    open: bool,
}

impl Walk<'_> {
    pub(super) fn query(&mut self, query: &Query) -> Result<Output, Refused> {
        if query.for_clause.is_some() || !query.pipe_operators.is_empty() || query.locks.iter().any(|l| l.of.is_some())
        {
            return Err(Refused::Unknown("this clause of a query"));
        }
        let known = self.expressions.len();
        if let Some(with) = &query.with {
            self.with(with)?;
        }
        let mut output = self.body(&query.body)?;
        self.subqueries(&query.order_by)?;
        self.subqueries(&query.limit_clause)?;
        output.open &= query.limit_clause.is_none() && query.fetch.is_none();
        self.expressions.truncate(known);
        Ok(output)
    }

    /// Each expression is a level of its own, and nothing that is said of its output reaches into it.
    fn with(&mut self, with: &With) -> Result<(), Refused> {
        if with.recursive {
            return Err(Refused::Unknown("WITH RECURSIVE"));
        }
        for expression in &with.cte_tables {
            self.query(&expression.query)?;
            self.expressions.push(folded(&expression.alias.name));
        }
        Ok(())
    }

    fn body(&mut self, body: &SetExpr) -> Result<Output, Refused> {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left)?;
                self.body(right)?;
                Ok(Output::default())
            }
            SetExpr::Values(values) => self.subqueries(values).map(|()| Output::default()),
            _ => Err(Refused::Unknown("a write or TABLE inside of a query")),
        }
    }

    fn select(&mut self, select: &Select) -> Result<Output, Refused> {
        if select.into.is_some() || !select.lateral_views.is_empty() {
            return Err(Refused::Unknown("this clause of SELECT"));
        }
        let mut sources = Vec::new();
        for table in &select.from {
            sources.extend(self.joined(table)?);
        }
        if let Some(condition) = &select.selection {
            self.condition(condition, (&sources, &[]), Bounds::Both)?;
        }
        self.subqueries(&select.distinct)?;
        self.subqueries(&select.projection)?;
        self.subqueries(&select.group_by)?;
        self.subqueries(&select.having)?;
        self.subqueries(&select.named_window)?;
        Ok(self.output(select, &sources))
    }

    fn output(&self, select: &Select, sources: &[Source]) -> Output {
        let mut output = Output { open: row_by_row(select), ..Output::default() };
        let mut places_known = true;
        for item in &select.projection {
            let operand = |expr| operand(expr, sources, &[], self.carries);
            let named = match item {
                SelectItem::UnnamedExpr(expr) => operand(expr).map(|operand| (operand, column_name(expr))),
                SelectItem::ExprWithAlias { expr, alias } => {
                    operand(expr).map(|operand| (operand, Some(folded(alias))))
                }
                SelectItem::Wildcard(_) => {
                    places_known = false;
                    output.columns.extend(sources.iter().flat_map(|source| source.columns.iter().cloned()));
                    continue;
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                    places_known = false;
                    let called = sources.iter().filter(|source| Some(&source.name) == last(name).as_ref());
                    output.columns.extend(called.flat_map(|source| source.columns.iter().cloned()));
                    continue;
                }
                _ => {
                    places_known = false;
                    continue;
                }
            };
            if let Some((Operand::Column { node, .. }, Some(name))) = &named {
                output.columns.push((name.clone(), *node));
            }
            if places_known {
                output.items.push(named.map(|(operand, _)| operand));
            }
        }
        let columns = output.columns.clone();
        // A name that two columns have belongs to neither.
        output.columns.retain(|(name, _)| columns.iter().filter(|(other, _)| other == name).count() == 1);
        output
    }

    /// A table of FROM with what is joined to it.
    pub(super) fn joined(&mut self, table: &TableWithJoins) -> Result<Vec<Source>, Refused> {
        let mut left = self.factor(&table.relation)?;
        for Join { relation, join_operator, .. } in &table.joins {
            let right = self.factor(relation)?;
            let (constraint, bounds) = match join_operator {
                JoinOperator::Join(on) | JoinOperator::Inner(on) | JoinOperator::CrossJoin(on) => (on, Bounds::Both),
                JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (on, Bounds::Right),
                JoinOperator::Right(on) | JoinOperator::RightOuter(on) => (on, Bounds::Left),
                JoinOperator::FullOuter(on) => (on, Bounds::Neither),
                _ => return Err(Refused::Unknown("this kind of join")),
            };
            match constraint {
                JoinConstraint::On(condition) => self.condition(condition, (&left, &right), bounds)?,
                JoinConstraint::None => {}
                _ => return Err(Refused::Unknown("USING or NATURAL")),
            }
            left.extend(right);
        }
        Ok(left)
    }

    fn factor(&mut self, factor: &TableFactor) -> Result<Vec<Source>, Refused> {
        let called = |alias: &Option<TableAlias>| alias.as_ref().map(|alias| folded(&alias.name));
        let renames = |alias: &Option<TableAlias>| alias.as_ref().is_some_and(|alias| !alias.columns.is_empty());
        match factor {
            TableFactor::Table { name, alias, args: None, sample: None, inheritance: None, .. } => {
                let mut source = self.named(name, called(alias))?;
                if renames(alias) {
                    source.columns.clear();
                }
                Ok(vec![source])
            }
            TableFactor::Derived { lateral: false, subquery, alias, sample: None } => {
                let Output { columns, open, .. } = self.query(subquery)?;
                let columns = if renames(alias) { Vec::new() } else { columns };
                let columns = columns.into_iter().map(|(name, inner)| (name, self.seen_through(inner, open))).collect();
                Ok(vec![Source { name: called(alias).unwrap_or_default(), columns }])
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => self.joined(table_with_joins),
            TableFactor::UNNEST { alias, array_exprs, .. } => {
                self.subqueries(array_exprs)?;
                Ok(vec![Source { name: called(alias).unwrap_or_default(), columns: Vec::new() }])
            }
            _ => Err(Refused::Unknown("this in FROM")),
        }
    }

    /// The column of a derived table: what bounds the inner one bounds it, and what is said of it reaches in when no row
    /// depends on another.
    fn seen_through(&mut self, inner: Node, open: bool) -> Node {
        let outer = self.classes.column();
        self.classes.bound(outer, inner);
        if open {
            self.classes.bound(inner, outer);
        }
        outer
    }
}

fn column_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Nested(inner) => column_name(inner),
        Expr::Identifier(name) => Some(folded(name)),
        Expr::CompoundIdentifier(names) => names.last().map(folded),
        _ => None,
    }
}

/// No grouping, no DISTINCT, and no function, which might be an aggregate or look through a window.
fn row_by_row(select: &Select) -> bool {
    struct Calls(bool);
    impl Visitor for Calls {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            self.0 |= matches!(expr, Expr::Function(_));
            ControlFlow::Continue(())
        }
    }
    let mut calls = Calls(false);
    let _ = select.projection.visit(&mut calls);
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(by, more) if by.is_empty() && more.is_empty());
    !calls.0 && !grouped && select.distinct.is_none() && select.having.is_none()
}
