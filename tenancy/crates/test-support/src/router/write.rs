//! Writes: the target is bound by its WHERE, a new row by the value in its place.

use super::Refused;
use super::classes::{Node, SCOPE};
use super::parts::{Operand, folded, last, value};
use super::walk::{Bounds, Walk};
use sqlparser::ast::{
    Assignment, AssignmentTarget, ConflictTarget, Delete, Expr, FromTable, Insert, ObjectName, OnConflict,
    OnConflictAction, OnInsert, Query, SetExpr, TableObject, TableWithJoins, Update, UpdateTableFromKind,
};
use tenancy::schema::DeclaredTable;

impl Walk<'_> {
    pub(super) fn update(&mut self, update: &Update) -> Result<(), Refused> {
        let mut tables = vec![&update.table];
        match &update.from {
            None => {}
            Some(UpdateTableFromKind::AfterSet(from)) => tables.extend(from),
            Some(_) => return Err(Refused::Unknown("FROM before SET")),
        }
        self.filtered(&tables, update.selection.as_ref())?;
        let target = tables.first().map(|table| &table.relation);
        let Some(sqlparser::ast::TableFactor::Table { name, .. }) = target else {
            return Err(Refused::Unknown("this target of UPDATE"));
        };
        self.assignments(name, &update.assignments)?;
        self.subqueries(&update.returning)
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<(), Refused> {
        let FromTable::WithFromKeyword(from) = &delete.from else {
            return Err(Refused::Unknown("DELETE without FROM"));
        };
        if !delete.tables.is_empty() {
            return Err(Refused::Unknown("a list of targets"));
        }
        let tables: Vec<_> = from.iter().chain(delete.using.iter().flatten()).collect();
        self.filtered(&tables, delete.selection.as_ref())?;
        self.subqueries(&delete.returning)
    }

    fn filtered(&mut self, tables: &[&TableWithJoins], condition: Option<&Expr>) -> Result<(), Refused> {
        let mut sources = Vec::new();
        for table in tables {
            sources.extend(self.joined(table)?);
        }
        match condition {
            Some(condition) => self.condition(condition, (&sources, &[]), Bounds::Both),
            None => Ok(()),
        }
    }

    /// The organization is never set: its row would have to move to another node.
    fn assignments(&mut self, table: &ObjectName, assignments: &[Assignment]) -> Result<(), Refused> {
        let organization = self.find(table).and_then(|table| table.organization.as_ref());
        for Assignment { target, value } in assignments {
            let columns = match target {
                AssignmentTarget::ColumnName(column) => std::slice::from_ref(column),
                AssignmentTarget::Tuple(columns) => columns,
            };
            if columns.iter().filter_map(last).any(|column| Some(&column) == organization) {
                return Err(Refused::OrganizationSet(last(table).unwrap_or_default()));
            }
            self.subqueries(value)?;
        }
        Ok(())
    }

    pub(super) fn insert(&mut self, insert: &Insert) -> Result<(), Refused> {
        let TableObject::TableName(name) = &insert.table else {
            return Err(Refused::Unknown("this target of INSERT"));
        };
        let table = self.declared(name)?;
        let organization = self.organization(table)?;
        let place = organization.and_then(|(column, node)| {
            let place = insert.columns.iter().position(|name| last(name).as_ref() == Some(&column));
            Some((place?, node))
        });
        match &insert.source {
            Some(source) => self.rows(source, place)?,
            None => return Err(Refused::Unscoped(table.name.clone())),
        }
        match &insert.on {
            None => {}
            Some(OnInsert::OnConflict(conflict)) => self.conflict(name, table, conflict)?,
            Some(_) => return Err(Refused::Unknown("ON DUPLICATE KEY")),
        }
        self.subqueries(&insert.returning)
    }

    /// The new rows, whose organization stands at `place`.
    fn rows(&mut self, source: &Query, place: Option<(usize, Node)>) -> Result<(), Refused> {
        if let SetExpr::Values(values) = &*source.body {
            self.subqueries(values)?;
            if let Some((place, node)) = place {
                let stamped = |row: &Vec<Expr>| {
                    row.get(place).is_some_and(|cell| value(cell, self.carries) == Some(Operand::Scope))
                };
                if values.rows.iter().all(|row| stamped(row)) {
                    self.classes.bound(node, SCOPE);
                }
            }
            return Ok(());
        }
        let output = self.query(source)?;
        if let Some((place, node)) = place {
            match output.items.get(place) {
                Some(Some(Operand::Scope)) => self.classes.bound(node, SCOPE),
                Some(Some(Operand::Column { node: from, .. })) => self.classes.bound(node, *from),
                _ => {}
            }
        }
        Ok(())
    }

    fn conflict(&mut self, name: &ObjectName, table: &DeclaredTable, conflict: &OnConflict) -> Result<(), Refused> {
        let target = match &conflict.conflict_target {
            // Whatever key it is: on a distributed table every unique key holds the organization.
            None => true,
            Some(ConflictTarget::Columns { columns, predicate: None }) => {
                columns.iter().any(|column| table.organization.as_ref() == Some(&folded(column)))
            }
            Some(_) => false,
        };
        if !target && table.organization.is_some() {
            return Err(Refused::ConflictTarget(table.name.clone()));
        }
        if let OnConflictAction::DoUpdate(update) = &conflict.action {
            self.assignments(name, &update.assignments)?;
            if let Some(condition) = &update.selection {
                self.subqueries(condition)?;
            }
        }
        Ok(())
    }
}
