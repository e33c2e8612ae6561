// attack: F12
use tenancy::TenantDb;
use tenancy::db::Postgres;
use tenancy::prelude::*;

fn case(scope: &OrgScope, db: &TenantDb<Postgres>) {
    let _ = (scope, db.get());
}

fn main() {
    let _ = case;
}
