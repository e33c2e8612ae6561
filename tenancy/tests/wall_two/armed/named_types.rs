//! Types that are looked up by name: built-in ones, composites, domains, types of other schemas, and names that two schemas have.

use crate::armed::support::walled::Walled;
use crate::armed::world::{A, B};
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::dsl::{int4range, jsonb_set_lax};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{IsNull, Output, ToSql, WriteTuple};
use diesel::sql_types::{Array, Integer, NullValueTreatment, Nullable, RangeBound, Record, Text};
use diesel::{deserialize, serialize};
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::ops::Bound;
use tenancy::db::TenantDb;
use tenancy::prelude::*;
use tenancy_testkit::TestKit;

/// A SQL type that is known by its name, and what is stored as it.
macro_rules! named {
    ($($ty:ident($name:literal $(, $schema:literal)?) = $value:ident($inner:ty), $how:expr;)*) => {$(
        #[derive(diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
        #[diesel(postgres_type(name = $name $(, schema = $schema)?))]
        pub struct $ty;

        #[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow)]
        #[diesel(sql_type = $ty)]
        pub struct $value(pub $inner);

        impl ToSql<$ty, Pg> for $value {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                let write: fn(&$inner, &mut Output<'_, '_, Pg>) -> serialize::Result = $how;
                write(&self.0, &mut out.reborrow())
            }
        }
    )*};
}

fn text(value: &String, out: &mut Output<'_, '_, Pg>) -> serialize::Result {
    out.write_all(value.as_bytes())?;
    Ok(IsNull::No)
}

fn price(value: &(i32, String), out: &mut Output<'_, '_, Pg>) -> serialize::Result {
    WriteTuple::<(Integer, Text)>::write_tuple(value, &mut out.reborrow())
}

fn tags(value: &Vec<String>, out: &mut Output<'_, '_, Pg>) -> serialize::Result {
    ToSql::<Array<Text>, Pg>::to_sql(value, &mut out.reborrow())
}

named! {
    XmlType("xml") = Xml(String), text;
    PriceType("price") = Price((i32, String)), price;
    FixedPriceType("fixed_price") = FixedPrice((i32, String)), price;
    TagsType("tags") = Tags(Vec<String>), tags;
    GradeType("grade", "shop") = Grade(String), text;
    BoxType("box") = Side(f64), |side, out| {
        [side, side, &0.0, &0.0].into_iter().try_for_each(|at| out.write_all(&at.to_be_bytes()))?;
        Ok(IsNull::No)
    };
}

impl FromSql<PriceType, Pg> for Price {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<Record<(Integer, Text)>, Pg>::from_sql(value).map(Price)
    }
}

tenancy::schema! {
    diesel::table! {
        use diesel::sql_types::*;
        use super::{BoxType, FixedPriceType, GradeType, PriceType, TagsType, XmlType};

        parcels (org_id, id) {
            org_id -> Uuid,
            id -> Integer,
            price -> Nullable<PriceType>,
            fixed -> Nullable<FixedPriceType>,
            prices -> Nullable<Array<PriceType>>,
            label -> Nullable<XmlType>,
            labels -> Nullable<Array<XmlType>>,
            size -> Nullable<BoxType>,
            tags -> Nullable<TagsType>,
            grade -> Nullable<GradeType>,
            days -> Nullable<Int4range>,
            data -> Nullable<Jsonb>,
        }
    }
}

const SETUP: &[&str] = &[
    "CREATE SCHEMA shop",
    "CREATE TYPE shop.grade AS ENUM ('good', 'fair')",
    "CREATE TYPE price AS (cents int, currency text)",
    "CREATE DOMAIN fixed_price AS price CHECK ((VALUE).cents > 0)",
    "CREATE DOMAIN tags AS text[]",
    "CREATE TABLE parcels (org_id uuid NOT NULL, id int NOT NULL, price price, fixed fixed_price, prices price[], label xml,
         labels xml[], size box, tags tags, grade shop.grade, days int4range, data jsonb, PRIMARY KEY (org_id, id))",
    "GRANT USAGE ON SCHEMA shop TO PUBLIC",
];

struct World {
    kit: TestKit,
    wall: Walled,
    db: TenantDb<crate::armed::world::Db>,
}

