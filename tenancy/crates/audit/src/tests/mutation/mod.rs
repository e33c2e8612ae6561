//! The audit against random changes: DDL on a walled database, probes as the roles that decide whether it
//! opened something, and what the audit said of it.
//!
//! The probes know nothing of the rules. `TENANCY_AUDIT_MUTATIONS` sets how many changes are tried (120), and
//! `TENANCY_AUDIT_SEED` where they begin.

mod moves;
mod trial;

use super::{Built, Severity, told};
use crate::catalog::Session;
use moves::{Dice, MOVES};
use std::collections::BTreeMap;
use std::env;

/// Of one family: changes, those that opened something, those that the audit reported at medium or worse.
#[derive(Default)]
struct Count {
    tried: usize,
    opened: usize,
    found: usize,
}

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test]
async fn random_changes_that_open_something_are_found() {
    let built = Built::new().await;
    let mut session = built.admin().await;
    let secrets = secrets(&built, &mut session).await;
    let (seed, tries) = (number("TENANCY_AUDIT_SEED", 9), number("TENANCY_AUDIT_MUTATIONS", 120));
    let login = built.fill("l_{db}");
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut missed = String::new();
    for at in 0..tries {
        let mut dice = Dice(fastrand::Rng::with_seed(seed.wrapping_mul(1_000_003) + at));
        let (family, change) = MOVES[usize::try_from(at).expect("few") % MOVES.len()];
        let sql = change(&mut dice);
        session.run("BEGIN").await.expect("it begins");
        let planted = plant(&built, &mut session, &sql).await;
        if planted {
            let report = super::judged(&mut session, &built.options).await;
            let opened = trial::opened(&built, &mut session, &login, &secrets).await;
            let count = counts.entry(family).or_default();
            count.tried += 1;
            if let Some(how) = opened {
                let found = report.fails_on(Severity::Medium);
                count.opened += 1;
                count.found += usize::from(found);
                if !found {
                    missed += &format!("{family}: {sql}\n  {how}\n{}", told(&report));
                }
            } else if family == "harmless" && report.fails_on(Severity::Medium) {
                missed += &format!("a false alarm: {sql}\n{}", told(&report));
                count.opened += 1;
            }
        }
        session.run("ROLLBACK").await.expect("it is rolled back");
    }
    println!("{:<32} tried opened found", "family");
    for (family, Count { tried, opened, found }) in &counts {
        println!("{family:<32} {tried:>5} {opened:>6} {found:>5}");
    }
    let (opened, found) = counts.values().fold((0, 0), |sum, count| (sum.0 + count.opened, sum.1 + count.found));
    println!("{found} of {opened} found\n{missed}");
    assert!(opened * 4 >= usize::try_from(tries).expect("few"), "too few of them opened anything: {opened} of {tries}");
    assert!(found * 100 >= opened * 95, "{found} of {opened} found:\n{missed}");
}

/// Roles for a change, and the change; whether the server took it.
async fn plant(built: &Built, session: &mut Session, sql: &str) -> bool {
    let roles = "CREATE ROLE l_{db} LOGIN; CREATE ROLE g_{db}; GRANT g_{db} TO l_{db}; CREATE SCHEMA other; \
                 GRANT USAGE ON SCHEMA public TO l_{db}; GRANT USAGE ON SCHEMA billing TO l_{db}";
    session.run(&built.fill(roles)).await.expect("the roles are made");
    let sql = built.fill(&sql.replace("{l}", "l_{db}").replace("{g}", "g_{db}"));
    session.run("SET LOCAL search_path = public").await.expect("it is set");
    session.run("SAVEPOINT planted").await.expect("it is set");
    let taken = session.run(&sql).await;
    if let Err(why) = &taken {
        println!("not planted: {why}\nin: {sql}");
        session.run("ROLLBACK TO SAVEPOINT planted").await.expect("it is taken back");
    }
    session.run("SET LOCAL search_path = pg_catalog").await.expect("it is set");
    taken.is_ok()
}

/// What no role but a superuser may see: marks in rows of the other organization and of the platform, keys, passwords.
async fn secrets(built: &Built, session: &mut Session) -> Vec<String> {
    built.db.psql(&format!(
        "UPDATE invoices SET note = 'mark-b' WHERE org_id = '{0}'; UPDATE billing.parties SET name = 'mark-b' WHERE company = '{0}'; \
         INSERT INTO operators VALUES (777001); ANALYZE",
        trial::OTHER
    ));
    let halves =
        "SELECT encode(ipad, 'hex') AS document FROM tenancy.key UNION ALL SELECT encode(opad, 'hex') FROM tenancy.key";
    let halves = session.texts(halves).await.expect("they are read").into_iter().flatten();
    ["mark-b", "777001", "SCRAM-SHA-256", "a file: 1", "statistics"]
        .map(str::to_owned)
        .into_iter()
        .chain(halves)
        .collect()
}
