//! Two tables of one name in two SQL schemas, `users` and `auth.users`, with the rows of two organizations: a statement that
//! holds both means the one that it names, in subqueries, joins, on write targets, in upserts and in what is given back.

use crate::surface::billing::{A, B};
use crate::surface::support::pg::Database;
use diesel::connection::SimpleConnection as _;
use diesel::dsl::{exists, not};
use diesel::upsert::excluded;
use tenancy::OrgId;
use tenancy::db::TenantDb;
use tenancy::prelude::*;
use tenancy_testkit::TestKit;
use uuid::Uuid;

tenancy::schema! {
    global(countries, auth::countries);
    platform(auth::operators);

    diesel::table! { users (id) { id -> Integer, org_id -> Uuid, name -> Text, country -> Text, } }
    diesel::table! { countries (code) { code -> Text, } }

    pub mod auth {
        diesel::table! { auth.users (id) { id -> Integer, org_id -> Uuid, name -> Text, country -> Text, } }
        diesel::table! { auth.countries (code) { code -> Text, } }
        diesel::table! { auth.operators (id) { id -> Integer, name -> Text, } }
        diesel::joinable!(users -> countries (country));
        diesel::allow_tables_to_appear_in_same_query!(users, countries);
    }

    diesel::allow_tables_to_appear_in_same_query!(users, countries, auth::users, auth::countries);
}

/// `{o}` is the type of an organization, `{a}` and `{b}` are the two. Nobody of B has an id that A's logins have.
const SETUP: &str = "
    CREATE TABLE users (id integer, org_id {o} NOT NULL, name text NOT NULL, country text NOT NULL, PRIMARY KEY (org_id, id));
    CREATE TABLE countries (code text PRIMARY KEY);
    CREATE TABLE auth.users (id integer, org_id {o} NOT NULL, name text NOT NULL, country text NOT NULL, PRIMARY KEY (org_id, id));
    CREATE TABLE auth.countries (code text PRIMARY KEY);
    CREATE TABLE auth.operators (id integer PRIMARY KEY, name text NOT NULL);
    INSERT INTO countries VALUES ('CH'), ('DE'), ('FR');
    INSERT INTO auth.countries VALUES ('DE');
    INSERT INTO auth.operators VALUES (1, 'Sam'), (2, 'Kim');
    INSERT INTO users VALUES (1, {a}, 'Ada', 'CH'), (2, {a}, 'Bob', 'DE'), (3, {a}, 'Cyd', 'FR'),
        (1, {b}, 'Ada of B', 'DE'), (9, {b}, 'Zoe', 'CH');
    INSERT INTO auth.users VALUES (2, {a}, 'bob', 'DE'), (9, {a}, 'nobody', 'DE'), (1, {b}, 'ada of b', 'DE');
";

/// The statements, once for each database: `$load` gives rows, `$run` their number.
macro_rules! statements {
    ($scope:expr, $conn:expr, $load:ident, $run:ident) => {{
        let (scope, conn) = ($scope, $conn);
        let login_of = || scope.from(auth::users::table).filter(auth::users::id.eq(users::id));
        let user_of = || scope.from(users::table).filter(users::id.eq(auth::users::id));

        // Correlated, from both sides.
        assert_eq!($load!(conn, scope.from(users::table).filter(exists(login_of())).select(users::id) => i32), [2]);
        let logins = scope.from(auth::users::table).filter(not(exists(user_of()))).select(auth::users::name);
        assert_eq!($load!(conn, logins => String), ["nobody"]);
        let names = scope.from(users::table).order(users::id).select(login_of().select(auth::users::name).single_value());
        assert_eq!($load!(conn, names => Option<String>), [None, Some("bob".to_owned()), None]);

        // Joined, and under an alias.
        let joined = scope.from(users::table).inner_join(scope.from(auth::users::table).on(auth::users::id.eq(users::id)));
        let named = joined.filter(auth::users::name.ne(users::name)).select((users::name, auth::users::name));
        assert_eq!($load!(conn, named => (String, String)), [("Bob".to_owned(), "bob".to_owned())]);
        let login = scope.from(tenancy::alias!(auth::users as login));
        let aliased = scope.from(auth::users::table).filter(exists(login.filter(login.field(auth::users::id).gt(auth::users::id))));
        assert_eq!($load!(conn, aliased.select(auth::users::id) => i32), [2]);

        // Tables without an organization.
        let used = countries::table.filter(exists(auth::countries::table.filter(auth::countries::code.eq(countries::code))));
        assert_eq!($load!(conn, used.select(countries::code) => String), ["DE"]);
        let known = scope.from(auth::users::table).inner_join(auth::countries::table).order(auth::users::id);
        assert_eq!($load!(conn, known.select((auth::users::id, auth::countries::code)) => (i32, String)).len(), 2);

        // Written, with the other in the filter, in the values and in what is given back.
        let update = scope.update(auth::users::table).filter(exists(user_of().filter(users::name.eq("Bob"))));
        let new_name = user_of().select(users::name).single_value().assume_not_null();
        let changed = update.set(auth::users::name.eq(new_name)).returning((auth::users::id, auth::users::name));
        assert_eq!($load!(conn, changed => (i32, String)), [(2, "Bob".to_owned())]);
        let row = |id: i32, name: &'static str| {
            (auth::users::id.eq(id), auth::users::name.eq(name), auth::users::country.eq("DE"))
        };
        let inserted = scope.insert_into(auth::users::table).values(row(3, "cyd")).returning(auth::users::id);
        assert_eq!($load!(conn, inserted => i32), [3]);
        let upsert = |id, name| {
            let insert = scope.insert_into(auth::users::table).values(row(id, name));
            let met = insert.on_conflict((auth::users::org_id, auth::users::id)).do_update();
            met.set(auth::users::name.eq(excluded(auth::users::name))).filter(exists(user_of())).returning(auth::users::name)
        };
        assert_eq!($load!(conn, upsert(3, "new") => String), ["new"]);
        assert_eq!($load!(conn, upsert(9, "new") => String), Vec::<String>::new());
        let source = scope.from(users::table).filter(not(exists(login_of()))).select((users::id, users::name, users::country));
        let copied = scope.insert_into(auth::users::table).values(source);
        let into = copied.into_columns((auth::users::id, auth::users::name, auth::users::country));
        assert_eq!($run!(conn, into), 1);
        assert_eq!($run!(conn, scope.delete(auth::users::table).filter(not(exists(user_of())))), 1);
        let gone = scope.delete(auth::users::table).find(1).returning(auth::users::name);
        assert_eq!($load!(conn, gone => String), ["Ada"]);
        assert_eq!($run!(conn, scope.delete(users::table).filter(not(exists(login_of())))), 1);
        assert_eq!($load!(conn, scope.from(users::table).order(users::id).select(users::name) => String), ["Bob", "Cyd"]);
    }};
}

