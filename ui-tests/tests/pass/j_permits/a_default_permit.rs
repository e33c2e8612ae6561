use tenancy::permit::Permit;
use ui_tests::ledger::invoice;

fn case() {
    let _: Option<Permit<'_, invoice::Delete>> = Default::default();
}

fn main() {
    let _ = case;
}
