use tenancy::query::ScopedFrom;
use tenancy::schema::TenantTable;
use tenancy::scope::ScopeKey;
use ui_tests::billing::invoices;

fn case() {
    let _ = invoices::table::__scoped::<()>;
    let _ = None::<(ScopeKey, ScopedFrom<invoices::table>)>;
}

fn main() {
    let _ = case;
}
