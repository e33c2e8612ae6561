use tenancy::permit::Permit;
use ui_tests::ledger::invoice;

fn case(permit: Permit<'_, invoice::Delete>) {
    let _ = (permit, invoice::Delete(2));
}

fn main() {
    let _ = case;
}
