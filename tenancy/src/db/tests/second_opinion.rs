//! The review of texts with nothing before it: statements of this module's own, which no type of the query layer has seen.

use super::*;
use crate::db::driver::Driver;
use crate::schema::{DeclaredColumn, DeclaredTable, Manifest, TableKind};
use crate::scope::Finding;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Text;

/// A value of a statement.
#[derive(Clone, Copy)]
enum Held {
    Organization(OrgId),
    Text(&'static str),
}
use Held::{Organization, Text as Name};

/// Whatever text, with a `?` for each value.
#[derive(Clone)]
struct Written(&'static str, Vec<Held>);

impl<B> crate::isolation::sealed::Statement<B, crate::query::ByType> for Written {}

impl Query for Written {
    type SqlType = Text;
}

impl QueryId for Written {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

macro_rules! written_on {
    ($backend:ty, $organization:ty, |$org:ident| $bound:expr) => {
        impl QueryFragment<$backend> for Written {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                let mut values = self.1.iter();
                for (place, piece) in self.0.split('?').enumerate() {
                    match values.next().filter(|_| place > 0) {
                        Some(Organization($org)) => out.push_bind_param::<$organization, _>($bound)?,
                        Some(Name(text)) => out.push_bind_param::<Text, str>(text)?,
                        None => values = self.1.iter(),
                    }
                    out.push_sql(piece);
                }
                Ok(())
            }
        }
    };
}
written_on!(diesel::sqlite::Sqlite, diesel::sql_types::Binary, |org| org.as_uuid().as_bytes().as_slice());
#[cfg(feature = "postgres")]
written_on!(diesel::pg::Pg, diesel::sql_types::Uuid, |org| org.as_uuid());

fn things() -> Manifest {
    let column = |name: &str| DeclaredColumn {
        path: name.to_owned(),
        name: name.to_owned(),
        sql_type: "Text".to_owned(),
        nullable: false,
        max_length: None,
    };
    let table = DeclaredTable {
        path: "things".to_owned(),
        schema: None,
        name: "things".to_owned(),
        kind: TableKind::Tenant,
        columns: vec![column("org"), column("name")],
        primary_key: vec!["name".to_owned()],
        organization: Some("org".to_owned()),
    };
    Manifest { module: String::new(), tables: vec![table], joins: Vec::new() }
}

const OWN_ROWS: &str =
    "SELECT things.name FROM (SELECT * FROM things WHERE things.org = ?) AS things ORDER BY things.name";

/// Texts and values that would read or change the rows of B.
fn hostile() -> Vec<(Finding, Written)> {
    use Finding::{Kind, OrganizationSet, OtherOrganization, Undeclared, Unreadable, Unscoped};
    let (a, b) = (Organization(A), Organization(B));
    [
        (OtherOrganization, OWN_ROWS, vec![b]),
        (Unscoped, "SELECT name FROM things", vec![]),
        (Unscoped, "SELECT things.name FROM things WHERE things.org = ?", vec![a]),
        (Unscoped, "SELECT things.name FROM (SELECT * FROM things WHERE things.org = ?) AS things UNION SELECT name FROM things", vec![a]),
        (OtherOrganization, "SELECT things.name FROM (SELECT * FROM things WHERE things.org = ?) AS things WHERE EXISTS (SELECT 1 FROM (SELECT * FROM things WHERE things.org = ?) AS things)", vec![a, b]),
        (OtherOrganization, "INSERT INTO things (org, name) VALUES (?, ?)", vec![b, Name("planted")]),
        (OtherOrganization, "INSERT INTO things (org, name) VALUES (?, ?), (?, ?)", vec![a, Name("x"), b, Name("planted")]),
        (OtherOrganization, "INSERT INTO things (name, org) VALUES (?, ?)", vec![Name("planted"), b]),
        (Unscoped, "INSERT INTO things (name) VALUES (?)", vec![Name("planted")]),
        (OrganizationSet, "UPDATE things SET org = ? WHERE things.org = ?", vec![b, a]),
        (Unscoped, "UPDATE things SET name = ? WHERE things.org = ? AND (1 = 1) OR (1 = 1)", vec![Name("x"), a]),
        (OtherOrganization, "UPDATE things SET name = ? WHERE things.org = ?", vec![Name("x"), b]),
        (Unscoped, "DELETE FROM things", vec![]),
        (OtherOrganization, "DELETE FROM things WHERE things.org = ?", vec![b]),
        (Unscoped, "DELETE FROM things WHERE things.org = ? OR (1 = 1)", vec![a]),
        (Undeclared, "SELECT name FROM elsewhere", vec![]),
        (Unreadable, "SELECT name FROM things -- all of them", vec![]),
        (Kind, "DROP TABLE things", vec![]),
    ]
    .into_iter()
    .map(|(finding, sql, values)| (finding, Written(sql, values)))
    .collect()
}

fn finding<T: std::fmt::Debug>(result: QueryResult<T>) -> Option<Finding> {
    match refusal(result) {
        Some(ScopeError::Text(finding)) => Some(finding),
        other => panic!("refused by something else: {other:?}"),
    }
}

async fn names_of<Db: Driver>(db: &TenantDb<Db>, kit: &Kit, org: OrgId) -> Vec<String>
where
    Written: QueryFragment<Db::Backend>,
    String: diesel::deserialize::FromSql<Text, Db::Backend>,
    Db::Backend: diesel::sql_types::HasSqlType<Text> + diesel::expression::QueryMetadata<Text>,
    String: diesel::deserialize::FromSqlRow<Text, Db::Backend>,
    Text: diesel::query_dsl::CompatibleType<String, Db::Backend, SqlType = Text>,
{
    let scope = kit.scope(org);
    let mut conn = db.scoped(&scope).await.unwrap();
    Written(OWN_ROWS, vec![Organization(org)]).load::<String>(&mut conn).await.unwrap()
}

async fn open_sqlite(kit: &Kit) -> (TenantDb<Sqlite>, ()) {
    let db = TenantDb::sqlite(":memory:", &kit.authority).schema(things());
    let table = "CREATE TABLE things (org BLOB NOT NULL, name TEXT NOT NULL)";
    (db.migrations(&[table]).build().await.unwrap(), ())
}

#[cfg(feature = "postgres")]
async fn open_postgres(kit: &Kit) -> (TenantDb<Postgres>, super::on_postgres::server::Database) {
    let database = super::on_postgres::server::Database::create();
    database.psql("CREATE TABLE things (org uuid NOT NULL, name text NOT NULL)");
    (TenantDb::postgres(database.url(), &kit.authority).schema(things()).build().unwrap(), database)
}

macro_rules! on {
    ($name:ident, $db:ty, $keep:ty, $open:path) => {
        mod $name {
            use super::*;

            async fn two_organizations() -> (Kit, $keep, TenantDb<$db>) {
                let kit = Kit::new();
                let (db, keep) = $open(&kit).await;
                for (org, names) in [(A, ["a1", "a2"]), (B, ["b1", "b2"])] {
                    let scope = kit.scope(org);
                    let mut conn = db.scoped(&scope).await.unwrap();
                    for name in names {
                        let add = Written(
                            "INSERT INTO things (org, name) VALUES (?, ?)",
                            vec![Organization(org), Name(name)],
                        );
                        assert_eq!(add.execute(&mut conn).await, Ok(1));
                    }
                }
                (kit, keep, db)
            }

            // attack: B24
            #[tokio::test(flavor = "multi_thread")]
            async fn every_hostile_statement_is_refused_by_its_text_and_values_alone() {
                let (kit, _keep, db) = two_organizations().await;
                let a = kit.scope(A);
                // Twice: what is prepared, or known, is asked for its values again.
                for _ in 0..2 {
                    for (expected, statement) in hostile() {
                        let mut conn = db.scoped(&a).await.unwrap();
                        let read = statement.clone().load::<String>(&mut conn).await;
                        assert_eq!(finding(read), Some(expected), "{}", statement.0);
                        assert_eq!(
                            finding(statement.clone().execute(&mut conn).await),
                            Some(expected),
                            "{}",
                            statement.0
                        );
                    }
                    assert_eq!(names_of(&db, &kit, A).await, ["a1", "a2"]);
                    assert_eq!(names_of(&db, &kit, B).await, ["b1", "b2"]);
                }
            }

            /// The exception is for what cannot be read, for one statement, and for a reason.
            #[tokio::test(flavor = "multi_thread")]
            async fn an_unreadable_statement_passes_once_and_for_a_reason() {
                let (kit, _keep, db) = two_organizations().await;
                let a = kit.scope(A);
                let mut conn = db.scoped(&a).await.unwrap();
                let unreadable = || {
                    Written(
                        "SELECT things.name FROM things WHERE things.org = ? /* read by hand */",
                        vec![Organization(A)],
                    )
                };
                assert_eq!(finding(unreadable().load::<String>(&mut conn).await), Some(Finding::Unreadable));
                let excused = unreadable().load::<String>(conn.next_statement_is_unreadable("a test")).await;
                assert_eq!(excused.map(|names| names.len()), Ok(2));
                assert_eq!(finding(unreadable().load::<String>(&mut conn).await), Some(Finding::Unreadable), "once");
                let nothing = unreadable().load::<String>(conn.next_statement_is_unreadable(" ")).await;
                assert_eq!(finding(nothing), Some(Finding::Unreadable), "no reason");
                let readable = Written("SELECT name FROM things", vec![]);
                let refused = readable.load::<String>(conn.next_statement_is_unreadable("a test")).await;
                assert_eq!(finding(refused), Some(Finding::Unscoped), "what can be read stays refused");
                conn.next_statement_is_unreadable("a test");
                let inside = conn.transaction(async |conn| unreadable().load::<String>(conn).await).await;
                assert_eq!(finding(inside), Some(Finding::Unreadable), "a transaction is no statement");
            }
        }
    };
}

on!(alone, Sqlite, (), open_sqlite);
#[cfg(feature = "postgres")]
on!(behind_wall_one, Postgres, crate::db::tests::on_postgres::server::Database, open_postgres);

#[test]
fn a_pool_without_a_schema_is_refused() {
    let kit = Kit::new();
    let built = TenantDb::sqlite(":memory:", &kit.authority).pooled(None);
    assert!(
        matches!(&built, Err(Error::Pool(PoolError::Setup(why))) if why.contains("schema_manifest()")),
        "{built:?}"
    );
    let built = TenantDb::sqlite(":memory:", &kit.authority).without_statement_review(" ").pooled(None);
    assert!(matches!(built, Err(Error::Pool(PoolError::Setup(_)))));
}
