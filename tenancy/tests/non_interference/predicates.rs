//! Random predicates: nests of AND, OR and NOT over a table's columns, for any source that the table stands in.

use super::{Backend, customers, invoices, lines};
use super::{
    BoolExpressionMethods as _, BoxableExpression, ExpressionMethods as _, SelectableExpression,
    TextExpressionMethods as _,
};
use crate::dice::Dice;
use diesel::dsl::not;
use diesel::sql_types::Bool;

pub(super) type Predicate<QS> = Box<dyn BoxableExpression<QS, Backend, SqlType = Bool>>;

/// Leaves joined by AND, OR and NOT.
fn tree<QS: 'static>(dice: &mut Dice, depth: usize, leaf: &mut dyn FnMut(&mut Dice) -> Predicate<QS>) -> Predicate<QS> {
    if depth == 0 || dice.roll(4) == 0 {
        return leaf(dice);
    }
    let left = tree(dice, depth - 1, leaf);
    match dice.roll(5) {
        0 => Box::new(not(left)),
        1 | 2 => Box::new(left.and(tree(dice, depth - 1, leaf))),
        _ => Box::new(left.or(tree(dice, depth - 1, leaf))),
    }
}

pub(super) fn of_customer<QS>(dice: &mut Dice) -> Predicate<QS>
where
    QS: 'static,
    customers::id: SelectableExpression<QS>,
    customers::name: SelectableExpression<QS>,
    customers::parent_id: SelectableExpression<QS>,
{
    tree(dice, 3, &mut |dice| match dice.roll(7) {
        0 => Box::new(customers::id.eq(dice.id())),
        1 => Box::new(customers::id.gt(dice.id())),
        2 => Box::new(customers::id.eq_any(dice.ids())),
        3 => Box::new(customers::name.eq(dice.name())),
        4 => Box::new(customers::name.like("%d%")),
        5 => Box::new(customers::parent_id.is_null()),
        _ => Box::new(customers::parent_id.is_not_null()),
    })
}

pub(super) fn of_invoice<QS>(dice: &mut Dice) -> Predicate<QS>
where
    QS: 'static,
    invoices::id: SelectableExpression<QS>,
    invoices::customer_id: SelectableExpression<QS>,
    invoices::number: SelectableExpression<QS>,
    invoices::amount: SelectableExpression<QS>,
    invoices::currency: SelectableExpression<QS>,
    invoices::memo: SelectableExpression<QS>,
{
    tree(dice, 3, &mut |dice| match dice.roll(9) {
        0 => Box::new(invoices::id.eq(dice.id())),
        1 => Box::new(invoices::id.le(dice.id())),
        2 => Box::new(invoices::customer_id.eq_any(dice.ids())),
        3 => Box::new(invoices::number.ne(dice.id())),
        4 => Box::new(invoices::amount.between(dice.amount(), dice.amount() + 100)),
        5 => Box::new(invoices::amount.ge(invoices::id * 20)),
        6 => Box::new(invoices::currency.eq(dice.currency())),
        7 => Box::new(invoices::memo.is_not_null()),
        _ => Box::new(invoices::memo.is_null()),
    })
}

pub(super) fn of_line<QS>(dice: &mut Dice) -> Predicate<QS>
where
    QS: 'static,
    lines::invoice_id: SelectableExpression<QS>,
    lines::position: SelectableExpression<QS>,
    lines::item: SelectableExpression<QS>,
    lines::quantity: SelectableExpression<QS>,
{
    tree(dice, 2, &mut |dice| match dice.roll(5) {
        0 => Box::new(lines::invoice_id.eq(dice.id())),
        1 => Box::new(lines::position.lt(3)),
        2 => Box::new(lines::item.eq(dice.name())),
        3 => Box::new(lines::quantity.gt(dice.quantity())),
        _ => Box::new(lines::invoice_id.ne_all(dice.ids())),
    })
}
