// attack: G13
//~ E0451 -
use tenancy::scope::ScopeKey;
use ui_tests::billing::invoices;

fn case(key: ScopeKey) {
    let _ = invoices::table { key };
}

fn main() {
    let _ = case;
}
