// attack: A02
//~ E0277 TEN0001
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::query_builder::AsQuery;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = AsQuery::as_query(invoices::table);
}

fn main() {
    let _ = case;
}
