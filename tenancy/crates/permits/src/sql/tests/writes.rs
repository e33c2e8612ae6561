//! What writes refuse, report and raise; the tables.

use super::{
    A, B, Change, EngineError, MODEL, SqlEngine, WriteError, after, both, context, model, organization, plain,
};
use super::{object, relationship, subject};
use crate::sql::database::{Cell, Kind, Text};
use crate::sql::{BuildError, Filter, SchemaError, postgres_script};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delete_that_matches_nothing_is_reported_and_raises_no_epoch() {
    for fixture in both(MODEL, plain).await {
        fixture.give(Some(A), &["folder:1#viewer@user:1"]).await;
        let before = fixture.epochs(A).await;
        let nothing = fixture.take(Some(A), "folder:1#viewer@user:2").await;
        assert_eq!((nothing.deleted, nothing.not_found), (0, 1));
        assert_eq!(fixture.epochs(A).await, before);
        let one = fixture.take(Some(A), "folder:1#viewer@user:1").await;
        assert_eq!((one.deleted, one.not_found), (1, 0));
        assert_eq!(fixture.epochs(A).await, (before.0 + 1, before.1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn epochs_rise_when_a_permission_may_have_been_taken_away_and_only_then() {
    for fixture in both(MODEL, plain).await {
        let a = organization(A);
        let support = |seconds| {
            let mut support = relationship(&format!("{a}#support@user:1"));
            support.expires_at = Some(after(seconds));
            vec![Change::touch(Some(A), support)]
        };
        let mut before = fixture.epochs(A).await;
        for (changes, organization, upper) in [
            (support(100), 0, 0),
            (support(200), 0, 0),
            (support(50), 1, 0),
            (vec![Change::touch(Some(A), relationship(&format!("{a}#owner@user:1")))], 0, 0),
            (vec![Change::touch(Some(A), relationship(&format!("{a}#banned@user:2")))], 1, 0),
            (vec![Change::touch(None, relationship("tenant:1#admin@user:1"))], 0, 0),
            (vec![Change::delete(None, relationship("tenant:1#admin@user:1"))], 1, 1),
            (vec![Change::touch(Some(B), relationship("folder:1#locked@user:1"))], 0, 0),
        ] {
            let _ = fixture.try_write(changes.clone()).await.expect("written");
            let now = fixture.epochs(A).await;
            assert_eq!(now, (before.0 + organization, before.1 + upper), "{}: {changes:?}", fixture.name());
            before = now;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_is_refused_whole() {
    for fixture in both(MODEL, plain).await {
        let viewer = |id: usize| Change::touch(Some(A), relationship(&format!("folder:{id}#viewer@user:1")));
        let many = (0..1_001).map(viewer).collect();
        let refused = fixture.try_write(many).await;
        assert!(matches!(refused, Err(WriteError::TooMany { limit: 1_000 })), "{refused:?}");
        let written = fixture.try_write((0..1_000).map(viewer).collect()).await.expect("written");
        assert_eq!(written.stored, 1_000);
        let refused = fixture.try_write(vec![viewer(1), viewer(1)]).await;
        assert!(matches!(refused, Err(WriteError::Duplicate { .. })), "{refused:?}");
        let create = Change::create(Some(A), relationship("folder:1#viewer@user:1"));
        let refused = fixture.try_write(vec![viewer(5_000), create]).await;
        assert!(matches!(refused, Err(WriteError::Exists { .. })), "{refused:?}");
        assert!(!fixture.allows(Some(A), "folder:5000", "view", "user:1").await, "nothing of it happened");
        for (text, part) in [
            ("nothing:1#viewer@user:1", "no type"),
            ("folder:1#nothing@user:1", "no relation"),
            ("folder:1#view@user:1", "is a permission"),
            ("folder:1#viewer@service:1", "does not take"),
            ("folder:1#viewer@team:1", "does not take"),
            ("folder:1#viewer@user:*", "does not take"),
        ] {
            let refused = fixture.try_write(vec![viewer(5_000), Change::touch(Some(A), relationship(text))]).await;
            let error = refused.expect_err(text).to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        for (by, reason) in [("", "a reason"), ("user:1", " ")] {
            let refused = fixture.engine.write(&[viewer(1)], by, reason).await;
            assert!(matches!(refused, Err(WriteError::Unattributed)), "{refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organization_is_never_left_without_an_owner() {
    for fixture in both(MODEL, |builder| builder.last_holder("organization", "owner")).await {
        let owner = |name: &str| relationship(&format!("{}#owner@{name}", organization(A)));
        let last = |refused: Result<_, WriteError>| assert!(matches!(refused, Err(WriteError::LastHolder { .. })));
        fixture.give(Some(A), &["team:1#member@user:2"]).await;
        let _ = fixture.try_write(vec![Change::create(Some(A), owner("user:1"))]).await.expect("written");
        let _ = fixture.try_write(vec![Change::create(Some(A), owner("team:1#member"))]).await.expect("written");
        last(fixture.try_write(vec![Change::delete(Some(A), owner("user:1"))]).await);
        // A swap is one write, in whatever order.
        let swap = vec![Change::delete(Some(A), owner("user:1")), Change::create(Some(A), owner("user:3"))];
        let _ = fixture.try_write(swap).await.expect("written");
        let none = vec![Change::delete(Some(A), owner("user:3")), Change::delete(Some(A), owner("team:1#member"))];
        last(fixture.try_write(none).await);
        assert!(fixture.allows(Some(A), &organization(A), "pay", "user:3").await);
        assert!(fixture.allows(Some(A), &organization(A), "pay", "user:2").await, "nothing of it happened");
    }
    for (kind, relation) in [("organization", "nothing"), ("organization", "support"), ("nothing", "owner")] {
        let built = SqlEngine::builder(model(MODEL)).last_holder(kind, relation).sqlite(":memory:").await;
        assert!(matches!(built, Err(BuildError::Setting { .. })), "{built:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_change_is_in_the_log_which_is_append_only() {
    let [_, fixture] = both(MODEL, plain).await;
    fixture.give(Some(A), &["folder:1#viewer@user:1"]).await;
    let _ = fixture.take(Some(A), "folder:1#viewer@user:1").await;
    let database = fixture.database.as_ref().expect("PostgreSQL");
    let lines = database.psql("SELECT operation, relationship, written_by, reason FROM permission_log ORDER BY id");
    assert_eq!(lines, "touch|folder:1#viewer@user:1|user:test|a test\ndelete|folder:1#viewer@user:1|user:test|a test");
    for sql in ["UPDATE permission_log SET reason = ''", "DELETE FROM permission_log", "TRUNCATE permission_log"] {
        assert!(database.try_psql(sql).is_err(), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_relationships_are_read_by_object_subject_and_organization() {
    for fixture in both(MODEL, plain).await {
        fixture
            .give(Some(A), &["folder:1#viewer@user:1", "folder:2#viewer@team:1#member", "folder:2#viewer@user:1"])
            .await;
        fixture.give(Some(B), &["folder:3#viewer@user:1"]).await;
        let read = async |organization, filter: Filter, limit| {
            let found = fixture.engine.read(organization, &filter, limit).await;
            found.map(|found| found.iter().map(|stored| stored.relationship.to_string()).collect::<Vec<_>>())
        };
        let of_object = read(Some(A), Filter::Object(object("folder:2")), 9).await.expect("read");
        assert_eq!(of_object, ["folder:2#viewer@team:1#member", "folder:2#viewer@user:1"]);
        let of_subject = read(Some(A), Filter::Subject(subject("user:1")), 9).await.expect("read");
        assert_eq!(of_subject, ["folder:1#viewer@user:1", "folder:2#viewer@user:1"]);
        assert_eq!(read(Some(A), Filter::All, 9).await.expect("read").len(), 3);
        assert!(read(None, Filter::All, 9).await.expect("read").is_empty());
        assert!(matches!(read(Some(A), Filter::All, 2).await, Err(EngineError::TooMany { limit: 2 })));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_have_a_version_and_a_model() {
    for fixture in both(MODEL, plain).await {
        assert!(fixture.engine.migrate().await.expect("nothing to do").is_empty());
        assert!(matches!(fixture.engine.verify().await, Err(SchemaError::OtherModel)));
        let before = fixture.epochs(A).await.1;
        assert!(fixture.engine.adopt_model().await.expect("adopted"));
        assert!(!fixture.engine.adopt_model().await.expect("known"));
        assert!(fixture.epochs(A).await.1 > before, "another model may take permissions away");
        fixture.engine.verify().await.expect("the same");
        fixture.sql("INSERT INTO permission_migrations (version, applied_at) VALUES (99, 0)".to_owned()).await;
        assert!(matches!(fixture.engine.verify().await, Err(SchemaError::Newer { found: 99, .. })));
        assert!(matches!(fixture.engine.migrate().await, Err(SchemaError::Newer { found: 99, .. })));
    }
    let database = tenancy_test_support::pg::Database::create();
    database.psql_script(&postgres_script()).expect("the script");
    assert!(database.psql_script(&postgres_script()).is_err(), "it makes no tables twice");
    let engine = SqlEngine::postgres(database.url(), model(MODEL)).expect("an engine");
    assert!(engine.migrate().await.expect("nothing to do").is_empty());
    let asked = engine.check_many(&[object("folder:1")], "view", &subject("user:1"), &context(Some(A))).await;
    assert!(!asked.expect("an answer")[0].allowed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_says_what_was_stored_before_alike() {
    for fixture in both(MODEL, plain).await {
        let mut ends = relationship("grant:1#holder@user:1");
        ends.expires_at = Some(after(60));
        for (relationship, unchanged) in [
            (relationship("grant:1#holder@user:1"), 0),
            (relationship("grant:1#holder@user:1"), 1),
            (ends.clone(), 0),
            (ends, 1),
            (relationship("grant:1#holder@user:1"), 0),
        ] {
            let written = fixture.try_write(vec![Change::touch(Some(A), relationship)]).await.expect("written");
            assert_eq!((written.stored, written.unchanged), (1, unchanged), "{}", fixture.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wider_model_is_adopted_when_asked_without_the_check() {
    let wider = MODEL.replace("permission pay = owner - banned", "permission pay = (owner + viewer) - banned");
    for fixture in both(MODEL, plain).await {
        assert!(fixture.engine.pending_migrations().await.expect("an answer").is_empty());
        assert!(fixture.engine.adopt_model_unless_wider().await.expect("the first one"));
        let other = match &fixture.database {
            Some(database) => SqlEngine::postgres(database.url(), model(&wider)).expect("an engine"),
            // Its tables are in its own memory.
            None => continue,
        };
        let refused = other.adopt_model_unless_wider().await;
        let Err(SchemaError::Widens { permissions }) = refused else { panic!("{refused:?}") };
        assert_eq!(permissions, ["organization#pay", "invoice#payout"]);
        fixture.engine.verify().await.expect("nothing was adopted");
        assert!(other.adopt_model().await.expect("confirmed"));
        assert!(fixture.engine.adopt_model_unless_wider().await.expect("narrower"));
    }
    let database = tenancy_test_support::pg::Database::create();
    let engine = SqlEngine::postgres(database.url(), model(MODEL)).expect("an engine");
    assert_eq!(engine.pending_migrations().await.expect("an answer"), [1]);
    assert_eq!(database.psql("SELECT to_regclass('permission_migrations')"), "", "nothing was made");
}

/// Services declare `permission_epochs` alone. The audit reports every other table with a column of that name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_table_that_services_declare_has_a_column_org_id() {
    let [sqlite, postgres] = both(MODEL, plain).await;
    let database = postgres.database.as_ref().expect("PostgreSQL");
    let found = database.psql(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'org_id' AND table_schema = 'public'",
    );
    assert_eq!(found, "permission_epochs");
    let columns = "SELECT m.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE c.name = 'org_id'";
    let mut session = sqlite.engine.session().await.expect("a connection");
    let text = Text::new(columns.to_owned(), &[Kind::Text]);
    let rows = session.rows(text.with(Vec::new())).await.expect("rows");
    session.keep();
    assert_eq!(rows, [[Cell::Text("permission_epochs".to_owned())]]);
}
