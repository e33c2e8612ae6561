// attack: G12
//~ E0277 -
use tenancy::NeedsOrgScope;
use tenancy::query::NamesAnOrganization;
use ui_tests::billing::invoices;

struct Mine;

impl NamesAnOrganization<invoices::table> for Mine {}

fn case() {
    let _ = (Mine, None::<NeedsOrgScope<invoices::table>>);
}

fn main() {
    let _ = case;
}
