//! Unions, meets and differences.

use super::predicates::{of_customer, of_invoice};
use super::*;
use crate::dice::Dice;
use crate::side::Outcome;

pub(super) async fn of_ids(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let left = from!(side, customers::table).filter(of_customer(dice)).select(customers::id);
    let right = from!(side, invoices::table).filter(of_invoice(dice)).select(invoices::customer_id);
    match dice.roll(4) {
        0 => bag!(side, left.union(right) => i32),
        1 => bag!(side, left.union_all(right) => i32),
        2 => bag!(side, left.intersect(right) => i32),
        _ => bag!(side, left.except(right) => i32),
    }
}

pub(super) async fn of_rows(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let names = from!(side, customers::table).filter(of_customer(dice)).select((customers::id, customers::name));
    let items = from!(side, lines::table).select((lines::invoice_id, lines::item));
    match dice.roll(3) {
        0 => bag!(side, names.except(items) => (i32, String)),
        1 => bag!(side, items.except(names) => (i32, String)),
        _ => bag!(side, items.intersect(names) => (i32, String)),
    }
}

pub(super) async fn in_a_subquery(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let left = from!(side, lines::table).filter(lines::quantity.gt(dice.quantity())).select(lines::invoice_id);
    // A boxed predicate knows one source, and in a subquery there are two.
    let right = from!(side, customers::table).filter(customers::id.gt(dice.id())).select(customers::id);
    let query = from!(side, invoices::table);
    if dice.flip() {
        return bag!(side, query.filter(invoices::id.eq_any(left.union(right))).select(invoices::id) => i32);
    }
    bag!(side, query.filter(invoices::id.eq_any(left.except(right))).select(invoices::id) => i32)
}

pub(super) async fn of_joins(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let left = from!(side, invoices::table).inner_join(from!(side, customers::table)).filter(of_customer(dice));
    let right = from!(side, invoices::table).left_join(from!(side, lines::table)).filter(of_invoice(dice));
    let (left, right) = (left.select(invoices::id), right.select(invoices::id));
    if dice.flip() { bag!(side, left.union_all(right) => i32) } else { bag!(side, right.except(left) => i32) }
}
