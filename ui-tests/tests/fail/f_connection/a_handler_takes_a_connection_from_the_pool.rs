// attack: F12
//~ E0599 TenantDb
use tenancy::TenantDb;
use tenancy::db::Postgres;
use tenancy::prelude::*;

fn case(scope: &OrgScope, db: &TenantDb<Postgres>) {
    let _ = (scope, db.get());
}

fn main() {
    let _ = case;
}