fn setup(organization: &str, literal: impl Fn(Uuid) -> String) -> String {
    let of = |org: u128| literal(Uuid::from_u128(org));
    SETUP.replace("{o}", organization).replace("{a}", &of(A)).replace("{b}", &of(B))
}

// attack: C28
#[tokio::test(flavor = "multi_thread")]
async fn statements_mean_the_table_that_they_name_on_postgres() {
    macro_rules! load {
        ($conn:expr, $query:expr => $row:ty) => {
            $query.load::<$row>($conn).await.expect("rows")
        };
    }
    macro_rules! run {
        ($conn:expr, $query:expr) => {
            $query.execute($conn).await.expect("a write")
        };
    }
    let database = Database::create();
    database.psql(&format!("CREATE SCHEMA auth; {}", setup("uuid", |org| format!("'{org}'"))));
    let (foreign, kit) = (
        "SELECT t::text FROM users t WHERE org_id <> '{a}' UNION ALL SELECT t::text FROM auth.users t WHERE org_id <> '{a}'",
        TestKit::new(),
    );
    let foreign = foreign.replace("{a}", &Uuid::from_u128(A).to_string());
    let before = database.psql(&foreign);
    let db = TenantDb::postgres(database.url(), kit.authority()).schema(schema_manifest());
    let db = db.build().expect("a pool");
    let scope = kit.scope(OrgId::new(Uuid::from_u128(A)));
    let conn = &mut db.scoped(&scope).await.expect("a connection");
    statements!(&scope, &mut *conn, load, run);
    let many = [(users::id.eq(7), users::name.eq("Gil"), users::country.eq("DE"))];
    assert_eq!(scope.insert_many(users::table, many).execute(conn).await, Ok(1));
    let many = [(auth::users::id.eq(7), auth::users::name.eq("gil"), auth::users::country.eq("DE"))];
    assert_eq!(scope.insert_many(auth::users::table, many).execute(conn).await, Ok(1));
    assert_eq!(database.psql(&foreign), before);
}

/// The pool of SQLite attaches nothing, so the statements are run by diesel's own connection.
// attack: C28
#[test]
#[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a connection with a second schema")]
fn statements_mean_the_table_that_they_name_on_sqlite() {
    macro_rules! load {
        ($conn:expr, $query:expr => $row:ty) => {
            diesel::RunQueryDsl::load::<$row>($query, $conn).expect("rows")
        };
    }
    macro_rules! run {
        ($conn:expr, $query:expr) => {
            diesel::RunQueryDsl::execute($query, $conn).expect("a write")
        };
    }
    let mut conn = <diesel::SqliteConnection as diesel::Connection>::establish(":memory:").expect("SQLite opens");
    let setup = setup("blob", |org| format!("x'{}'", org.as_simple()));
    conn.batch_execute(&format!("ATTACH ':memory:' AS auth; {setup}")).expect("the tables");
    let scope = TestKit::new().scope(OrgId::new(Uuid::from_u128(A)));
    statements!(&scope, &mut conn, load, run);
    let foreign = TestKit::new().scope(OrgId::new(Uuid::from_u128(B)));
    let left = foreign.from(users::table).left_join(foreign.from(auth::users::table).on(auth::users::id.eq(users::id)));
    let left = left.order(users::id).select((users::name, auth::users::name.nullable()));
    let expected = [("Ada of B".to_owned(), Some("ada of b".to_owned())), ("Zoe".to_owned(), None)];
    assert_eq!(load!(&mut conn, left => (String, Option<String>)), expected);
    // SQLite knows no alias in RETURNING: the bare names that stand there would mean the subquery's columns.
    let subquery = foreign.from(users::table).select(diesel::dsl::max(users::name)).single_value();
    let refused =
        diesel::RunQueryDsl::load::<Option<String>>(foreign.delete(auth::users::table).returning(subquery), &mut conn);
    assert!(refused.expect_err("a subquery").to_string().contains("holds no subquery"));

    // The platform's own statements are diesel's.
    let kim = auth::operators::name.eq("Kim");
    let renamed = diesel::update(auth::operators::table).filter(kim).set(auth::operators::name.eq("Kai"));
    assert_eq!(load!(&mut conn, renamed.returning(auth::operators::id) => i32), [2]);
    let new = (auth::operators::id.eq(3), auth::operators::name.eq("Lee"));
    let inserted = diesel::insert_into(auth::operators::table).values(new).returning(auth::operators::name);
    assert_eq!(load!(&mut conn, inserted => String), ["Lee"]);
    assert_eq!(run!(&mut conn, diesel::delete(auth::operators::table.find(3))), 1);
}
