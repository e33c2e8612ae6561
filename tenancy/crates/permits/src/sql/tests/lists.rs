//! Lists: a permission as a condition of a statement on the service's own table, and the ids that a subject has it on.

use super::{A, Context, Fixture, MODEL, both, context, organization, plain, subject};
use crate::sql::{BoundCondition, CompileError, Condition, EngineError};
use diesel::QueryResult;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::row::{Field as _, Row as _};
use diesel::sql_types::Text;
use tenancy::__private::{ConstantText, StoreConn, postgres_store, sqlite_store};
use tenancy::db::Driver;

/// `SELECT id FROM invoices WHERE ..`.
struct Invoices<'c>(BoundCondition<'c>);

impl<DB: diesel::backend::Backend> QueryFragment<DB> for Invoices<'_>
where
    for<'c> BoundCondition<'c>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT id FROM invoices WHERE ");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" ORDER BY id");
        Ok(())
    }
}

impl QueryId for Invoices<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Invoices<'_> {
    type SqlType = diesel::sql_types::Untyped;
}

impl ConstantText for Invoices<'_> {
    fn place(&self) -> (usize, usize) {
        (0, usize::MAX)
    }

    fn rendered(&self) -> u64 {
        0
    }
}

async fn ids<Db: Driver>(conn: &mut StoreConn<Db>, bound: BoundCondition<'_>) -> Vec<String>
where
    for<'c> BoundCondition<'c>: QueryFragment<Db::Backend>,
    String: diesel::deserialize::FromSql<Text, Db::Backend>,
{
    let read = |row: &Db::Row| {
        let field = row.get(0).ok_or(diesel::NotFound)?;
        diesel::deserialize::FromSql::<Text, Db::Backend>::from_nullable_sql(field.value())
            .map_err(diesel::result::Error::DeserializationError)
    };
    conn.load(Invoices(bound), read).await.expect("a list")
}

async fn listed(fixture: &Fixture, path: &str, of: &str, asked: &Context) -> Vec<String> {
    let whole = fixture.engine.condition("invoice", "view", "invoices.id").expect("a condition");
    let page = fixture.engine.page_condition("invoice", "view", "invoices.id").expect("a condition");
    let of_whole = listed_by(fixture, path, of, asked, &whole).await;
    let of_page = listed_by(fixture, path, of, asked, &page).await;
    assert_eq!(of_whole, of_page);
    of_page
}

async fn listed_by(fixture: &Fixture, path: &str, of: &str, asked: &Context, condition: &Condition) -> Vec<String> {
    let bound = fixture.engine.bind(condition, &subject(of), asked).expect("values");
    let wait = std::time::Duration::from_secs(5);
    match &fixture.database {
        Some(database) => {
            // As the documentation of `condition` advises.
            let url = format!("{}?options=-c%20jit%3Doff", database.url());
            let pool = postgres_store(url.into(), 1, Default::default()).expect("a pool");
            ids(&mut pool.lend(wait).await.expect("a connection"), bound).await
        }
        None => {
            let pool = sqlite_store(path.to_owned(), 1).await.expect("a pool");
            ids(&mut pool.lend(wait).await.expect("a connection"), bound).await
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_filtered_in_the_statement_that_reads_the_table() {
    let path = std::env::temp_dir().join(format!("tenancy-permits-{}.sqlite", uuid::Uuid::new_v4()));
    let path = path.to_str().expect("a path").to_owned();
    let [_, postgres] = both(MODEL, plain).await;
    let sqlite = crate::sql::SqlEngine::sqlite(path.clone(), super::model(MODEL)).await.expect("an engine");
    sqlite.migrate().await.expect("the tables");
    for fixture in [postgres, Fixture { engine: sqlite, database: None }] {
        let collation = if fixture.database.is_some() { "COLLATE \"C\"" } else { "" };
        fixture.sql(format!("CREATE TABLE invoices (id text {collation} PRIMARY KEY)")).await;
        fixture.sql("INSERT INTO invoices VALUES ('1'), ('2'), ('3')".to_owned()).await;
        fixture
            .give(Some(A), &["invoice:2#author@user:author", &format!("{}#owner@user:owner", organization(A))])
            .await;
        let asked = context(Some(A));
        let implied = asked.implying_organization();
        assert_eq!(listed(&fixture, &path, "user:author", &asked).await, ["2"], "{}", fixture.name());
        assert_eq!(listed(&fixture, &path, "user:author", &implied).await, ["2"]);
        assert_eq!(listed(&fixture, &path, "user:owner", &implied).await, ["1", "2", "3"]);
        // A subject that is no person has another text.
        let org = organization(A);
        assert_eq!(listed(&fixture, &path, &format!("{org}#view"), &implied).await, ["1", "2", "3"]);
        let nothing: [&str; 0] = [];
        assert_eq!(listed(&fixture, &path, "user:owner", &asked).await, nothing, "no row, not all of them");
        let refused = fixture.engine.condition("invoice", "view", "$1");
        assert!(matches!(refused, Err(CompileError::Name { .. })));
        let unknown = fixture.engine.condition("invoice", "nothing", "invoices.id");
        assert!(matches!(unknown, Err(CompileError::Unresolved { .. })));
        let condition = fixture.engine.condition("invoice", "view", "invoices.id").expect("a condition");
        let refused = fixture.engine.bind(&condition, &subject("user:*"), &asked);
        assert!(matches!(refused, Err(EngineError::WildcardSubject { .. })));
    }
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{path}{end}"));
    }
}

/// A member may see each document but those that are hidden from a team of theirs; a guest those that name them.
const DOCUMENTS: &str = "
    definition user {}
    definition organization {
        relation member: user
        permission view = member
    }
    definition team {
        relation organization: organization
        relation member: user | team#member
    }
    definition document {
        relation organization: organization
        relation reader: user | user:* | team#member
        relation hidden: user | team#member
        permission view = (organization->view + reader) - hidden
    }
";

async fn seen(fixture: &Fixture, of: &str, asked: &Context) -> (bool, Vec<String>) {
    let listed = fixture.engine.list("document", "view", &subject(of), 4, asked).await;
    let listed = listed.unwrap_or_else(|error| panic!("{}, {of}: {error}", fixture.name()));
    for id in ["1", "2", "3", "4", "named-nowhere"] {
        let resource = crate::ObjectRef::new("document", id).expect("an id");
        let question =
            super::Question { resource: &resource, permission: "view", subject: &subject(of), context: *asked };
        let checked = fixture.engine.check(&question).await.expect("an answer");
        assert_eq!(listed.contains(id), checked.allowed, "{}, {of}, {id}: {listed:?}", fixture.name());
    }
    (listed.otherwise, listed.exceptions)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_says_what_holds_otherwise_and_for_which_objects_it_does_not() {
    for fixture in both(DOCUMENTS, plain).await {
        let member = format!("{}#member@user:member", organization(A));
        let of_a = [
            &*member,
            "team:t#member@team:inner#member",
            "team:inner#member@user:member",
            "team:inner#member@user:guest",
            "document:1#hidden@team:t#member",
            "document:2#reader@user:guest",
            "document:3#reader@team:t#member",
            "document:4#reader@user:*",
            "document:4#hidden@user:guest",
        ];
        fixture.give(Some(A), &of_a).await;
        // The same names in another organization mean other objects.
        let of_b = [
            format!("{}#member@user:stranger", organization(super::B)),
            "document:2#hidden@user:member".to_owned(),
            "document:1#reader@user:guest".to_owned(),
        ];
        fixture.give(Some(super::B), &of_b.each_ref().map(String::as_str)).await;
        let asked = context(Some(A)).implying_organization();
        let strings = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(seen(&fixture, "user:member", &asked).await, (true, strings(&["1"])));
        assert_eq!(seen(&fixture, "user:guest", &asked).await, (false, strings(&["2", "3"])));
        assert_eq!(seen(&fixture, "user:stranger", &asked).await, (false, strings(&["4"])));
        assert_eq!(seen(&fixture, "team:inner#member", &asked).await, (false, strings(&["3"])));
        let in_b = context(Some(super::B)).implying_organization();
        assert_eq!(seen(&fixture, "user:member", &in_b).await, (false, vec![]));
        assert_eq!(seen(&fixture, "user:stranger", &in_b).await, (true, vec![]));
        // Nothing is implied: no document has a stored relationship to the organization.
        assert_eq!(seen(&fixture, "user:member", &context(Some(A))).await, (false, strings(&["3", "4"])));
        let guest = subject("user:guest");
        let refused = fixture.engine.list("document", "view", &guest, 1, &asked).await;
        assert!(matches!(refused, Err(EngineError::TooMany { limit: 1 })), "{refused:?}");
        let none = fixture.engine.list("document", "view", &subject("user:nobody"), 0, &in_b).await.expect("no ids");
        assert_eq!((none.otherwise, none.exceptions.len()), (false, 0));
        let unknown = fixture.engine.list("document", "edit", &guest, 1, &asked).await;
        assert!(matches!(unknown, Err(EngineError::UnknownPermission { .. })));
    }
}
