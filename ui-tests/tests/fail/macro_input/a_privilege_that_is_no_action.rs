// attack: J09
//~ E0277 TEN0026
mod schema {
    tenancy::schema! {
        privileged(notes: delete = String);
        diesel::table! { notes (id) { id -> Integer, org_id -> Uuid, } }
        diesel::table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }
    }
}

fn main() {
    let _ = schema::notes::id;
}
