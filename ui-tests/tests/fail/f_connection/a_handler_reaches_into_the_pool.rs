// attack: F12
//~ E0616 TenantDb
use tenancy::TenantDb;
use tenancy::db::Postgres;
use tenancy::prelude::*;

fn case(scope: &OrgScope, db: &TenantDb<Postgres>) {
    let _ = (scope, &db.pool);
}

fn main() {
    let _ = case;
}
