//! How long a check takes, run by hand: `cargo test -p tenancy-permits --all-features --lib -- --ignored --nocapture
//! speed`.

use super::{A, Fixture, MODEL, both, context, organization, plain};
use std::time::Instant;

const CHECKS: usize = 2_000;

/// 100,000 relationships of a hundred tenants.
async fn fill(fixture: &Fixture) {
    let numbers = if fixture.database.is_some() {
        "SELECT n FROM generate_series(1, 100000) AS s (n)"
    } else {
        "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 100000) SELECT n FROM s"
    };
    let values = "'author', 'user', 'u' || n, '', NULL, 0, 'sql'";
    fixture
        .sql(format!(
            "INSERT INTO permission_relationships ({}) \
             SELECT NULL, 'invoice', 'i' || n, {values} FROM ({numbers}) AS s",
            super::COLUMNS,
        ))
        .await;
    fixture.sql("ANALYZE permission_relationships".to_owned()).await;
    let a = organization(A);
    fixture
        .give(None, &["tenant:7#admin@team:1#member", "team:1#member@team:2#member", "team:2#member@user:admin"])
        .await;
    let of_a = [format!("{a}#tenant@tenant:7"), format!("{a}#owner@user:owner")];
    fixture.give(Some(A), &of_a.each_ref().map(String::as_str)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, and asserts nothing about time"]
async fn speed_of_checks() {
    for fixture in both(MODEL, plain).await {
        fill(&fixture).await;
        let asked = context(Some(A)).implying_organization();
        for (permission, of, expected) in [
            ("author", "user:u7", true),
            ("delete", "user:owner", true),
            ("delete", "user:admin", true),
            ("delete", "user:other", false),
        ] {
            let mut times = Vec::new();
            for _ in 0..CHECKS {
                let begun = Instant::now();
                let mut asked = asked;
                asked.deadline = begun + std::time::Duration::from_secs(5);
                let decision = fixture.ask(asked, "invoice:i7", permission, of).await.expect("an answer");
                times.push(begun.elapsed());
                assert_eq!(decision.allowed, expected);
            }
            times.sort();
            let (half, most) = (times[CHECKS / 2], times[CHECKS * 99 / 100]);
            eprintln!("{}: {permission} of {of}: p50 {half:?}, p99 {most:?}", fixture.name());
        }
    }
}
