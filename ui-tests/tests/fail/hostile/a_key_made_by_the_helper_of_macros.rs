// attack: G13
//~ E0624 ScopeKey
use tenancy::schema::TenantTable;
use tenancy::scope::ScopeKey;
use ui_tests::billing::invoices;

fn case() {
    let _ = invoices::table::__scoped::<()>(ScopeKey::inert());
}

fn main() {
    let _ = case;
}
