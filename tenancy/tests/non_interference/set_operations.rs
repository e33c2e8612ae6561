//! Unions, meets and differences. The arms are boxed: an erased predicate belongs to one source, and the question whether
//! an arm is scoped is asked beside another.

use super::predicates::{of_customer, of_invoice};
use super::*;
use crate::dice::Dice;
use crate::side::Outcome;

pub(super) async fn of_ids(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let left = from!(side, customers::table).select(customers::id).into_boxed().filter(of_customer(dice));
    let right = from!(side, invoices::table).select(invoices::customer_id).into_boxed().filter(of_invoice(dice));
    match dice.roll(4) {
        0 => bag!(side, left.union(right) => i32),
        1 => bag!(side, left.union_all(right) => i32),
        2 => bag!(side, left.intersect(right) => i32),
        _ => bag!(side, left.except(right) => i32),
    }
}

pub(super) async fn of_rows(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let or = customers::name.eq(dice.name()).or(customers::id.gt(dice.id()));
    let names = from!(side, customers::table).filter(or).select((customers::id, customers::name));
    let items = from!(side, lines::table).filter(lines::quantity.ne(dice.quantity()));
    let items = items.select((lines::invoice_id, lines::item));
    match dice.roll(3) {
        0 => bag!(side, names.except(items) => (i32, String)),
        1 => bag!(side, items.except(names) => (i32, String)),
        _ => bag!(side, items.intersect(names) => (i32, String)),
    }
}

pub(super) async fn in_a_subquery(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let left = from!(side, lines::table).filter(lines::quantity.gt(dice.quantity())).select(lines::invoice_id);
    let right = from!(side, customers::table).filter(customers::name.ne(dice.name())).select(customers::id);
    let query = from!(side, invoices::table);
    if dice.flip() {
        return bag!(side, query.filter(invoices::id.eq_any(left.union(right))).select(invoices::id) => i32);
    }
    bag!(side, query.filter(invoices::id.eq_any(left.except(right))).select(invoices::id) => i32)
}

pub(super) async fn of_joins(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let left = from!(side, invoices::table).inner_join(from!(side, customers::table)).select(invoices::id);
    let left = left.filter(customers::name.eq(dice.name()).or(invoices::amount.gt(dice.amount())));
    let right = from!(side, invoices::table).left_join(from!(side, lines::table)).select(invoices::id);
    let right = right.filter(lines::quantity.lt(dice.quantity()).or(lines::position.is_null()));
    if dice.flip() { bag!(side, left.union_all(right) => i32) } else { bag!(side, right.except(left) => i32) }
}
