// attack: G13
//~ E0451 -
use tenancy::query::ScopedFrom;
use ui_tests::billing::invoices;

fn case(rows: ScopedFrom<invoices::table>) {
    let _ = invoices::table { rows };
}

fn main() {
    let _ = case;
}