impl World {
    async fn new() -> Self {
        let kit = TestKit::new();
        let wall = Walled::built(schema_manifest(), SETUP).await;
        let db = wall.tenant_db(kit.authority()).pool_size(1).build().expect("a pool");
        let world = Self { kit, wall, db };
        let b = world.kit.scope(B);
        let of_b = (
            parcels::id.eq(1),
            parcels::price.eq(Some(euros(999))),
            parcels::days.eq(Some((Bound::<i32>::Unbounded, Bound::Unbounded))),
        );
        let insert = b.insert_into(parcels::table).values(of_b);
        insert.execute(&mut world.db.scoped(&b).await.expect("a connection")).await.expect("a row of B");
        world
    }

    /// The server's sessions that this service has had.
    fn sessions(&self) -> usize {
        self.db.pool_status().open
    }

    fn of_a(&self, what: &str) -> String {
        self.wall
            .db
            .psql(&format!("SELECT string_agg(({what})::text, ' ' ORDER BY id) FROM parcels WHERE org_id = '{A}'"))
    }
}

fn euros(cents: i32) -> Price {
    Price((cents, "EUR".to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn built_in_types_are_found_by_name() {
    let world = World::new().await;
    let a = world.kit.scope(A);
    let mut conn = world.db.scoped(&a).await.expect("a connection");
    let label = |text: &str| Xml(format!("<{text}/>"));
    let row = (
        parcels::id.eq(1),
        parcels::label.eq(Some(label("one"))),
        parcels::labels.eq(Some(vec![label("a"), label("b")])),
        parcels::size.eq(Some(Side(2.0))),
        parcels::tags.eq(Some(Tags(vec!["x".to_owned()]))),
        parcels::grade.eq(Some(Grade("fair".to_owned()))),
        parcels::days.eq(Some((Bound::Included(1), Bound::Excluded(4)))),
    );
    assert_eq!(a.insert_into(parcels::table).values(row).execute(&mut conn).await, Ok(1));
    // Its bound is a type that diesel knows by the name `text` only.
    let days = int4range(
        Some(1).into_sql::<Nullable<Integer>>(),
        Some(3).into_sql::<Nullable<Integer>>(),
        RangeBound::LowerBoundInclusiveUpperBoundInclusive,
    );
    let same = a.from(parcels::table).filter(parcels::days.eq(days.nullable())).select(parcels::id);
    assert_eq!(same.load::<i32>(&mut conn).await, Ok(vec![1]));
    let path = vec!["a"].into_sql::<Array<Text>>();
    let unset = jsonb_set_lax(parcels::data, path, parcels::data, true, NullValueTreatment::DeleteKey);
    let without = a.from(parcels::table).filter(unset.is_null()).count();
    assert_eq!(without.get_result::<i64>(&mut conn).await, Ok(1));
    drop(conn);
    assert_eq!(world.sessions(), 1, "no connection was thrown away");
    assert_eq!(world.of_a("label"), "<one/>");
    assert_eq!(world.of_a("labels, size, tags, grade, days"), r#"("{<a/>,<b/>}","(2,2),(0,0)",{x},fair,"[1,4)")"#);
}

/// An array of a composite, and of a domain over one, is taken apart by `unnest`.
#[tokio::test(flavor = "multi_thread")]
async fn many_rows_with_composites_are_inserted() {
    let world = World::new().await;
    let a = world.kit.scope(A);
    let mut conn = world.db.scoped(&a).await.expect("a connection");
    let rows = (1..=3).map(|id| {
        let fixed = FixedPrice((id, "CHF".to_owned()));
        (
            parcels::id.eq(id),
            parcels::price.eq((id != 2).then(|| euros(id * 100))),
            parcels::fixed.eq(Some(fixed)),
            parcels::prices.eq(Some(vec![euros(id), euros(0)])),
            parcels::label.eq(Some(Xml("<l/>".to_owned()))),
        )
    });
    assert_eq!(a.insert_many(parcels::table, rows).execute(&mut conn).await, Ok(3));
    // Domains over arrays, built-in types and types of other schemas go as an array a column.
    let rows = (4..=5).map(|id| {
        let (tags, grade) = (Tags(vec!["x".to_owned(), "y".to_owned()]), Grade("good".to_owned()));
        (
            parcels::id.eq(id),
            parcels::tags.eq(Some(tags)),
            parcels::size.eq(Some(Side(1.0))),
            parcels::grade.eq(Some(grade)),
        )
    });
    assert_eq!(a.insert_many(parcels::table, rows).execute(&mut conn).await, Ok(2));
    let prices =
        a.from(parcels::table).order(parcels::id).select(parcels::price).load::<Option<Price>>(&mut conn).await;
    assert_eq!(prices, Ok(vec![Some(euros(100)), None, Some(euros(300)), None, None]));
    assert_eq!(world.of_a("fixed"), "(1,CHF) (2,CHF) (3,CHF)");
    assert_eq!(world.of_a("prices[1]"), "(1,EUR) (2,EUR) (3,EUR)");
    assert_eq!(world.of_a("tags[1] || grade::text"), "xgood xgood");
    assert_eq!(world.wall.db.psql(&format!("SELECT count(*) FROM parcels WHERE org_id = '{B}'")), "1");
}

/// More values than one statement takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_of_composites_is_divided() {
    let world = World::new().await;
    let a = world.kit.scope(A);
    let mut conn = world.db.scoped(&a).await.expect("a connection");
    let rows = (1..=22_000).map(|id| (parcels::id.eq(id), parcels::price.eq(Some(euros(id)))));
    let insert = a.insert_many(parcels::table, rows).chunk_size(NonZeroUsize::MAX);
    assert_eq!(insert.execute(&mut conn).await, Ok(22_000));
    assert_eq!(a.from(parcels::table).count().get_result::<i64>(&mut conn).await, Ok(22_000));
}

/// A bare name that the search path gives to another schema than `pg_catalog` is refused, and so is one that does not exist;
/// both leave the connection in the pool, which sees what was mended.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_hides_a_built_in_type_is_refused() {
    let world = World::new().await;
    let (name, app) = (&world.wall.name, &world.wall.options.app_role);
    world.wall.db.psql("CREATE TYPE shop.xml AS ENUM ('<theirs/>'); ALTER TYPE shop.grade RENAME TO mark");
    world.wall.db.psql(&format!("ALTER ROLE \"{app}\" IN DATABASE {name} SET search_path = shop, pg_catalog, public"));
    let db = world.wall.tenant_db(world.kit.authority()).pool_size(1).build().expect("a pool");
    let a = world.kit.scope(A);
    let row = |id| {
        a.insert_into(parcels::table).values((parcels::id.eq(id), parcels::label.eq(Some(Xml("<theirs/>".to_owned())))))
    };
    let graded = |id| {
        a.insert_into(parcels::table).values((parcels::id.eq(id), parcels::grade.eq(Some(Grade("good".to_owned())))))
    };
    let mut conn = db.scoped(&a).await.expect("a connection");
    let hidden = row(1).execute(&mut conn).await.expect_err("whose type is it?").to_string();
    assert!(hidden.contains("`shop.xml` hides `pg_catalog.xml`"), "{hidden}");
    let unknown = graded(1).execute(&mut conn).await.expect_err("it has another name").to_string();
    assert!(unknown.contains("`shop`.`grade`"), "{unknown}");
    drop(conn);
    assert_eq!(db.pool_status().open, 1, "no connection was thrown away");
    world.wall.db.psql("ALTER TYPE shop.xml RENAME TO theirs; ALTER TYPE shop.mark RENAME TO grade");
    let mut conn = db.scoped(&a).await.expect("the same connection");
    assert_eq!(row(2).execute(&mut conn).await, Ok(1));
    assert_eq!(graded(3).execute(&mut conn).await, Ok(1));
}

/// A type that was dropped and made again has another number.
#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_was_made_again_costs_one_attempt() {
    let world = World::new().await;
    let a = world.kit.scope(A);
    let graded = |id| {
        a.insert_into(parcels::table).values((parcels::id.eq(id), parcels::grade.eq(Some(Grade("good".to_owned())))))
    };
    for id in [1, 2] {
        let mut conn = world.db.scoped(&a).await.expect("a connection");
        graded(id).execute(&mut conn).await.expect("a row");
    }
    world.wall.db.psql(
        "ALTER TYPE shop.grade RENAME TO old; CREATE TYPE shop.grade AS ENUM ('good');
         ALTER TABLE parcels ALTER grade TYPE shop.grade USING grade::text::shop.grade; DROP TYPE shop.old",
    );
    let mut conn = world.db.scoped(&a).await.expect("a connection");
    graded(3).execute(&mut conn).await.expect_err("the type is gone");
    drop(conn);
    let mut conn = world.db.scoped(&a).await.expect("a connection");
    assert_eq!(graded(3).execute(&mut conn).await, Ok(1));
}
