//! Each type and each way to a row, by name: a value that exists against one that does not.

use super::ask::Asked;
use super::{Armed, B, Pair, Side};
use crate::wall::NO_SCOPE;

const TAKEN: &str = "'taken', '00000000-0000-7000-8000-000000000101', '\\x01', 41, '2026-01-01', true, '{\"k\": 1}'";

/// The same question about a value that B has and about one that does not exist: `{}` stands for it.
const QUESTIONS: [(&str, &str, &str); 16] = [
    ("label = ANY ('{{}}')", "taken", "other"),
    ("label = '{}'", "taken", "other"),
    ("label < '{}'", "u", "a"),
    ("starts_with(label, '{}')", "ta", "ot"),
    ("code = '{}'", "00000000-0000-7000-8000-000000000101", "00000000-0000-7000-8000-000000000102"),
    ("code < '{}'", "00000000-0000-7000-8000-000000000102", "00000000-0000-7000-8000-000000000100"),
    ("raw = '{}'", "\\x01", "\\x02"),
    ("amount = ANY ('{{}}')", "41", "42"),
    ("amount > {}", "40", "42"),
    ("day = '{}'", "2026-01-01", "2026-01-02"),
    ("flag IS {}", "TRUE", "FALSE"),
    ("flag IS {}", "NOT NULL", "NULL"),
    ("label IS {}", "NOT NULL", "NULL"),
    ("data['{}'] IS NOT NULL", "k", "l"),
    ("('{\"{}\": 1}'::jsonb)[label] IS NOT NULL", "taken", "other"),
    ("ctid = ANY ('{\"(0,1)\"}') AND label = '{}'", "taken", "other"),
];

const SCANS: [&str; 5] = [
    "SELECT 1",
    "SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off",
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off",
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off",
    "SET LOCAL cpu_operator_cost = 100; SET LOCAL plan_cache_mode = force_generic_plan",
];

fn asked(settings: &str, sql: String) -> Asked {
    Asked { settings: settings.to_owned(), sql, counts: true }
}

async fn one_row_of_b() -> Pair {
    let pair = Pair::new().await;
    for table in ["accounts", "events"] {
        pair.admin(&format!("INSERT INTO {table} VALUES ('{B}', 1, {TAKEN})")).await;
        pair.admin(&format!("VACUUM (FREEZE, ANALYZE) {table}")).await;
    }
    pair
}

/// The one error, whatever was asked.
async fn refuses(side: &Side, armed: Armed, settings: &str, sql: String) -> String {
    let answer = side.settled(armed, &asked(settings, sql.clone())).await;
    assert!(answer.starts_with("42501 ") && answer.contains("organization scope"), "{armed:?} {sql}: {answer}");
    answer
}

// attack: F19, H10, H27, H28
#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_a_scope_is_refused_whatever_it_asks() {
    let pair = one_row_of_b().await;
    let side = &pair.0[0];
    for armed in Armed::WRONGLY {
        for (number, (question, taken, other)) in QUESTIONS.into_iter().enumerate() {
            let settings = SCANS[number % SCANS.len()];
            for form in ["SELECT 1 FROM accounts WHERE {}", "EXPLAIN SELECT 1 FROM events WHERE {}"] {
                let ask = |value: &str| form.replace("{}", &question.replace("{}", value));
                let there = refuses(side, armed, settings, ask(taken)).await;
                assert_eq!(there, refuses(side, armed, settings, ask(other)).await, "{armed:?} {question}");
            }
        }
    }
}

/// What has no row to ask about is refused as well: an empty table, a partition, a condition that is false.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_refused_where_there_are_no_rows() {
    let pair = Pair::new().await;
    let side = &pair.0[0];
    for sql in [
        "SELECT count(*) FROM accounts",
        "SELECT 1 FROM accounts WHERE false",
        "SELECT 1 FROM accounts LIMIT 0",
        "SELECT 1 FROM events WHERE org_id = '00000000-0000-7000-8000-00000000000b'",
        "UPDATE accounts SET amount = 1 WHERE label = 'x'",
        "DELETE FROM accounts WHERE flag",
        "INSERT INTO accounts SELECT * FROM accounts WHERE false",
        "MERGE INTO accounts t USING (VALUES (1)) s (x) ON t.id = s.x WHEN MATCHED THEN DELETE",
        "DECLARE c CURSOR FOR SELECT 1 FROM accounts WHERE label IS NULL",
        "EXPLAIN (ANALYZE, BUFFERS) SELECT 1 FROM accounts WHERE flag",
        "PREPARE p AS SELECT 1 FROM accounts WHERE flag; EXECUTE p",
        "SELECT query_to_xml('SELECT 1 FROM accounts WHERE flag', true, false, '')",
        "SELECT table_to_xml('accounts', true, false, '')",
    ] {
        refuses(side, Armed::Not, "SELECT 1", sql.to_owned()).await;
    }
}

/// A plan that was made with a scope is refused without one, also when no row would be asked about.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_was_kept_is_refused_when_the_scope_is_gone() {
    let pair = one_row_of_b().await;
    let side = &pair.0[0];
    for (question, taken, other) in QUESTIONS {
        for generic in ["force_generic_plan", "auto"] {
            let answer = async |value: &str| {
                let question = question.replace("{}", value);
                let sql = format!(
                    "PREPARE p AS SELECT 1 FROM accounts WHERE {question}; EXECUTE p; DECLARE c CURSOR FOR SELECT 1 FROM \
                     accounts WHERE {question}; SELECT set_config('tenancy.scope', '', true); EXECUTE p; FETCH c"
                );
                side.settled(Armed::ToWrite, &asked(&format!("SET LOCAL plan_cache_mode = {generic}"), sql)).await
            };
            let there = answer(taken).await;
            assert_eq!(there, answer(other).await, "{question}");
        }
    }
}

/// An armed session, and conditions whose evaluation shows.
// attack: H12, H29
#[tokio::test(flavor = "multi_thread")]
async fn an_armed_session_sees_no_condition_run_on_another_organizations_row() {
    let pair = one_row_of_b().await;
    let side = &pair.0[0];
    for settings in SCANS {
        for (question, taken, other) in QUESTIONS {
            for visible in ["(SELECT 1 / (random() * 0)::int > 1)", "set_config('app.seen', 'yes', true) IS NULL"] {
                let answer = async |value: &str| {
                    let question = question.replace("{}", value);
                    // A has no row, so nothing is evaluated on one.
                    let sql = format!("SELECT id FROM accounts WHERE NOT ({question}) OR {visible}");
                    side.settled(Armed::ToWrite, &asked(settings, sql)).await
                };
                assert_eq!(answer(taken).await, answer(other).await, "{settings}: {question} {visible}");
            }
        }
    }
}

/// The words are those of every earlier release.
#[tokio::test(flavor = "multi_thread")]
async fn the_refusal_keeps_its_code_and_words() {
    let pair = Pair::new().await;
    let said = refuses(&pair.0[0], Armed::Not, "SELECT 1", "SELECT 1 FROM accounts".to_owned()).await;
    assert!(said.starts_with(&format!("42501 {NO_SCOPE}")), "{said}");
    let said = refuses(&pair.0[0], Armed::Expired, "SELECT 1", "SELECT 1 FROM accounts".to_owned()).await;
    assert!(said.starts_with("42501 the organization scope is refused Some(\"expired"), "{said}");
}
