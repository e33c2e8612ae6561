//! What the port of diesel's own tests found missing, each with a second organization beside it.
#![cfg(feature = "sqlite")]

use diesel::sql_types::Bool;
use tenancy::db::{OrgConn, Sqlite, TenantDb};
use tenancy::prelude::*;
use tenancy::{OrgId, OrgScope};
use tenancy_testkit::TestKit;

tenancy::schema! {
    diesel::table! { users (id) { id -> Integer, org_id -> Binary, name -> Text, color -> Text, } }
    diesel::table! { posts (id) { id -> Integer, org_id -> Binary, user_id -> Integer, title -> Text, draft -> Bool, } }
    diesel::joinable!(posts -> users (user_id));
    diesel::allow_tables_to_appear_in_same_query!(users, posts);
}

const SCHEMA: &str = "
    CREATE TABLE users (id integer PRIMARY KEY, org_id blob NOT NULL, name text NOT NULL UNIQUE,
        color text NOT NULL DEFAULT 'grey');
    CREATE TABLE posts (id integer PRIMARY KEY, org_id blob NOT NULL, user_id integer NOT NULL REFERENCES users,
        title text NOT NULL, draft bool NOT NULL DEFAULT 0);
    CREATE UNIQUE INDEX published ON posts (org_id, title) WHERE NOT draft;
    CREATE UNIQUE INDEX users_of_org ON users (org_id, id);";

/// `None` leaves the column to its default, as diesel's `Insertable` does.
#[derive(Insertable, Clone)]
#[diesel(table_name = users)]
struct NewUser<'a> {
    name: &'a str,
    color: Option<&'a str>,
}

#[derive(Debug, PartialEq, Identifiable, HasQuery, AsChangeset)]
#[diesel(table_name = users)]
struct User {
    id: i32,
    name: String,
    color: String,
}

#[derive(AsChangeset)]
#[diesel(table_name = users)]
struct Change {
    color: Option<String>,
}

struct Stage {
    db: TenantDb<Sqlite>,
    a: OrgScope,
    b: OrgScope,
}

impl Stage {
    async fn new() -> Self {
        let kit = TestKit::new();
        let db = kit.sqlite(&[SCHEMA]).schema(schema_manifest()).build().await.expect("SQLite opens");
        let scope = |org| kit.scope(OrgId::new(uuid::Uuid::from_u128(org)));
        let stage = Self { db, a: scope(1), b: scope(2) };
        // The request of a kit that is dropped has ended.
        std::mem::forget(kit);
        let mut conn = stage.conn(&stage.b).await;
        let foreign = (users::id.eq(7), users::name.eq("b"), users::color.eq("blue"));
        assert_eq!(stage.b.insert_into(users::table).values(foreign).execute(&mut conn).await, Ok(1));
        drop(conn);
        stage
    }

    async fn conn<'s>(&'s self, scope: &'s OrgScope) -> OrgConn<'s, Sqlite> {
        self.db.scoped(scope).await.expect("a connection")
    }

    async fn colors(&self, scope: &OrgScope) -> Vec<String> {
        let conn = &mut self.db.scoped(scope).await.expect("a connection");
        scope.from(users::table).select(users::color).order(users::id).load(conn).await.expect("colors")
    }
}

