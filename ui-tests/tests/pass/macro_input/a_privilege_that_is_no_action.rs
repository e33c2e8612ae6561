mod schema {
    tenancy::schema! {
        privileged(notes: delete = ui_tests::ledger::invoice::Delete);
        diesel::table! { notes (id) { id -> Integer, org_id -> Uuid, } }
        diesel::table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }
    }
}

fn main() {
    let _ = schema::notes::id;
}
