//! ON CONFLICT.

use super::predicates::of_invoice;
use super::writes::new_invoice;
use super::*;
use crate::dice::Dice;
use crate::side::Outcome;
use diesel::upsert::excluded;

pub(super) async fn do_nothing(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let rows: Vec<_> = (0..=dice.roll(2)).map(|_| new_invoice(dice)).collect();
    batch_counted!(side, insert_into!(side, invoices::table).values(rows).on_conflict_do_nothing())
}

pub(super) async fn do_nothing_on_key(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let statement = insert_into!(side, invoices::table).values(new_invoice(dice));
    let statement = statement.on_conflict(key!(invoices, number)).do_nothing();
    bag!(side, statement.returning(invoices::id) => i32)
}

pub(super) async fn do_update(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let statement = insert_into!(side, invoices::table).values(new_invoice(dice)).on_conflict(key!(invoices, id));
    let statement = statement
        .do_update()
        .set((invoices::amount.eq(invoices::amount + excluded(invoices::amount)), invoices::memo.eq(dice.memo())));
    bag!(side, statement.returning((invoices::id, invoices::amount)) => (i32, i32))
}

pub(super) async fn do_update_filtered(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let statement = insert_into!(side, invoices::table).values(new_invoice(dice)).on_conflict(key!(invoices, number));
    let statement = statement.do_update().set(invoices::currency.eq(dice.currency()));
    let filter = invoices::amount.gt(dice.amount()).or(invoices::customer_id.eq(dice.id()));
    let statement = filter_conflict!(statement, filter);
    counted!(side, statement)
}

pub(super) async fn do_update_on_two_columns(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let values = (
        lines::invoice_id.eq(dice.id()),
        lines::position.eq(dice.quantity()),
        lines::item.eq(dice.name()),
        lines::quantity.eq(dice.quantity()),
    );
    let statement = insert_into!(side, lines::table).values(values).on_conflict(key!(lines, invoice_id, position));
    counted!(side, statement.do_update().set(lines::quantity.eq(lines::quantity + 1)))
}

pub(super) async fn do_update_selected(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let source = from!(side, invoices::table).filter(of_invoice(dice)).filter(invoices::number.gt(dice.id()));
    let source = source.select((invoices::number, invoices::currency));
    let statement = insert_into!(side, customers::table).values(source).into_columns((customers::id, customers::name));
    let statement = statement.on_conflict(key!(customers, id)).do_update();
    counted!(side, statement.set(customers::name.eq(excluded(customers::name))))
}
