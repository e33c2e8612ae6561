//! The test kit's database on PostgreSQL: both walls, in one call.

use crate::application::support::pg::OwnServer;
use diesel_async::AsyncConnection as _;
use tenancy::OrgId;
use tenancy::prelude::*;
use tenancy_testkit::TestKit;
use uuid::Uuid;

tenancy::schema! {
    diesel::table! { notes (org_id, id) { org_id -> Uuid, id -> Integer, body -> Text, } }
}

const TABLE: &str =
    "CREATE TABLE notes (org_id uuid NOT NULL, id int NOT NULL, body text NOT NULL, PRIMARY KEY (org_id, id))";

const A: OrgId = OrgId::new(Uuid::from_u128(0xA));
const B: OrgId = OrgId::new(Uuid::from_u128(0xB));

#[tokio::test(flavor = "multi_thread")]
async fn a_test_has_both_walls_in_one_call() {
    let (server, kit) = (OwnServer::start(), TestKit::new());
    let database = kit.postgres(server.url(), schema_manifest(), &[TABLE]).await;
    let db = database.tenant_db(&kit).build().expect("a pool");
    for org in [A, B] {
        let scope = kit.scope(org);
        let mut conn = db.scoped(&scope).await.expect("a connection");
        let row = (notes::id.eq(1), notes::body.eq(org.to_string()));
        scope.insert_into(notes::table).values(row).execute(&mut conn).await.expect("a row");
        let bodies = scope.from(notes::table).select(notes::body).load::<String>(&mut conn).await;
        assert_eq!(bodies.expect("rows"), [org.to_string()]);
    }

    // The second wall: the service's role, without a scope, sees nothing.
    #[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "what a stolen password gives")]
    let mut stolen = diesel_async::AsyncPgConnection::establish(database.url()).await.expect("the role logs in");
    #[expect(clippy::disallowed_methods, reason = "what a stolen password gives")]
    let seen = diesel::sql_query("SELECT body FROM notes");
    let seen = diesel_async::RunQueryDsl::execute(seen, &mut stolen).await;
    assert!(seen.expect_err("refused").to_string().contains("scope"));
    drop((db, stolen));

    let name = database.url().rsplit('/').next().expect("a name").to_owned();
    database.remove().await;
    let left = server.psql(&format!("SELECT datname FROM pg_database WHERE datname = '{name}' UNION SELECT rolname FROM pg_roles WHERE rolname LIKE '%{name}'"));
    assert_eq!(left, "", "nothing is left on the server");
}
