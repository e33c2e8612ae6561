//! The walk over a statement: its tables, its conditions, and the subqueries in its expressions.

use super::Refused;
use super::classes::{Classes, Node, SCOPE};
use super::parts::{Operand, Source, conjuncts, names, operand};
use sqlparser::ast::{BinaryOperator, Expr, ObjectName, Query, Statement, Visit, Visitor, visit_relations};
use std::ops::ControlFlow;
use tenancy::schema::{DeclaredTable, Manifest, TableKind};

/// Which sides a condition bounds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bounds {
    Both,
    Left,
    Right,
    Neither,
}

/// A column of organizations is bound to a value that is not the scope's.
struct OtherValue;

pub(super) struct Walk<'a> {
    manifest: &'a Manifest,
    pub(super) carries: &'a [bool],
    pub(super) classes: Classes,
    /// The common table expressions that may be named here.
    pub(super) expressions: Vec<String>,
    /// How many names of tables were understood.
    understood: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(manifest: &'a Manifest, carries: &'a [bool]) -> Self {
        Self { manifest, carries, classes: Classes::new(), expressions: Vec::new(), understood: 0 }
    }

    pub(super) fn statement(&mut self, statement: &Statement) -> Result<(), Refused> {
        match statement {
            Statement::Query(query) => self.query(query).map(drop),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            _ => Err(Refused::Unknown("this kind of statement")),
        }
    }

    pub(super) fn finish(&self, statement: &Statement) -> Result<Vec<String>, Refused> {
        let mut named = 0;
        let _ = visit_relations(statement, |_| {
            named += 1;
            ControlFlow::<()>::Continue(())
        });
        if named != self.understood {
            return Err(Refused::NotUnderstood { named, understood: self.understood });
        }
        self.classes.all_in_scope().map_err(Refused::Unscoped)
    }

    /// The table of that name, as it is declared.
    pub(super) fn find(&self, name: &ObjectName) -> Option<&'a DeclaredTable> {
        let names = names(name);
        self.manifest.tables.iter().find(|table| match names.as_slice() {
            [name] => *name == table.name,
            [schema, name] => schema == table.schema_or_public() && *name == table.name,
            _ => false,
        })
    }

    /// One more table that was understood.
    pub(super) fn declared(&mut self, name: &ObjectName) -> Result<&'a DeclaredTable, Refused> {
        self.understood += 1;
        self.find(name).ok_or_else(|| Refused::UndeclaredTable(name.to_string()))
    }

    /// A table as a source, or what WITH calls by that name.
    pub(super) fn named(&mut self, name: &ObjectName, alias: Option<String>) -> Result<Source, Refused> {
        if let [one] = names(name).as_slice()
            && self.expressions.contains(one)
        {
            self.understood += 1;
            return Ok(Source { name: alias.unwrap_or_else(|| one.clone()), columns: Vec::new() });
        }
        let table = self.declared(name)?;
        let columns = self.organization(table)?.into_iter().collect();
        Ok(Source { name: alias.unwrap_or_else(|| table.name.clone()), columns })
    }

    /// One more mention of an organization table: its organization column.
    pub(super) fn organization(&mut self, table: &DeclaredTable) -> Result<Option<(String, Node)>, Refused> {
        match (table.kind, &table.organization) {
            (TableKind::Tenant, Some(column)) => Ok(Some((column.clone(), self.classes.table(&table.name)))),
            (TableKind::Global, _) => Ok(None),
            _ => Err(Refused::Unknown("a table that no scope reaches")),
        }
    }

    /// Takes what a condition says for certain.
    pub(super) fn condition(
        &mut self,
        expr: &Expr,
        (left, right): (&[Source], &[Source]),
        bounds: Bounds,
    ) -> Result<(), Refused> {
        self.subqueries(expr)?;
        let mut certain = Vec::new();
        conjuncts(expr, &mut certain);
        for conjunct in certain {
            let Expr::BinaryOp { left: one, op: BinaryOperator::Eq, right: other } = conjunct else { continue };
            let operand = |expr| operand(expr, left, right, self.carries);
            match (operand(one), operand(other)) {
                (Some(one), Some(other)) => {
                    let bound = self.equal(one, other, bounds).and_then(|()| self.equal(other, one, bounds));
                    bound.map_err(|OtherValue| Refused::OtherOrganization(conjunct.to_string()))?;
                }
                _ => continue,
            }
        }
        Ok(())
    }

    /// `to = from`, as far as it bounds `to`.
    fn equal(&mut self, to: Operand, from: Operand, bounds: Bounds) -> Result<(), OtherValue> {
        let Operand::Column { node, right } = to else { return Ok(()) };
        let bounded = match bounds {
            Bounds::Both => true,
            Bounds::Left => !right,
            Bounds::Right => right,
            Bounds::Neither => false,
        };
        match from {
            _ if !bounded => {}
            Operand::Column { node: from, .. } => self.classes.bound(node, from),
            Operand::Scope => self.classes.bound(node, SCOPE),
            Operand::OtherValue => return Err(OtherValue),
        }
        Ok(())
    }

    /// Walks the queries inside of an expression; each is a level of its own.
    pub(super) fn subqueries(&mut self, part: &impl Visit) -> Result<(), Refused> {
        struct Top<'w, 'a> {
            walk: &'w mut Walk<'a>,
            depth: usize,
        }
        impl Visitor for Top<'_, '_> {
            type Break = Refused;
            fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Refused> {
                self.depth += 1;
                match self.depth {
                    // What lies deeper is walked with it.
                    1 => match self.walk.query(query) {
                        Ok(_) => ControlFlow::Continue(()),
                        Err(refused) => ControlFlow::Break(refused),
                    },
                    _ => ControlFlow::Continue(()),
                }
            }
            fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Refused> {
                self.depth -= 1;
                ControlFlow::Continue(())
            }
        }
        match part.visit(&mut Top { walk: self, depth: 0 }) {
            ControlFlow::Break(refused) => Err(refused),
            ControlFlow::Continue(()) => Ok(()),
        }
    }
}
