//! One table: predicates, keys, pages.

use super::predicates::{of_customer, of_invoice};
use super::*;
use crate::dice::Dice;
use crate::side::Outcome;

pub(super) async fn customers_by_predicate(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let mut query = from!(side, customers::table).into_boxed().filter(of_customer(dice));
    query = match dice.roll(3) {
        0 => query.filter(customers::parent_id.eq(dice.id())),
        1 => query.or_filter(customers::parent_id.eq(customers::id.nullable())),
        _ => query,
    };
    bag!(side, query.select((customers::id, customers::name, customers::parent_id)) => (i32, String, Option<i32>))
}

pub(super) async fn invoices_by_predicate(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let mut query = from!(side, invoices::table).into_boxed();
    for _ in 0..=dice.roll(2) {
        query = query.filter(of_invoice(dice));
    }
    bag!(side, query.select((invoices::id, invoices::amount, invoices::memo)) => (i32, i32, Option<String>))
}

pub(super) async fn or_filters(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let mut query = from!(side, invoices::table).select(invoices::id).into_boxed();
    for _ in 0..=dice.roll(3) {
        query = match dice.roll(4) {
            0 => query.or_filter(invoices::memo.eq(dice.memo())),
            1 => query.filter(of_invoice(dice)),
            _ => query.or_filter(of_invoice(dice)),
        };
    }
    bag!(side, query => i32)
}

pub(super) async fn found(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, invoices::table).find(dice.id());
    bag!(side, query.select((invoices::number, invoices::currency)) => (i32, String))
}

pub(super) async fn found_line(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, lines::table).find((dice.id(), 1 + dice.roll(4) as i32));
    bag!(side, query.select((lines::item, lines::quantity)) => (String, i32))
}

pub(super) async fn page(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let mut query = from!(side, invoices::table).select((invoices::amount, invoices::id)).into_boxed();
    if dice.flip() {
        query = query.filter(of_invoice(dice));
    }
    query = match dice.roll(3) {
        0 => query.order((invoices::amount.desc(), invoices::id)),
        1 => query.order(invoices::number).then_order_by(invoices::id.desc()),
        _ => query.order(invoices::id),
    };
    let query = query.limit(dice.roll(5) as i64).offset(dice.roll(4) as i64);
    ordered!(side, query => (i32, i32))
}

pub(super) async fn distinct(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    if dice.flip() {
        let query = from!(side, invoices::table).select((invoices::currency, invoices::memo)).distinct();
        return bag!(side, query.filter(of_invoice(dice)) => (String, Option<String>));
    }
    bag!(side, from!(side, lines::table).select(lines::item).distinct() => String)
}
