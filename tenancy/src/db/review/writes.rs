//! The forms of a write that carry the organization.
//!
//! - `INSERT INTO t [AS name] (org, ..) VALUES (bind, ..), ..` and `INSERT INTO t (org, ..) SELECT bind, ..`
//! - `UPDATE t SET .. WHERE t.org = bind [AND (..)]`, where `..` does not set the organization
//! - `DELETE FROM t WHERE t.org = bind [AND (..)]`
//! - `ON CONFLICT .. DO UPDATE SET .. WHERE t.org = bind [AND (..)]`

use super::found::{Finding, Found};
use super::names::parts;
use super::walk::{Walk, is_bare};
use sqlparser::ast::{
    Assignment, AssignmentTarget, BinaryOperator, Delete, Expr, FromTable, Ident, Insert, ObjectName, OnConflictAction,
    OnInsert, Query, SelectItem, SetExpr, TableFactor, TableObject, TableWithJoins, Update,
};

pub(super) fn update(walk: &mut Walk<'_>, update: &Update) -> Result<(), Found> {
    let Update { update_token: _, optimizer_hints, table, on_cluster, assignments, from, selection, .. } = update;
    let Update { returning: _, output, or, order_by, limit, settings, .. } = update;
    let plain = optimizer_hints.is_empty() && on_cluster.is_none() && from.is_none() && output.is_none();
    if !plain || or.is_some() || !order_by.is_empty() || limit.is_some() || settings.is_some() {
        return Err(Found::form("a clause of UPDATE"));
    }
    if walk.rules.platform {
        return plain_target(walk, table);
    }
    let target = Target::of(walk, table)?;
    sets_no_organization(walk, assignments, &target.column)?;
    target.holds(walk, selection.as_ref())
}

pub(super) fn delete(walk: &mut Walk<'_>, delete: &Delete) -> Result<(), Found> {
    let Delete { delete_token: _, optimizer_hints, tables, from, on_cluster, using, selection, .. } = delete;
    let Delete { returning: _, output, order_by, limit, settings, .. } = delete;
    let plain = optimizer_hints.is_empty() && tables.is_empty() && on_cluster.is_none() && using.is_none();
    if !plain || output.is_some() || !order_by.is_empty() || limit.is_some() || settings.is_some() {
        return Err(Found::form("a clause of DELETE"));
    }
    let FromTable::WithFromKeyword(from) = from else { return Err(Found::form("DELETE without FROM")) };
    let [table] = from.as_slice() else { return Err(Found::form("DELETE from several tables")) };
    if walk.rules.platform {
        return plain_target(walk, table);
    }
    Target::of(walk, table)?.holds(walk, selection.as_ref())
}

/// The target of a write on a platform connection: a declared table of no organization.
fn plain_target(walk: &Walk<'_>, table: &TableWithJoins) -> Result<(), Found> {
    let TableFactor::Table { name, .. } = &table.relation else { return Err(Found::form("the target of a write")) };
    if !table.joins.is_empty() || !is_bare(&table.relation) {
        return Err(Found::form("the target of a write"));
    }
    walk.organization_of(name).map(drop)
}

/// The table that an UPDATE or a DELETE changes.
struct Target<'q> {
    table: &'q TableFactor,
    name: &'q ObjectName,
    alias: Option<&'q Ident>,
    column: String,
}

impl<'q> Target<'q> {
    fn of(walk: &Walk<'_>, table: &'q TableWithJoins) -> Result<Self, Found> {
        let TableFactor::Table { name, alias, .. } = &table.relation else {
            return Err(Found::form("the target of a write"));
        };
        if !table.joins.is_empty() || !is_bare(&table.relation) {
            return Err(Found::form("the target of a write"));
        }
        let column = organization_of(walk, name)?;
        Ok(Self { table: &table.relation, name, alias: alias.as_ref().map(|alias| &alias.name), column })
    }

    /// The condition is `t.org = bind`, or that `AND (..)`, once or several times.
    fn holds(&self, walk: &mut Walk<'_>, condition: Option<&Expr>) -> Result<(), Found> {
        match condition.and_then(|condition| guard(walk, condition, (self.name, self.alias), &self.column)) {
            Some(bind) => {
                walk.places(self.table, bind);
                Ok(())
            }
            None => Err(Found::new(Finding::Unscoped, self.name)),
        }
    }
}

fn guard(
    walk: &Walk<'_>,
    condition: &Expr,
    (name, alias): (&ObjectName, Option<&Ident>),
    column: &str,
) -> Option<usize> {
    let mut first = condition;
    // What a permit says, and what the statement filters, each in parentheses of its own.
    while let Expr::BinaryOp { left, op: BinaryOperator::And, right } = first
        && matches!(**right, Expr::Nested(_))
    {
        first = left;
    }
    walk.bind_of(first, name, alias, column)
}

fn organization_of(walk: &Walk<'_>, name: &ObjectName) -> Result<String, Found> {
    walk.organization_of(name)?.map(str::to_owned).ok_or_else(|| Found::new(Finding::Target, name))
}

