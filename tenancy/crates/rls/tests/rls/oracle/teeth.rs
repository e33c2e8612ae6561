//! That the property sees what it is for: with what this wall is not, answers differ.

use super::{Armed, Pair, any_scope};
use fastrand::Rng;

const TABLES: [&str; 2] = ["accounts", "events"];

/// The first pair that differs, if one does among so many.
async fn found(pair: &Pair, armed: impl Fn(&mut Rng, bool) -> Armed) -> String {
    let asked = pair.ask(&mut Rng::with_seed(16), 4_000, armed).await;
    asked.expect_err("an oracle that is not seen")
}

async fn policies(pair: &Pair, read: &str, write: &str) {
    for table in TABLES {
        pair.admin(&format!(
            "ALTER POLICY tenancy ON {table} USING ({read}) WITH CHECK ({write});
             ALTER POLICY tenancy_delete ON {table} USING ({write})"
        ))
        .await;
    }
}

/// The policy of earlier releases. Without a token, an error says that a row of some organization meets the condition.
#[tokio::test(flavor = "multi_thread")]
async fn the_old_policy_answers_without_a_token() {
    let pair = Pair::new().await;
    policies(&pair, "org_id = (SELECT tenancy.org())", "org_id = (SELECT tenancy.org_rw())").await;
    let why = found(&pair, |_, _| Armed::Not).await;
    assert!(why.contains("no organization scope"), "{why}");
}

/// The comparison of rows alone closes that, and neither the estimates of EXPLAIN without a token nor what an armed session
/// makes visible.
#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_of_rows_alone_answers_an_armed_session() {
    let pair = Pair::new().await;
    let form = |of: &str| format!("(true, org_id) = (SELECT true, tenancy.{of}())");
    policies(&pair, &form("org"), &form("org_rw")).await;
    found(&pair, |_, analyzed| if analyzed { Armed::Not } else { Armed::ToWrite }).await;
}

/// An index that does not begin with the organization has found its row before the policy is asked.
// attack: H30
#[tokio::test(flavor = "multi_thread")]
async fn an_index_without_the_organization_answers_an_armed_session() {
    let pair = Pair::new().await;
    pair.admin("CREATE INDEX late ON accounts (label)").await;
    found(&pair, any_scope).await;
}
