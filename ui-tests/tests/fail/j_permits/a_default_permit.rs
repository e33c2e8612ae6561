// attack: J03
//~ E0277 Permit
use tenancy::permit::Permit;
use ui_tests::ledger::invoice;

fn case() {
    let _: Permit<'_, invoice::Delete> = Default::default();
}

fn main() {
    let _ = case;
}
