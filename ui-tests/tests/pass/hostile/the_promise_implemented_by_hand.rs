use tenancy::NeedsOrgScope;
use tenancy::query::NamesAnOrganization;
use ui_tests::billing::invoices;

struct Mine;

fn _needs<T: NamesAnOrganization<invoices::table>>() {}

fn case() {
    let _ = (Mine, None::<NeedsOrgScope<invoices::table>>);
}

fn main() {
    let _ = case;
}
