use tenancy::query::{PermitFor, WithoutPermit};
use ui_tests::ledger::customer;

struct Mine(customer::Delete);

fn needs<P: PermitFor<tenancy::query::Unprivileged>>() {}

fn case(mine: Mine) {
    needs::<WithoutPermit>();
    let _ = mine.0;
}

fn main() {
    let _ = case;
}
