// attack: G14
//~ E0277 TEN0001
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
    let _ = (scope, invoices::table.filter(invoices::id.eq(1)));
}

fn main() {
    let _ = case;
}
