//! What `diesel print-schema` of diesel 1 wrote: SQL types without `QueryId`. Statements with them run.

use crate::application::support::pg::Database;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use std::io::Write as _;
use tenancy::OrgId;
use tenancy::db::TenantDb;
use tenancy::prelude::*;
use tenancy_testkit::TestKit;
use uuid::Uuid;

tenancy::schema! {
    pub mod sql_types {
        #[derive(diesel::sql_types::SqlType)]
        #[diesel(postgres_type(name = "mood"))]
        pub struct Mood;
    }
    diesel::table! {
        use diesel::sql_types::*;
        use super::sql_types::Mood;
        people (org_id, id) { org_id -> Uuid, id -> Integer, mood -> Mood, }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Mood)]
struct Happy;

impl ToSql<sql_types::Mood, Pg> for Happy {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(b"happy")?;
        Ok(IsNull::No)
    }
}

impl FromSql<sql_types::Mood, Pg> for Happy {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        if value.as_bytes() == b"happy" { Ok(Self) } else { Err("another mood".into()) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_with_a_sql_type_without_query_id_run() {
    let (database, kit) = (Database::create(), TestKit::new());
    database.psql(
        "CREATE TYPE mood AS ENUM ('happy', 'sad');
         CREATE TABLE people (org_id uuid NOT NULL, id int NOT NULL, mood mood NOT NULL, PRIMARY KEY (org_id, id))",
    );
    let db = TenantDb::postgres(database.url(), kit.authority()).schema(schema_manifest()).build().expect("a pool");
    let scope = kit.scope(OrgId::new(Uuid::from_u128(0xA)));
    let mut conn = db.scoped(&scope).await.expect("a connection");
    let row = |id: i32| (people::id.eq(id), people::mood.eq(Happy));
    scope.insert_into(people::table).values(row(1)).execute(&mut conn).await.expect("one row");
    scope.insert_into(people::table).values(vec![row(2), row(3)]).execute(&mut conn).await.expect("rows");
    scope.insert_many(people::table, (4..=6).map(row)).execute(&mut conn).await.expect("many rows");
    scope
        .update(people::table)
        .filter(people::id.eq(1))
        .set(people::mood.eq(Happy))
        .execute(&mut conn)
        .await
        .expect("a change");
    let happy = scope.from(people::table).filter(people::mood.eq(Happy)).select(people::mood);
    assert_eq!(happy.load::<Happy>(&mut conn).await.expect("rows"), [Happy; 6]);
}
