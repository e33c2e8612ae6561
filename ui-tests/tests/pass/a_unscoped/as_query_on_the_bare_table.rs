use tenancy::prelude::*;
use diesel::query_builder::AsQuery;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = AsQuery::as_query(scope.from(invoices::table));
}

fn main() {
    let _ = case;
}
