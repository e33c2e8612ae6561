//! Types that the database defines, and arrays.

use crate::armed::support::walled::Walled;
use crate::armed::world::A;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{IsNull, Output, ToSql};
use diesel::{deserialize, serialize};
use std::io::Write as _;
use tenancy::prelude::*;
use tenancy_testkit::TestKit;

#[derive(diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(name = "mood"))]
pub struct MoodType;

#[derive(Debug, Clone, Copy, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = MoodType)]
pub enum Mood {
    Calm,
    Cross,
}

impl ToSql<MoodType, Pg> for Mood {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(if *self == Self::Calm { b"calm" } else { b"cross" })?;
        Ok(IsNull::No)
    }
}

impl FromSql<MoodType, Pg> for Mood {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes() {
            b"calm" => Ok(Self::Calm),
            b"cross" => Ok(Self::Cross),
            _ => Err("no mood".into()),
        }
    }
}

tenancy::schema! {
    diesel::table! {
        use diesel::sql_types::*;
        use super::MoodType;

        letters (org_id, id) {
            org_id -> Uuid,
            id -> Integer,
            mood -> Nullable<MoodType>,
            moods -> Array<MoodType>,
            tags -> Array<Text>,
        }
    }
}

const TYPE: &str = "CREATE TYPE mood AS ENUM ('calm', 'cross')";
const TABLE: &str =
    "CREATE TABLE letters (org_id uuid NOT NULL, id int NOT NULL, mood mood, moods mood[] NOT NULL DEFAULT '{}',
                     tags text[] NOT NULL DEFAULT '{}', PRIMARY KEY (org_id, id))";

type Row = (i32, Option<Mood>, Vec<Mood>, Vec<String>);

#[tokio::test(flavor = "multi_thread")]
async fn they_are_bound_read_and_inserted_often() {
    let kit = TestKit::new();
    let wall = Walled::built(schema_manifest(), &[TYPE, TABLE]).await;
    let db = wall.tenant_db(kit.authority()).pool_size(1).build().expect("a pool");
    let a = kit.scope(A);
    let mut conn = db.scoped(&a).await.expect("a connection");
    let one = (
        letters::id.eq(1),
        letters::mood.eq(Some(Mood::Cross)),
        letters::moods.eq(vec![Mood::Calm, Mood::Cross]),
        letters::tags.eq(vec!["x", "y"]),
    );
    a.insert_into(letters::table).values(one).execute(&mut conn).await.expect("one row");
    // A type of the database's own in an array a column, NULL among the values.
    let some = (2..=4).map(|id| (letters::id.eq(id), letters::mood.eq((id != 3).then_some(Mood::Calm))));
    assert_eq!(a.insert_many(letters::table, some).execute(&mut conn).await, Ok(3));
    // Columns that are arrays themselves go another way.
    let arrays =
        (5..=6).map(|id| (letters::id.eq(id), letters::moods.eq(vec![Mood::Cross; 2]), letters::tags.eq(vec!["z"])));
    assert_eq!(a.insert_many(letters::table, arrays).execute(&mut conn).await, Ok(2));
    for time in ["first", "second"] {
        let all = a.from(letters::table).order(letters::id);
        let all = all.select((letters::id, letters::mood, letters::moods, letters::tags)).load::<Row>(&mut conn).await;
        let text = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
        let expected = vec![
            (1, Some(Mood::Cross), vec![Mood::Calm, Mood::Cross], text(&["x", "y"])),
            (2, Some(Mood::Calm), vec![], vec![]),
            (3, None, vec![], vec![]),
            (4, Some(Mood::Calm), vec![], vec![]),
            (5, None, vec![Mood::Cross; 2], text(&["z"])),
            (6, None, vec![Mood::Cross; 2], text(&["z"])),
        ];
        assert_eq!(all, Ok(expected), "{time} time");
    }
    let calm = a.from(letters::table).filter(letters::mood.eq(Mood::Calm)).count();
    assert_eq!(calm.get_result::<i64>(&mut conn).await, Ok(2));
}

/// A connection knows the types that there were when it was opened; the next one knows the new ones.
#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_came_later_costs_one_attempt() {
    let kit = TestKit::new();
    let wall = Walled::built(schema_manifest(), &[TYPE, TABLE]).await;
    wall.db.psql("ALTER TYPE mood RENAME TO not_yet");
    let db = wall.tenant_db(kit.authority()).pool_size(1).build().expect("a pool");
    let a = kit.scope(A);
    let letter = |id| (letters::id.eq(id), letters::mood.eq(Some(Mood::Calm)));
    let mut conn = db.scoped(&a).await.expect("a connection");
    let unknown =
        a.insert_into(letters::table).values(letter(1)).execute(&mut conn).await.expect_err("there is no such type");
    assert!(unknown.to_string().contains("mood"), "{unknown}");
    wall.db.psql("ALTER TYPE not_yet RENAME TO mood");
    drop(conn);
    let mut conn = db.scoped(&a).await.expect("a connection");
    assert_eq!(a.insert_into(letters::table).values(letter(1)).execute(&mut conn).await, Ok(1));
}
