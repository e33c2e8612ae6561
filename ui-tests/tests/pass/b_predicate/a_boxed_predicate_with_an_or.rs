use tenancy::prelude::*;
use diesel::pg::Pg;
use diesel::sql_types::{Bool, Nullable};
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    type Predicate = Box<dyn BoxableExpression<invoices::table, Pg, SqlType = Nullable<Bool>>>;
    let any: Predicate = Box::new(invoices::amount.gt(0).or(invoices::amount.le(0)).nullable());
    let _ = scope.from(invoices::table).filter(any);
}

fn main() {
    let _ = case;
}
