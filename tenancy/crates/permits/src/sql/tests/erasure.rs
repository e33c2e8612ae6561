//! A deleted organization: what goes, what others lose, what the log keeps.

use super::{A, B, Change, Fixture, MODEL, SqlEngine, both, model, organization, plain, relationship, subject};
use crate::sql::database::{Cell, Kind, Text};
use crate::sql::{Filter, WriteError};
use std::collections::BTreeSet;
use uuid::Uuid;

/// `MODEL` with relationships that name an organization elsewhere.
fn with_references() -> String {
    MODEL.to_owned()
        + "
    definition plan {
        relation customer: organization | organization#owner
        permission use = customer
    }
    definition box {
        relation label: slip
    }
    definition slip {}
"
}

async fn rows(fixture: &Fixture, sql: &str, columns: &[Kind]) -> Vec<Vec<Cell>> {
    let mut session = fixture.engine.session().await.expect("a connection");
    let text = Text::new(sql.to_owned(), columns);
    let rows = session.rows(text.with(Vec::new())).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    session.keep();
    rows
}

async fn texts(fixture: &Fixture, sql: &str) -> Vec<String> {
    let text = |row: Vec<Cell>| match row.into_iter().next() {
        Some(Cell::Text(text)) => text,
        other => panic!("{other:?}"),
    };
    rows(fixture, sql, &[Kind::Text]).await.into_iter().map(text).collect()
}

/// The columns of all tables that contain a text, or the bytes of an organization.
async fn found_in(fixture: &Fixture, needle: &str) -> BTreeSet<String> {
    let postgres = fixture.database.is_some();
    let columns = if postgres {
        "SELECT CAST(table_name || '.' || column_name AS text) FROM information_schema.columns \
         WHERE table_schema = 'public'"
    } else {
        "SELECT m.name || '.' || c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'"
    };
    let mut found = BTreeSet::new();
    for column in texts(fixture, columns).await {
        let (table, name) = column.split_once('.').expect("a table and a column");
        let bytes = needle.replace('-', "");
        let holds = if postgres {
            format!("CAST({name} AS text) LIKE '%{needle}%'")
        } else {
            format!("CAST({name} AS TEXT) LIKE '%{needle}%' OR hex({name}) LIKE '%{bytes}%'")
        };
        if !rows(fixture, &format!("SELECT CAST(1 AS bigint) FROM {table} WHERE {holds} LIMIT 1"), &[Kind::Int])
            .await
            .is_empty()
        {
            found.insert(column);
        }
    }
    found
}

