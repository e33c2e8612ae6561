// attack: A02
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use diesel::query_builder::AsQuery;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = AsQuery::as_query(invoices::table);
}

fn main() {
    let _ = case;
}