fn mixed() -> Vec<NewUser<'static>> {
    [("a1", None), ("a2", None), ("a3", Some("red")), ("a4", None)]
        .map(|(name, color)| NewUser { name, color })
        .to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_whose_rows_leave_different_columns_out() {
    let t = Stage::new().await;
    let conn = &mut t.conn(&t.a).await;
    assert_eq!(t.a.insert_into(users::table).values(&mixed()).execute(conn).await, Ok(4));
    assert_eq!(t.colors(&t.a).await, ["grey", "grey", "red", "grey"]);
    assert_eq!(t.a.delete(users::table).execute(conn).await, Ok(4));
    let rows = t.a.insert_into(users::table).values(mixed()).returning((users::name, users::color));
    let rows: Vec<(String, String)> = rows.get_results(conn).await.expect("rows");
    let names: Vec<_> = rows.iter().map(|(name, color)| format!("{name} {color}")).collect();
    assert_eq!(names, ["a1 grey", "a2 grey", "a3 red", "a4 grey"]);
    assert_eq!(t.colors(&t.b).await, ["blue"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn such_a_batch_is_inserted_whole_or_not_at_all() {
    let t = Stage::new().await;
    let conn = &mut t.conn(&t.a).await;
    let mut rows = mixed();
    rows.push(NewUser { name: "a1", color: Some("a second a1") });
    let inserted = t.a.insert_into(users::table).values(&rows).execute(conn).await;
    assert!(inserted.is_err());
    assert_eq!(t.colors(&t.a).await, Vec::<String>::new());
    // Inside a transaction it is a savepoint: what was done before stays.
    let kept = conn.transaction(async |conn| {
        t.a.insert_into(users::table).values(users::name.eq("before")).execute(conn).await?;
        assert!(t.a.insert_into(users::table).values(&rows).execute(conn).await.is_err());
        QueryResult::Ok(())
    });
    assert_eq!(kept.await, Ok(()));
    assert_eq!(t.colors(&t.a).await, ["grey"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_a_target_of_its_own_organization() {
    let t = Stage::new().await;
    let conn = &mut t.conn(&t.a).await;
    let values = (users::id.eq(1), users::name.eq("a"));
    let mut user: User = t.a.insert_into(users::table).values(values).get_result(conn).await.expect("the row");
    user.color = "green".to_owned();
    assert_eq!(t.a.update(&user).set(&user).get_result::<User>(conn).await.as_ref(), Ok(&user));
    assert_eq!(t.a.query::<User, _>().load(conn).await, Ok(vec![user]));
    let foreign = User { id: 7, name: "mine".to_owned(), color: "mine".to_owned() };
    assert_eq!(t.a.update(&foreign).set(users::color.eq("mine")).execute(conn).await, Ok(0));
    assert_eq!(t.a.delete(&foreign).execute(conn).await, Ok(0));
    assert_eq!(t.colors(&t.b).await, ["blue"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upsert_without_changes_does_nothing() {
    let t = Stage::new().await;
    let conn = &mut t.conn(&t.a).await;
    let insert = t.a.insert_into(users::table).values((users::id.eq(7), users::name.eq("b")));
    let upsert = insert.on_conflict(users::id).do_update().set(Change { color: None });
    assert_eq!(upsert.execute(conn).await, Ok(0));
    assert_eq!(t.colors(&t.b).await, ["blue"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_index_is_a_conflict_target() {
    let t = Stage::new().await;
    let conn = &mut t.conn(&t.a).await;
    let author = (users::id.eq(1), users::name.eq("a"));
    assert_eq!(t.a.insert_into(users::table).values(author).execute(conn).await, Ok(1));
    // A statement can be run twice, as diesel's can.
    let insert = t.a.insert_into(posts::table).values((posts::user_id.eq(1), posts::title.eq("t")));
    let upsert = insert.on_conflict((posts::org_id, posts::title)).filter_target(posts::draft.eq(false)).do_nothing();
    let sql = diesel::debug_query::<diesel::sqlite::Sqlite, _>(&upsert).to_string();
    assert!(sql.contains("ON CONFLICT (`org_id`, `title`) WHERE ((`posts`.`draft` = ?)) DO NOTHING"), "{sql}");
    let literal = insert.on_conflict((posts::org_id, posts::title)).filter_target(diesel::dsl::not(posts::draft));
    let upsert = literal.do_update().set(posts::title.eq("updated"));
    assert_eq!(upsert.execute(conn).await, Ok(1));
    assert_eq!(upsert.execute(conn).await, Ok(1));
    assert_eq!(t.a.from(posts::table).select(posts::title).load(conn).await, Ok(vec!["updated".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn aliases_declared_together_or_with_a_type() {
    let t = Stage::new().await;
    let conn = &mut t.conn(&t.a).await;
    assert_eq!(t.a.insert_into(users::table).values(users::name.eq("a")).execute(conn).await, Ok(1));
    let (one, two) = t.a.from(tenancy::alias!(users as one, users as two));
    let pairs = one.inner_join(two.on(one.field(users::id).eq(two.field(users::id))));
    assert_eq!(pairs.select(two.field(users::name)).load(conn).await, Ok(vec!["a".to_owned()]));
    tenancy::alias!(users as named: Named);
    let other = t.a.from(named);
    assert_eq!(other.select(other.field(users::name)).load(conn).await, Ok(vec!["a".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_inserted_and_meets_conflicts() {
    let t = Stage::new().await;
    let conn = &mut t.conn(&t.a).await;
    assert_eq!(t.a.insert_into(users::table).values(users::name.eq("a")).execute(conn).await, Ok(1));
    let copy = t.a.insert_into(posts::table).values(t.a.from(users::table).select((users::id, users::name)));
    assert_eq!(copy.into_columns((posts::user_id, posts::title)).execute(conn).await, Ok(1));
    let again =
        t.a.insert_into(posts::table)
            .values(t.a.from(users::table).select((users::id, users::name, true.into_sql::<Bool>())).into_boxed());
    let again = again.into_columns((posts::user_id, posts::title, posts::draft)).on_conflict(posts::id).do_update();
    assert_eq!(again.set(posts::title.eq("never")).execute(conn).await, Ok(1));
    let all = t.a.from(posts::table).filter(diesel::dsl::not(posts::draft)).inner_join(t.a.from(users::table));
    assert_eq!(all.select((posts::title, users::name)).load(conn).await, Ok(vec![("a".to_owned(), "a".to_owned())]));
}

/// What TEN0008 advises: an `INTEGER PRIMARY KEY` of SQLite cannot contain the organization.
#[tokio::test(flavor = "multi_thread")]
async fn an_upsert_on_a_key_that_cannot_contain_the_organization() {
    let t = Stage::new().await;
    let conn = &mut t.conn(&t.a).await;
    let row =
        |id: i32, color: &'static str| (users::id.eq(id), users::name.eq(format!("a{id}")), users::color.eq(color));
    for color in ["red", "green"] {
        let insert = t.a.insert_into(users::table).values(row(1, color));
        let upsert = insert.on_conflict(users::id).do_update().set(users::color.eq(color));
        assert_eq!(upsert.execute(conn).await, Ok(1));
        assert_eq!(t.colors(&t.a).await, [color]);
    }
    // The number 7 is a row of B's, and is left as it is.
    let insert = t.a.insert_into(users::table).values(row(7, "mine"));
    let by_key = insert.on_conflict(users::id).do_update().set(users::color.eq("mine"));
    assert_eq!(by_key.execute(conn).await, Ok(0));
    // The index is no conflict target of SQLite's, since `id` is the row's own number.
    let insert = t.a.insert_into(users::table).values(row(1, "blue"));
    let by_index = insert.on_conflict((users::org_id, users::id)).do_update().set(users::color.eq("blue"));
    assert!(by_index.execute(conn).await.is_err());
    assert_eq!(t.colors(&t.b).await, ["blue"]);
}

mod keyed {
    tenancy::schema! {
        diesel::table! { folders (org_id, id) { org_id -> Binary, id -> Integer, title -> Text, } }
        diesel::table! { files (org_id, id) { org_id -> Binary, id -> Integer, folder -> Nullable<Integer>, name -> Text, } }
        diesel::joinable!(files -> folders (folder));
        diesel::allow_tables_to_appear_in_same_query!(folders, files);
    }
}

/// The key of the parent holds the organization, which every join compares: the foreign key is the rest of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_parent_whose_key_begins_with_the_organization_is_joined_by_the_rest() {
    use keyed::{files, folders};
    let kit = TestKit::new();
    let tables = "CREATE TABLE folders (org_id blob NOT NULL, id integer NOT NULL, title text NOT NULL, PRIMARY KEY (org_id, id));
        CREATE TABLE files (org_id blob NOT NULL, id integer NOT NULL, folder integer, name text NOT NULL, PRIMARY KEY (org_id, id));";
    let db = kit.sqlite(&[tables]).schema(keyed::schema_manifest()).build().await.expect("SQLite opens");
    let scopes = [1, 2].map(|org| kit.scope(OrgId::new(uuid::Uuid::from_u128(org))));
    // Both have the folder 1 and the file 1.
    for (scope, title) in scopes.iter().zip(["a's", "b's"]) {
        let conn = &mut db.scoped(scope).await.expect("a connection");
        let folder = scope.insert_into(folders::table).values((folders::id.eq(1), folders::title.eq(title)));
        assert_eq!(folder.execute(conn).await, Ok(1));
        for (id, folder) in [(1, Some(1)), (2, None)] {
            let file = (files::id.eq(id), files::folder.eq(folder), files::name.eq(format!("{title} {id}")));
            assert_eq!(scope.insert_into(files::table).values(file).execute(conn).await, Ok(1));
        }
    }
    for (scope, title) in scopes.iter().zip(["a's", "b's"]) {
        let conn = &mut db.scoped(scope).await.expect("a connection");
        let joined = scope.from(files::table).inner_join(scope.from(folders::table));
        let found: Vec<(String, String)> = joined.select((files::name, folders::title)).load(conn).await.expect("rows");
        assert_eq!(found, [(format!("{title} 1"), title.to_owned())]);
        let all = scope.from(folders::table).left_join(scope.from(files::table)).count().get_result::<i64>(conn).await;
        assert_eq!(all, Ok(1));
    }
}
