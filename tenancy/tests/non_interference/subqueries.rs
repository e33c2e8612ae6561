//! Subqueries.

use super::predicates::{of_customer, of_invoice, of_line};
use super::*;
use crate::dice::Dice;
use crate::side::Outcome;
use diesel::dsl::{max, not, sum};

pub(super) async fn member(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let owners = from!(side, invoices::table).filter(of_invoice(dice)).select(invoices::customer_id);
    let query = from!(side, customers::table).into_boxed().filter(customers::id.eq_any(owners));
    let query = if dice.flip() { query.or_filter(of_customer(dice)) } else { query };
    bag!(side, query.select(customers::id) => i32)
}

pub(super) async fn not_member(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let owners = from!(side, invoices::table).into_boxed().filter(of_invoice(dice)).select(invoices::customer_id);
    let query = from!(side, customers::table).filter(customers::id.ne_all(owners));
    bag!(side, query.select(customers::name) => String)
}

pub(super) async fn exists(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let of_it = from!(side, lines::table)
        .filter(lines::invoice_id.eq(invoices::id))
        .filter(lines::quantity.gt(dice.quantity()));
    let there = diesel::dsl::exists(of_it);
    if dice.flip() {
        let query = from!(side, invoices::table).filter(there.or(invoices::amount.eq(dice.amount())));
        return bag!(side, query.select(invoices::id) => i32);
    }
    bag!(side, from!(side, invoices::table).filter(not(there)).select(invoices::id) => i32)
}

pub(super) async fn scalar_selected(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let total = from!(side, lines::table).filter(of_line(dice)).select(sum(lines::quantity)).single_value();
    let query = from!(side, customers::table).filter(of_customer(dice)).select((customers::id, total));
    bag!(side, query => (i32, Option<i64>))
}

pub(super) async fn scalar_compared(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let largest = from!(side, lines::table).filter(of_line(dice)).select(max(lines::quantity)).single_value();
    let query = from!(side, invoices::table).filter((invoices::amount / 50).nullable().le(largest));
    bag!(side, query.select(invoices::id) => i32)
}

pub(super) async fn scalar_ordered(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let name = from!(side, customers::table).filter(customers::id.eq(invoices::customer_id)).select(customers::name);
    let query = from!(side, invoices::table).order((name.single_value().desc(), invoices::id));
    ordered!(side, query.limit(dice.roll(6) as i64).select(invoices::id) => i32)
}

pub(super) async fn three_deep(side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
    let with_lines = from!(side, lines::table).filter(of_line(dice)).select(lines::invoice_id);
    let owners = from!(side, invoices::table).filter(invoices::id.eq_any(with_lines)).select(invoices::customer_id);
    let query = from!(side, customers::table).filter(customers::id.eq_any(owners));
    bag!(side, query.select((customers::id, customers::name)) => (i32, String))
}
