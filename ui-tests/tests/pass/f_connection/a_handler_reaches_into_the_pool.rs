use tenancy::TenantDb;
use tenancy::db::Postgres;
use tenancy::prelude::*;

fn case(scope: &OrgScope, db: &TenantDb<Postgres>) {
    let _ = db.scoped(scope);
}

fn main() {
    let _ = case;
}
