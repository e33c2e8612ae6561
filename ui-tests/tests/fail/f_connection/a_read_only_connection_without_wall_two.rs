// attack: F01
//~ E0277 TEN0011
//~ E0277 TEN0011
//~ E0277 TEN0011
use tenancy::TenantDb;
use tenancy::db::{Postgres, WallTwo};
use tenancy::prelude::*;

async fn case(db: &TenantDb<Postgres>, proof: &WallTwo, scope: &OrgScope) {
    let _ = (proof, db.scoped_read_only(db, scope).await.is_ok());
}

fn main() {
    let _ = case;
}
