// attack: J03
//~ E0451 Permit
use tenancy::permit::Permit;
use ui_tests::ledger::invoice;

fn case(permit: Permit<'_, invoice::Delete>) {
    let _ = Permit { action: invoice::Delete(2), ..permit };
}

fn main() {
    let _ = case;
}
