// attack: J01
//~ E0277 PermitFor
use tenancy::query::{PermitFor, WithoutPermit};
use ui_tests::ledger::customer;

struct Mine(customer::Delete);

impl PermitFor<Mine> for WithoutPermit {}

fn case(mine: Mine) {
    let _ = mine.0;
}

fn main() {
    let _ = case;
}
