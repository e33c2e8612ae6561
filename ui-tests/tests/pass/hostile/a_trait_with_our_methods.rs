use tenancy::NeedsOrgScope;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

trait Shadow: Sized {
    fn filter<P>(self, _: P) -> Self {
        self
    }
}

impl<T> Shadow for NeedsOrgScope<T> {}

fn case(scope: &OrgScope) {
    let _ = (scope, Shadow::filter(invoices::table, invoices::id.eq(1)));
}

fn main() {
    let _ = case;
}
