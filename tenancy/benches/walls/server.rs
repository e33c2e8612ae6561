//! The same table three times: without row-level security, unsealed, sealed.

use crate::support::walled::Walled;
use diesel::QueryableByName;
use tenancy::OrgId;
use tenancy::db::{Postgres, TenantDb};
use tenancy_rls::Level;
use tenancy_testkit::TestKit;
use uuid::Uuid;

pub mod schema {
    tenancy::schema! {
        diesel::table! { invoices (org_id, id) { org_id -> Uuid, id -> Integer, number -> Text, cents -> BigInt, } }
    }
}

const TABLE: &str =
    "CREATE TABLE invoices (org_id uuid NOT NULL, id int NOT NULL, number text NOT NULL, cents bigint NOT NULL,
                     PRIMARY KEY (org_id, id));
    INSERT INTO invoices SELECT ('00000000-0000-0000-0000-' || lpad(org::text, 12, '0'))::uuid, id, 'n' || id, id
      FROM generate_series(1, 100) org, generate_series(1, 600) id";

pub const ORG: OrgId = OrgId::new(Uuid::from_u128(0x42));

pub struct Servers {
    pub kit: TestKit,
    pub bare: Walled,
    pub unsealed: Walled,
    pub sealed: Walled,
}

impl Servers {
    pub async fn new() -> Servers {
        let make = || Walled::bare(schema::schema_manifest(), &[TABLE]);
        let (bare, unsealed, sealed) = (make(), make(), make());
        unsealed.build(&unsealed.options.clone().level(Level::Unsealed)).await;
        sealed.build(&sealed.options.clone()).await;
        for wall in [&bare, &unsealed, &sealed] {
            wall.db.psql("VACUUM ANALYZE invoices");
        }
        Servers { kit: TestKit::new(), bare, unsealed, sealed }
    }

    pub fn plain_url(&self) -> &str {
        self.bare.db.url()
    }

    pub fn walled(&self, level: Level, url: impl Into<tenancy::db::DatabaseUrl>, elide: bool) -> TenantDb<Postgres> {
        let db = TenantDb::postgres(url, self.kit.authority()).schema(schema::schema_manifest()).pool_size(1);
        let db = match level {
            Level::Unsealed => db.unsealed(),
            Level::Sealed => db.sealed(self.sealed.sealer()).expect("the URL names a database"),
        };
        let db = if elide { db.sync_elision() } else { db };
        db.build().expect("a pool")
    }

    pub fn plain(&self, url: impl Into<tenancy::db::DatabaseUrl>) -> TenantDb<Postgres> {
        TenantDb::postgres(url, self.kit.authority())
            .schema(schema::schema_manifest())
            .pool_size(1)
            .build()
            .expect("a pool")
    }
}

#[derive(QueryableByName)]
pub struct Session {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub pid: i32,
}
