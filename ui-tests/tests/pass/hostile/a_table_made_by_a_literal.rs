use tenancy::scope::ScopeKey;
use ui_tests::billing::invoices;

fn case(key: ScopeKey) {
    let _: (ScopeKey, Option<invoices::table>) = (key, None);
}

fn main() {
    let _ = case;
}
