//! Every shape by its number.

use super::{Side, aggregates, joins, reads, set_operations, subqueries, upserts, writes};
use crate::dice::Dice;
use crate::side::Outcome;

macro_rules! shapes {
    ($($module:ident::$shape:ident),* $(,)?) => {
        #[allow(dead_code, reason = "one side is asked for the list")]
        pub(crate) const NAMES: &[&str] = &[$(concat!(stringify!($module), "::", stringify!($shape))),*];

        pub(crate) async fn run(name: &str, side: &mut Side<'_>, dice: &mut Dice) -> Outcome {
            match name {
                $(concat!(stringify!($module), "::", stringify!($shape)) => Box::pin($module::$shape(side, dice)).await,)*
                other => unreachable!("{other} is no shape"),
            }
        }
    };
}

shapes! {
    reads::customers_by_predicate, reads::invoices_by_predicate, reads::or_filters, reads::found, reads::found_line,
    reads::page, reads::distinct,
    aggregates::totals, aggregates::groups, aggregates::having, aggregates::window, aggregates::groups_of_a_join,
    joins::inner, joins::left, joins::anti, joins::on, joins::left_on, joins::three, joins::nested, joins::global_right,
    joins::global_left, joins::to_oneself, joins::table_and_alias,
    subqueries::member, subqueries::not_member, subqueries::exists, subqueries::scalar_selected,
    subqueries::scalar_compared, subqueries::scalar_ordered, subqueries::three_deep,
    set_operations::of_ids, set_operations::of_rows, set_operations::in_a_subquery, set_operations::of_joins,
    writes::insert, writes::insert_batch, writes::insert_batch_returning, writes::insert_selected, writes::insert_selected_join, writes::update,
    writes::update_either, writes::update_found, writes::update_by_subquery, writes::update_returning, writes::delete,
    writes::delete_by_subquery, writes::delete_returning, writes::delete_customers,
    upserts::do_nothing, upserts::do_nothing_on_key, upserts::do_update, upserts::do_update_filtered,
    upserts::do_update_on_two_columns, upserts::do_update_selected,
}
