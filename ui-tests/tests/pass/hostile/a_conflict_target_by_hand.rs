use tenancy::query::ConflictTarget;
use ui_tests::billing::invoices;

struct Mine;
struct How;

fn _needs(_: impl ConflictTarget<invoices::table, How>) {}

fn case() {
    let _ = (Mine, How);
}

fn main() {
    let _ = case;
}
