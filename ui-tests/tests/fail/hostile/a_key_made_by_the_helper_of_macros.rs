// attack: G13
//~ E0624 ScopedFrom
//~ E0624 ScopeKey
use tenancy::query::ScopedFrom;
use tenancy::schema::TenantTable;
use tenancy::scope::ScopeKey;
use ui_tests::billing::invoices;

fn case() {
    let _ = invoices::table::__scoped::<()>(ScopedFrom::of(ScopeKey::inert()));
}

fn main() {
    let _ = case;
}
