//! Two organizations behind both walls.

use crate::armed::support::walled::Walled;
use std::time::Duration;
use tenancy::OrgId;
use tenancy::db::{BothWalls, Postgres, TenantDb, TenantDbBuilder};
use tenancy::prelude::*;
use tenancy_testkit::TestKit;
use tokio::sync::OnceCell;
use uuid::Uuid;

pub(crate) type Db = Postgres;

tenancy::schema! {
    diesel::table! {
        invoices (org_id, id) {
            org_id -> Uuid,
            id -> Integer,
            number -> Text,
            cents -> BigInt,
        }
    }
}

pub(crate) const TABLES: &str = "
    CREATE TABLE invoices (org_id uuid NOT NULL, id int NOT NULL, number text NOT NULL, cents bigint NOT NULL DEFAULT 0,
                           PRIMARY KEY (org_id, id), UNIQUE (org_id, number));
    INSERT INTO invoices SELECT ('00000000-0000-0000-0000-00000000000' || org)::uuid, id, org || '-' || id, id * 100
      FROM unnest(ARRAY['a', 'b']) org, generate_series(1, 20) id;
";

pub(crate) const A: OrgId = OrgId::new(Uuid::from_u128(0xA));
pub(crate) const B: OrgId = OrgId::new(Uuid::from_u128(0xB));

#[derive(Insertable)]
#[diesel(table_name = invoices)]
pub(crate) struct NewInvoice {
    pub(crate) id: i32,
    pub(crate) number: String,
}

pub(crate) fn new(id: i32) -> NewInvoice {
    NewInvoice { id, number: format!("new-{id}") }
}

pub(crate) struct World {
    pub(crate) kit: TestKit,
    pub(crate) wall: Walled,
    /// What `TenantDbBuilder::sync_elision` is set to.
    sync_elision: bool,
}

static TEMPLATE: OnceCell<Walled> = OnceCell::const_new();

impl World {
    pub(crate) async fn new() -> World {
        let wall = Walled::copy(&TEMPLATE, schema_manifest(), &[TABLES]).await;
        World { kit: TestKit::new(), wall, sync_elision: false }
    }

    /// One world with the default pipeline, and one with `sync_elision`.
    pub(crate) async fn with_each_pipeline() -> [World; 2] {
        [World::new().await, World { sync_elision: true, ..World::new().await }]
    }

    /// With this world's pipeline.
    pub(crate) fn pipelined(&self, db: TenantDbBuilder<Db, BothWalls>) -> TenantDbBuilder<Db, BothWalls> {
        if self.sync_elision { db.sync_elision() } else { db }
    }

    fn build(&self, db: TenantDbBuilder<Db, BothWalls>) -> TenantDb<Db> {
        self.pipelined(db.pool_size(1)).build().expect("a pool")
    }

    /// One connection, so that whoever comes next gets what the last one left.
    pub(crate) fn db(&self) -> TenantDb<Db> {
        self.build(self.wall.tenant_db(self.kit.authority()))
    }

    /// The same without the review of texts, for what wall two holds alone.
    pub(crate) fn db_without_review(&self) -> TenantDb<Db> {
        let db = self.wall.tenant_db(self.kit.authority()).without_statement_review("wall two is tried alone");
        self.build(db)
    }

    /// The same through a proxy, or a pooler.
    pub(crate) fn db_at(&self, url: &str) -> TenantDbBuilder<Db, BothWalls> {
        let db = TenantDb::postgres(url, self.kit.authority()).schema(schema_manifest()).pool_size(1);
        let db = db.connect_timeout(Duration::from_secs(20)).sealed(self.wall.sealer());
        self.pipelined(db.expect("the URL names a database"))
    }

    pub(crate) fn a(&self) -> OrgScope {
        self.kit.scope(A)
    }

    pub(crate) fn b(&self) -> OrgScope {
        self.kit.scope(B)
    }

    /// The rows of an organization, seen from behind the walls.
    pub(crate) fn rows_of(&self, org: OrgId) -> String {
        self.wall.db.psql(&format!(
            "SELECT string_agg(id || ' ' || number, ',' ORDER BY id) FROM invoices WHERE org_id = '{org}'"
        ))
    }
}

/// What a connection shows of the whole table to raw SQL.
#[derive(diesel::QueryableByName, Debug, PartialEq)]
pub(crate) struct Seen {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub(crate) rows: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub(crate) organizations: i64,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub(crate) session: i32,
}

pub(crate) const SEEN: &str =
    "SELECT count(*) AS rows, count(DISTINCT org_id) AS organizations, pg_backend_pid() AS session FROM invoices";
