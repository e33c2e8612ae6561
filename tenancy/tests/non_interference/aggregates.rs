//! Aggregates, groups and windows.

use super::predicates::{of_invoice, of_line};
use super::*;
use crate::dice::Dice;
use crate::side::Outcome;
use diesel::dsl::{count, count_star, max, min, sum};
#[allow(unused_imports, reason = "one side's prelude has them, the other's has not")]
use diesel::expression_methods::{AggregateExpressionMethods as _, WindowExpressionMethods as _};

pub(super) async fn totals(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    match dice.roll(3) {
        0 => bag!(side, from!(side, invoices::table).filter(of_invoice(dice)).count() => i64),
        1 => {
            let query = from!(side, invoices::table).filter(of_invoice(dice));
            let query = query.select((sum(invoices::amount), min(invoices::id), count(invoices::memo)));
            bag!(side, query => (Option<i64>, Option<i32>, i64))
        }
        _ => {
            let distinct = count(lines::item).aggregate_distinct();
            let query = from!(side, lines::table).filter(of_line(dice)).select((max(lines::quantity), distinct));
            bag!(side, query => (Option<i32>, i64))
        }
    }
}

pub(super) async fn groups(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, invoices::table).filter(of_invoice(dice));
    let query = query.group_by((invoices::customer_id, invoices::currency));
    let query = query.select((invoices::customer_id, invoices::currency, sum(invoices::amount), count_star()));
    bag!(side, query => (i32, String, Option<i64>, i64))
}

pub(super) async fn having(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, lines::table).group_by(lines::item).having(count_star().gt(i64::from(dice.quantity())));
    bag!(side, query.select((lines::item, max(lines::quantity))) => (String, Option<i32>))
}

pub(super) async fn window(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let running = sum(invoices::amount).over().partition_by(invoices::currency).window_order(invoices::id);
    let query = from!(side, invoices::table).filter(of_invoice(dice)).select((invoices::id, running));
    ordered!(side, query.order(invoices::id) => (i32, Option<i64>))
}

pub(super) async fn groups_of_a_join(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, customers::table).left_join(from!(side, invoices::table));
    let query = query.group_by(customers::id).having(count(invoices::id.nullable()).ge(i64::from(dice.quantity())));
    bag!(side, query.select((customers::id, sum(invoices::amount.nullable()))) => (i32, Option<i64>))
}