/// A has an owner and a folder; B and the levels above name A.
async fn fill(fixture: &Fixture) {
    let a = organization(A);
    fixture.give(Some(A), &[&format!("{a}#owner@user:alice"), "folder:1#viewer@user:alice"]).await;
    fixture.give(Some(B), &[&format!("plan:1#customer@{a}"), "folder:1#viewer@user:bob"]).await;
    fixture.give(None, &[&format!("plan:9#customer@{a}#owner"), "tenant:7#admin@user:carol"]).await;
    let change = [Change::touch(Some(A), relationship("folder:2#viewer@user:alice"))];
    let written = fixture.engine.write(&change, "user:alice", "alice asked for it");
    let _ = written.await.expect("written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_organization_is_found_in_no_column_but_its_epoch_and_the_organization_of_log_lines() {
    for fixture in both(&with_references(), plain).await {
        fill(&fixture).await;
        assert!(found_in(&fixture, &A.to_string()).await.contains("permission_relationships.subject_id"));
        assert_eq!(
            found_in(&fixture, "alice").await,
            [
                "log.reason",
                "log.relationship",
                "log.written_by",
                "relationships.subject_id",
                "relationships.written_by"
            ]
            .map(|column| format!("permission_{column}"))
            .into()
        );
        let deleted = fixture.engine.delete_organization(A, "user:operator", "closed").await.expect("deleted");
        assert_eq!((deleted.own, deleted.elsewhere, deleted.left), (3, 2, 0), "{}", fixture.name());
        // Three lines of A, and those that name it in B and above.
        assert_eq!(deleted.log_lines, 5);
        let expected: BTreeSet<String> =
            ["permission_epochs.org_id", "permission_log.organization_id"].map(str::to_owned).into();
        assert_eq!(found_in(&fixture, &A.to_string()).await, expected, "{}", fixture.name());
        assert_eq!(found_in(&fixture, "alice").await, BTreeSet::new());
        assert!(!found_in(&fixture, "bob").await.is_empty(), "others stay");
        let again = fixture.engine.delete_organization(A, "user:operator", "closed").await.expect("deleted");
        assert_eq!((again.own, again.elsewhere, again.log_lines, again.left), (0, 0, 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_keeps_a_line_for_each_that_lost_relationships_and_the_frame_of_earlier_ones() {
    for fixture in both(&with_references(), plain).await {
        fill(&fixture).await;
        let count = rows(&fixture, "SELECT COUNT(*) FROM permission_log", &[Kind::Int]).await;
        assert_eq!(count, [[Cell::Int(7)]]);
        let _ = fixture.engine.delete_organization(A, "user:operator", "closed").await.expect("deleted");
        let line = "SELECT operation || ' ' || relationship || ' ' || written_by || ' ' || reason FROM permission_log \
                    WHERE organization_id";
        let id = |id: Uuid| if fixture.database.is_some() { format!("'{id}'") } else { format!("x'{}'", id.simple()) };
        let of_a = texts(&fixture, &format!("{line} = {} ORDER BY id", id(A))).await;
        let erased = "touch erased erased erased";
        assert_eq!(of_a, [erased, erased, erased, "delete organization 3 relationships user:operator closed"]);
        let of_b = texts(&fixture, &format!("{line} = {} ORDER BY id", id(B))).await;
        assert_eq!(
            of_b,
            [
                "touch erased user:test a test",
                "touch folder:1#viewer@user:bob user:test a test",
                "delete references 1 relationships user:operator closed"
            ]
        );
        let above = texts(&fixture, &format!("{line} IS NULL ORDER BY id")).await;
        assert_eq!(
            above,
            [
                "touch erased user:test a test",
                "touch tenant:7#admin@user:carol user:test a test",
                "delete references 1 relationships user:operator closed"
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_texts_of_log_lines_cannot_be_changed_before_or_other_than_by_a_deletion() {
    for fixture in both(&with_references(), plain).await {
        fill(&fixture).await;
        let refused = async |sql: &'static str| {
            let mut session = fixture.engine.session().await.expect("a connection");
            let error = session.script(sql).await.expect_err(sql);
            assert!(format!("{error:?}").contains("append-only"), "{}: {sql}: {error:?}", fixture.name());
        };
        refused("UPDATE permission_log SET reason = 'erased'").await;
        let _ = fixture.engine.delete_organization(A, "user:operator", "closed").await.expect("deleted");
        for sql in [
            "UPDATE permission_log SET reason = 'another' WHERE id = 1",
            "UPDATE permission_log SET written_at = 0, reason = 'erased' WHERE id = 1",
            "UPDATE permission_log SET organization_id = NULL WHERE id = 1",
            "UPDATE permission_log SET operation = 'create' WHERE id = 1",
            "UPDATE permission_log SET reason = 'erased' WHERE operation = 'delete organization'",
            "UPDATE permission_log SET reason = 'erased' WHERE relationship = 'folder:1#viewer@user:bob'",
            "UPDATE permission_log SET written_by = 'erased' WHERE relationship = 'folder:1#viewer@user:bob'",
            "DELETE FROM permission_log",
        ] {
            refused(sql).await;
        }
        // A write after the deletion is as safe as any.
        fixture.give(Some(B), &["folder:7#viewer@user:bob"]).await;
        refused("UPDATE permission_log SET reason = 'erased' WHERE relationship = 'folder:7#viewer@user:bob'").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_lose_a_permission_with_a_deleted_organization_have_a_new_epoch() {
    for fixture in both(&with_references(), plain).await {
        let a = organization(A);
        fixture.give(Some(B), &[&format!("plan:1#customer@{a}")]).await;
        assert!(fixture.allows(Some(B), "plan:1", "use", &a).await);
        let (before, other) = (fixture.epochs(B).await, fixture.epochs(Uuid::from_u128(7)).await);
        let deleted = fixture.engine.delete_organization(A, "user:operator", "closed").await.expect("deleted");
        assert_eq!((deleted.own, deleted.elsewhere), (0, 1));
        assert!(!fixture.allows(Some(B), "plan:1", "use", &a).await);
        assert_eq!(fixture.epochs(B).await, (before.0 + 1, before.1));
        assert_eq!(fixture.epochs(Uuid::from_u128(7)).await, other);
        // Above organizations it counts in each.
        fixture.give(None, &[&format!("plan:2#customer@{a}")]).await;
        let before = fixture.epochs(B).await;
        let _ = fixture.engine.delete_organization(A, "user:operator", "closed").await.expect("deleted");
        assert_eq!(fixture.epochs(B).await, (before.0 + 1, before.1 + 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relationships_that_name_the_id_as_another_type_are_left_and_counted() {
    for fixture in both(&with_references(), plain).await {
        // Another type with the same id, and the organization as an object of B, past the engine.
        fixture.give(Some(B), &[&format!("box:1#label@slip:{A}")]).await;
        fixture.smuggle(Some(B), &format!("{}#owner@user:bob", organization(A)), None).await;
        let deleted = fixture.engine.delete_organization(A, "user:operator", "closed").await.expect("deleted");
        assert_eq!((deleted.own, deleted.elsewhere, deleted.left), (0, 1, 1), "{}", fixture.name());
        let filter = Filter::Subject(subject(&format!("slip:{A}")));
        assert_eq!(fixture.engine.read(Some(B), &filter, 9).await.expect("read").len(), 1);
    }
    // Without a type of organizations the engine does not know what the others mean.
    let model = model("definition user {}\ndefinition company {}\ndefinition plan {\nrelation customer: company\n}");
    let engine = SqlEngine::sqlite(":memory:", model).await.expect("an engine");
    engine.migrate().await.expect("the tables");
    let fixture = Fixture { engine, database: None };
    fixture.give(Some(B), &[&format!("plan:1#customer@company:{A}")]).await;
    let deleted = fixture.engine.delete_organization(A, "user:operator", "closed").await.expect("deleted");
    assert_eq!((deleted.elsewhere, deleted.left), (0, 1));
    let nil = fixture.engine.delete_organization(Uuid::nil(), "user:operator", "closed").await;
    assert!(matches!(nil, Err(WriteError::Engine(_))), "{nil:?}");
    assert!(!fixture.engine.read(Some(B), &Filter::All, 9).await.expect("read").is_empty());
}
