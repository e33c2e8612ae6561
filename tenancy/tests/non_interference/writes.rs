//! Inserts, updates and deletes. Keys are drawn from few, so that conflicts are common.

use super::predicates::{of_customer, of_invoice, of_line};
use super::*;
use crate::dice::Dice;
use crate::side::Outcome;
use diesel::dsl::max;

type NewInvoice = (
    diesel::dsl::Eq<invoices::id, i32>,
    diesel::dsl::Eq<invoices::customer_id, i32>,
    diesel::dsl::Eq<invoices::number, i32>,
    diesel::dsl::Eq<invoices::amount, i32>,
    diesel::dsl::Eq<invoices::currency, &'static str>,
    diesel::dsl::Eq<invoices::memo, Option<&'static str>>,
);

pub(super) fn new_invoice(dice: &mut Dice) -> NewInvoice {
    (
        invoices::id.eq(dice.id()),
        invoices::customer_id.eq(dice.id()),
        invoices::number.eq(dice.id()),
        invoices::amount.eq(dice.amount()),
        invoices::currency.eq(dice.currency()),
        invoices::memo.eq(dice.memo()),
    )
}

pub(super) async fn insert(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    if dice.flip() {
        return counted!(side, insert_into!(side, invoices::table).values(new_invoice(dice)));
    }
    let parent = dice.flip().then(|| dice.id());
    let values = (customers::id.eq(dice.id()), customers::name.eq(dice.name()), customers::parent_id.eq(parent));
    let statement = insert_into!(side, customers::table).values(values);
    bag!(side, statement.returning((customers::id, customers::name)) => (i32, String))
}

pub(super) async fn insert_batch(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let rows = (0..=dice.roll(3)).map(|_| {
        let key = (lines::invoice_id.eq(dice.id()), lines::position.eq(dice.id()));
        (key, lines::item.eq(dice.name()), lines::quantity.eq(dice.quantity()))
    });
    let rows: Vec<_> = rows.collect();
    let statement = insert_into!(side, lines::table).values(rows);
    batch_counted!(side, statement)
}

pub(super) async fn insert_batch_returning(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let row = |dice: &mut Dice| {
        let key = (customers::id.eq(dice.id()), customers::name.eq(dice.name()));
        (key, customers::parent_id.eq(dice.flip().then(|| dice.id())))
    };
    let rows: Vec<_> = (0..=dice.roll(3)).map(|_| row(dice)).collect();
    batch!(side, customers::table, rows, |insert| insert.returning((customers::id, customers::parent_id)) => (i32, Option<i32>))
}

pub(super) async fn insert_selected(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let source = from!(side, customers::table).filter(of_customer(dice));
    let source = source.select((customers::id + dice.id(), customers::name, customers::id.nullable()));
    let columns = (customers::id, customers::name, customers::parent_id);
    counted!(side, insert_into!(side, customers::table).values(source).into_columns(columns))
}

pub(super) async fn insert_selected_join(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let source = from!(side, invoices::table).inner_join(from!(side, customers::table)).filter(of_invoice(dice));
    let source = source.select((invoices::id, customers::id + dice.id(), customers::name, invoices::amount / 50));
    let columns = (lines::invoice_id, lines::position, lines::item, lines::quantity);
    let statement = insert_into!(side, lines::table).values(source).into_columns(columns);
    bag!(side, statement.returning((lines::invoice_id, lines::position, lines::item)) => (i32, i32, String))
}

pub(super) async fn update(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let filter = of_invoice(dice);
    let statement = update!(side, invoices::table).filter(filter);
    match dice.roll(4) {
        0 => counted!(side, statement.set(invoices::amount.eq(dice.amount()))),
        1 => counted!(side, statement.set(invoices::amount.eq(invoices::amount + invoices::id))),
        2 => counted!(side, statement.set((invoices::memo.eq(dice.memo()), invoices::currency.eq(dice.currency())))),
        _ => counted!(side, statement.set(invoices::customer_id.eq(dice.id()))),
    }
}

pub(super) async fn update_either(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let statement = either!(update!(side, customers::table), of_customer(dice), of_customer(dice));
    counted!(side, statement.set((customers::name.eq(dice.name()), customers::parent_id.eq(Some(dice.id())))))
}

pub(super) async fn update_found(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let (id, number) = (dice.id(), dice.id());
    let statement = update!(side, invoices::table).filter(invoices::id.eq(id)).set(invoices::number.eq(number));
    bag!(side, statement.returning((invoices::id, invoices::number)) => (i32, i32))
}

pub(super) async fn update_by_subquery(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let largest = from!(side, lines::table).filter(of_line(dice)).select(max(lines::quantity)).single_value();
    let owners = from!(side, customers::table).filter(of_customer(dice)).select(customers::id);
    let statement = update!(side, invoices::table).filter(invoices::customer_id.eq_any(owners));
    counted!(side, statement.set(invoices::amount.eq(largest.assume_not_null())))
}

pub(super) async fn update_returning(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let filter = of_line(dice);
    let statement = update!(side, lines::table).filter(filter).set(lines::quantity.eq(dice.quantity()));
    bag!(side, statement.returning((lines::invoice_id, lines::position, lines::quantity)) => (i32, i32, i32))
}

pub(super) async fn delete(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    if dice.flip() {
        // Few of the lines at once, so that there is something left to read.
        let filter = of_line(dice).and(lines::position.eq(1 + dice.roll(4) as i32));
        return counted!(side, delete!(side, lines::table).filter(filter));
    }
    let statement = delete!(side, invoices::table).filter(invoices::id.eq(dice.id()));
    counted!(side, statement.or_filter(of_invoice(dice).and(invoices::number.eq(dice.id()))))
}

pub(super) async fn delete_by_subquery(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let late = from!(side, invoices::table).filter(of_invoice(dice)).select(invoices::id);
    let statement = delete!(side, lines::table)
        .filter(lines::position.eq(1 + dice.roll(4) as i32))
        .filter(lines::invoice_id.eq_any(late));
    counted!(side, statement)
}

pub(super) async fn delete_returning(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let statement = delete!(side, invoices::table).filter(invoices::amount.eq(dice.amount())).filter(of_invoice(dice));
    bag!(side, statement.returning((invoices::id, invoices::memo)) => (i32, Option<String>))
}

pub(super) async fn delete_customers(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    // Fails alike where an invoice is left.
    counted!(side, delete!(side, customers::table).filter(customers::id.eq(dice.id())))
}
