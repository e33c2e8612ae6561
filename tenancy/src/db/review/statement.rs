//! The review of one statement: what it writes, then the walk over all of it.

use super::found::{Finding, Found};
use super::rules::Rules;
use super::walk::Walk;
use super::writes;
use sqlparser::ast::{Statement, Visit as _};
use std::ops::ControlFlow;

/// The binds of a statement, by their places, that must be the scope's organization.
pub(super) fn places(statement: &Statement, rules: &Rules) -> Result<Vec<usize>, Found> {
    let mut walk = Walk::of(statement, rules);
    match statement {
        Statement::Query(_) => {}
        Statement::Insert(insert) => writes::insert(&mut walk, insert)?,
        Statement::Update(update) => writes::update(&mut walk, update)?,
        Statement::Delete(delete) => writes::delete(&mut walk, delete)?,
        _ => return Err(Found::new(Finding::Kind, "another kind of statement")),
    }
    if let ControlFlow::Break(found) = statement.visit(&mut walk) {
        return Err(*found);
    }
    walk.finish()
}