fn sets_no_organization(walk: &Walk<'_>, assignments: &[Assignment], column: &str) -> Result<(), Found> {
    let sets = |name: &ObjectName| match parts(name, walk.rules.dialect) {
        // Whatever its case: a name that only looks like the organization's is not worth the question.
        // `org.x` is a field of it.
        Some(parts) => parts.is_empty() || parts.iter().any(|part| part.eq_ignore_ascii_case(column)),
        None => true,
    };
    let names = assignments.iter().flat_map(|assignment| match &assignment.target {
        AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
        AssignmentTarget::Tuple(names) => names,
    });
    match names.into_iter().find(|name| sets(name)) {
        Some(name) => Err(Found::new(Finding::OrganizationSet, name)),
        None => Ok(()),
    }
}

pub(super) fn insert(walk: &mut Walk<'_>, insert: &Insert) -> Result<(), Found> {
    if !is_plain(insert) {
        return Err(Found::form("a clause of INSERT"));
    }
    let TableObject::TableName(name) = &insert.table else { return Err(Found::form("the target of INSERT")) };
    let alias = insert.table_alias.as_ref().map(|alias| &alias.alias);
    if alias.is_some_and(|alias| alias.value.eq_ignore_ascii_case("excluded")) {
        return Err(Found::form("a target that is called like the row beside it"));
    }
    if walk.rules.platform {
        walk.organization_of(name)?;
        walk.understands_a_name();
        return if matches!(insert.on, None | Some(OnInsert::OnConflict(_))) {
            Ok(())
        } else {
            Err(Found::form("ON DUPLICATE KEY"))
        };
    }
    let column = organization_of(walk, name)?;
    walk.understands_a_name();
    let places: Vec<_> = insert
        .columns
        .iter()
        .enumerate()
        .filter(|(_, name)| parts(name, walk.rules.dialect).is_some_and(|parts| parts == [column.as_str()]))
        .map(|(place, _)| place)
        .collect();
    let [place] = places.as_slice() else { return Err(Found::new(Finding::Unscoped, name)) };
    let source = insert.source.as_deref().ok_or_else(|| Found::form("INSERT without rows"))?;
    rows(walk, source, *place).ok_or_else(|| Found::new(Finding::Unscoped, name))?;
    match &insert.on {
        None => Ok(()),
        Some(OnInsert::OnConflict(conflict)) => match &conflict.action {
            OnConflictAction::DoNothing => Ok(()),
            OnConflictAction::DoUpdate(update) => {
                sets_no_organization(walk, &update.assignments, &column)?;
                let bind =
                    update.selection.as_ref().and_then(|condition| guard(walk, condition, (name, alias), &column));
                walk.carries(bind.ok_or_else(|| Found::new(Finding::Unscoped, name))?);
                Ok(())
            }
        },
        Some(_) => Err(Found::form("ON DUPLICATE KEY")),
    }
}

/// Each row has a bind in the organization's place.
fn rows(walk: &mut Walk<'_>, source: &Query, place: usize) -> Option<()> {
    match &*source.body {
        SetExpr::Values(values) => {
            for row in &values.rows {
                let bind = walk.bind(row.get(place)?)?;
                walk.carries(bind);
            }
        }
        SetExpr::Select(select) => {
            let before = select.projection.get(..place)?;
            // A `*` before it would move it.
            let counted =
                |item: &SelectItem| matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. });
            let SelectItem::UnnamedExpr(expr) = select.projection.get(place)? else { return None };
            let bind = walk.bind(expr).filter(|_| before.iter().all(counted))?;
            walk.carries(bind);
        }
        _ => return None,
    }
    Some(())
}

fn is_plain(insert: &Insert) -> bool {
    let Insert { insert_token: _, optimizer_hints, or, ignore, into, table: _, table_alias: _, columns: _, .. } =
        insert;
    let Insert { by_name, overwrite, source: _, assignments, partitioned, after_columns, overriding, .. } = insert;
    let Insert { has_table_keyword, on: _, returning: _, output, replace_into, priority, insert_alias, .. } = insert;
    let Insert { settings, format_clause, multi_table_insert_type, multi_table_into_clauses, .. } = insert;
    let Insert { multi_table_when_clauses, multi_table_else_clause, .. } = insert;
    let flags = *ignore || !*into || *by_name || *overwrite || *has_table_keyword || *replace_into;
    let options = or.is_some() || partitioned.is_some() || overriding.is_some();
    let further = output.is_some() || priority.is_some() || insert_alias.is_some() || settings.is_some();
    let others = format_clause.is_some() || multi_table_insert_type.is_some() || multi_table_else_clause.is_some();
    let lists = optimizer_hints.is_empty() && assignments.is_empty() && after_columns.is_empty();
    let tables = multi_table_into_clauses.is_empty() && multi_table_when_clauses.is_empty();
    !flags && !options && !further && !others && lists && tables
}
