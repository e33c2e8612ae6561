// attack: G12 E27
//~ E0277 TEN0008
use tenancy::query::ConflictTarget;
use ui_tests::billing::invoices;

struct Mine;
struct How;

impl ConflictTarget<invoices::table, How> for Mine {}

fn case() {
    let _ = (Mine, How);
}

fn main() {
    let _ = case;
}
