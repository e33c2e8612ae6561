//! Joins.

use super::predicates::{of_customer, of_invoice, of_line};
use super::*;
use crate::dice::Dice;
use crate::side::Outcome;

pub(super) async fn inner(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, invoices::table).inner_join(from!(side, customers::table));
    let mut query = query.select((invoices::id, customers::id, customers::name)).into_boxed();
    for _ in 0..dice.roll(3) {
        query = match dice.roll(4) {
            0 => query.filter(of_invoice(dice)),
            1 => query.or_filter(of_invoice(dice)),
            2 => query.filter(of_customer(dice)),
            _ => query.or_filter(of_customer(dice)),
        };
    }
    bag!(side, query => (i32, i32, String))
}

pub(super) async fn left(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, customers::table).left_join(from!(side, invoices::table));
    let mut query = query.select((customers::id, invoices::id.nullable(), invoices::memo.nullable())).into_boxed();
    if dice.flip() {
        query = query.filter(of_customer(dice));
    }
    query = match dice.roll(4) {
        0 => query.or_filter(invoices::amount.gt(dice.amount())),
        1 => query.filter(invoices::currency.ne(dice.currency())),
        2 => query.or_filter(invoices::id.is_null()),
        _ => query,
    };
    bag!(side, query => (i32, Option<i32>, Option<String>))
}

pub(super) async fn anti(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, invoices::table).left_join(from!(side, lines::table)).filter(lines::position.is_null());
    bag!(side, query.filter(of_invoice(dice)).select(invoices::id) => i32)
}

pub(super) async fn on(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let always = customers::id.gt(0).or(invoices::amount.lt(dice.amount()));
    if dice.flip() {
        let query = from!(side, invoices::table).inner_join(from!(side, customers::table).on(always));
        return bag!(side, query.filter(of_customer(dice)).select((invoices::id, customers::id)) => (i32, i32));
    }
    let unequal = invoices::customer_id.ne(customers::id).and(customers::name.eq(dice.name()));
    let query = from!(side, invoices::table).inner_join(from!(side, customers::table).on(unequal));
    bag!(side, query.count() => i64)
}

pub(super) async fn left_on(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let on = lines::position.eq(customers::id).or(lines::item.eq(customers::name));
    let query = from!(side, customers::table).left_join(from!(side, lines::table).on(on)).filter(of_customer(dice));
    bag!(side, query.select((customers::id, lines::item.nullable())) => (i32, Option<String>))
}

pub(super) async fn three(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, invoices::table).inner_join(from!(side, customers::table));
    let query = query.inner_join(from!(side, lines::table)).filter(of_line(dice).or(of_customer(dice)));
    bag!(side, query.select((customers::name, invoices::number, lines::item)) => (String, i32, String))
}

pub(super) async fn nested(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let inner = from!(side, invoices::table).left_join(from!(side, lines::table)).inner_join(currencies::table);
    let query = from!(side, customers::table).inner_join(inner).filter(currencies::code.ne(dice.currency()));
    bag!(side, query.select((customers::id, invoices::id, lines::item.nullable())) => (i32, i32, Option<String>))
}

pub(super) async fn global_right(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = from!(side, invoices::table).inner_join(currencies::table).filter(of_invoice(dice));
    bag!(side, query.select((invoices::id, currencies::label)) => (i32, String))
}

pub(super) async fn global_left(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let query = currencies::table.left_join(from!(side, invoices::table)).filter(currencies::code.ne(dice.currency()));
    bag!(side, query.select((currencies::label, invoices::id.nullable())) => (String, Option<i32>))
}

pub(super) async fn to_oneself(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let (child, parent) = alias!(customers as child, customers as parent);
    let (child, parent) = (from!(side, child), from!(side, parent));
    let on = child.field(customers::parent_id).eq(parent.field(customers::id).nullable());
    let names = (child.field(customers::name), parent.field(customers::name).nullable());
    let after = child.field(customers::id).gt(dice.id());
    if dice.flip() {
        let query =
            child.inner_join(JoinOnDsl::on(parent, on)).filter(after.or(parent.field(customers::id).lt(dice.id())));
        return bag!(side, query.select(names) => (String, Option<String>));
    }
    bag!(side, child.left_join(JoinOnDsl::on(parent, on)).filter(after).select(names) => (String, Option<String>))
}

pub(super) async fn table_and_alias(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let twin = from!(side, alias!(invoices as twin));
    let on = twin.field(invoices::amount).eq(invoices::amount).and(twin.field(invoices::id).ne(invoices::id));
    let query = from!(side, invoices::table).inner_join(JoinOnDsl::on(twin, on));
    let query = query.filter(invoices::number.gt(dice.id()));
    bag!(side, query.select((invoices::id, twin.field(invoices::id))) => (i32, i32))
}
