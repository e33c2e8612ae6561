//! How PostgreSQL runs the statements.

use super::{A, MODEL, both, context, plain};
use crate::sql::database::Value;

/// A check finds relationships by the object, of which it knows the whole key: what names the person elsewhere costs
/// nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_check_reads_what_else_names_the_person() {
    let [_, fixture] = both(MODEL, plain).await;
    let numbers = "SELECT n FROM generate_series(1, 20000) AS s (n)";
    let values = "'author', 'user', 'busy', '', NULL, 0, 'sql'";
    let columns = super::COLUMNS;
    let insert = format!("SELECT '{A}', 'invoice', 'i' || n, {values} FROM ({numbers}) AS s");
    fixture.sql(format!("INSERT INTO permission_relationships ({columns}) {insert}")).await;
    fixture.sql("ANALYZE permission_relationships".to_owned()).await;
    let engine = &fixture.engine;
    let mut session = engine.session().await.expect("a connection");
    for (kind, permission) in [("invoice", "view"), ("invoice", "author"), ("folder", "view"), ("project", "publish")] {
        for of in ["user:busy", "service:busy"] {
            for asked in [context(Some(A)), context(Some(A)).implying_organization()] {
                let subject = super::subject(of);
                let text = engine.compiled(kind, permission).expect("compiled").check(&subject, &asked).explained();
                let values = engine.values(&subject, Value::Text("i7".to_owned()), &asked).expect("values");
                let plan = session.rows(text.with(values)).await.expect("a plan");
                let plan: Vec<String> = plan.iter().map(|line| format!("{line:?}")).collect();
                assert!(plan.iter().any(|line| line.contains("permission_relationships_names")), "{plan:#?}");
                assert!(
                    !plan.iter().any(|line| line.contains("relationships_subject") || line.contains("hashed")),
                    "{plan:#?}"
                );
            }
        }
    }
    session.keep();
}
