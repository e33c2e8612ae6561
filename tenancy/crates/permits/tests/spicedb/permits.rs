//! From the check to the statement: permits that SpiceDB answered for.

use crate::world::{A, B, PATIENCE, World};
use tenancy::db::TenantDb;
use tenancy::permit::{Denied, PermitAuthority, subject_id};
use tenancy::prelude::*;
use tenancy::scope::OrgId;
use tenancy_testkit::{TestKit, grant};

#[expect(unreachable_pub, reason = "`schema!` names the action in what it makes public")]
mod actions {
    pub mod invoice {
        pub struct Delete(pub i32);
        impl tenancy::permit::Action for Delete {
            type Level = tenancy::permit::OrganizationLevel;
            type Object = tenancy::permit::Row<i32>;
            const OBJECT_TYPE: &'static str = "invoice";
            const PERMISSION: &'static str = "own";
            fn object(&self) -> Self::Object {
                tenancy::permit::Row(self.0)
            }
        }
    }
}
use actions::invoice;

tenancy::schema! {
    privileged(invoices: delete = invoice::Delete);

    diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, } }
    diesel::table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_between_the_answer_and_the_statement_leaves_it_without_rows() {
    let world = World::on_postgres().await;
    let database = world.database.as_ref().expect("PostgreSQL");
    database.psql("CREATE TABLE invoices (id integer PRIMARY KEY, org_id uuid NOT NULL)");
    for id in 1..=4 {
        let owner = if id == 4 { B } else { A };
        database.psql(&format!("INSERT INTO invoices VALUES ({id}, '{owner}')"));
    }
    let kit = TestKit::new();
    let permits = PermitAuthority::new(world.engine.clone()).engine_timeout(PATIENCE);
    let db = TenantDb::postgres(database.url(), kit.authority()).schema(schema_manifest());
    let db = db.permits(&permits).build().expect("a pool");
    let alice = subject_id(&grant(OrgId::new(A)).subject);
    let author = |id| format!("invoice:{id}#author@user:{alice}");
    world.give(Some(A), &[&author(1), &author(2), &author(4)]).await;
    world.give(Some(B), &[&author(3)]).await;

    let scope = kit.scope(OrgId::new(A));
    let mut conn = db.scoped(&scope).await.expect("a connection");
    let permit = permits.require(&scope, invoice::Delete(1)).await.expect("SpiceDB says yes");
    assert_eq!(scope.delete(invoices::table).permitted(permit).execute(&mut conn).await, Ok(1));
    let permit = permits.require(&scope, invoice::Delete(2)).await.expect("SpiceDB says yes");
    world.revoke(Some(A), &author(2)).await;
    world.drain().await;
    assert_eq!(scope.delete(invoices::table).permitted(permit).execute(&mut conn).await, Ok(0));
    // Of what the other organization has stored, and of what is revoked.
    for id in [2, 3] {
        let denied = permits.require(&scope, invoice::Delete(id)).await;
        assert!(matches!(denied, Err(Denied::NotPermitted)), "{id}");
    }
    // The other organization's row is none of this scope.
    let permit = permits.require(&scope, invoice::Delete(4)).await.expect("SpiceDB says yes");
    assert_eq!(scope.delete(invoices::table).permitted(permit).execute(&mut conn).await, Ok(0));
    assert_eq!(database.psql("SELECT count(*) FROM invoices").trim(), "3");
    assert_eq!(world.engine.counts().by_database, 0);
}
