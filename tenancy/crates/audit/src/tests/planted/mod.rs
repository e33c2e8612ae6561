//! Faults as an attacker, an administrator, a migration tool or an ORM would make them, each alone on a database that
//! `rls apply` made, and taken back: (what was done, the SQL, every rule that must fire and no other).
//!
//! `faults.rs` shows that each rule works; this list asks what no rule sees.

mod around;
mod grants;
mod indirect;
mod keys;
mod policies;
mod roles;

use super::{Built, told};

type Fault = (&'static str, &'static str, &'static str);

const GROUPS: [(&str, &[Fault]); 6] = [
    ("around", around::FAULTS),
    ("roles", roles::FAULTS),
    ("grants", grants::FAULTS),
    ("policies", policies::FAULTS),
    ("indirect", indirect::FAULTS),
    ("keys", keys::FAULTS),
];

/// Of family G, which has no list of its own.
pub(super) fn around() -> &'static [Fault] {
    around::FAULTS
}

/// One fault after the other, each in a transaction that is rolled back.
#[tokio::test]
async fn what_others_would_break_is_found() {
    let built = Built::new().await;
    let mut session = built.admin().await;
    let mut wrong = String::new();
    for (group, faults) in GROUPS {
        for (what, sql, expected) in faults {
            let report = built.after(&mut session, sql, &built.options).await;
            let found = report.rule_ids().join(" ");
            if found != *expected {
                wrong += &format!("{group}: {what}\n  expected {expected}, found {found}\n{}", told(&report));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn there_are_enough_of_them() {
    let all: Vec<&Fault> = GROUPS.iter().flat_map(|(_, faults)| *faults).collect();
    assert!(all.len() >= 200, "{}", all.len());
    let mut sql: Vec<&str> =
        all.iter().map(|(_, sql, _)| *sql).chain(super::faults::FAULTS.iter().map(|f| f.0)).collect();
    let count = sql.len();
    sql.sort_unstable();
    sql.dedup();
    assert_eq!(sql.len(), count, "a fault is planted twice");
}
