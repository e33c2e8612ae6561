//! Random statements, with conditions of every kind that PostgreSQL may evaluate before a policy.

use super::{A, B, C};
use fastrand::Rng;

/// A statement, and the settings of its session.
pub(super) struct Asked {
    pub(super) settings: String,
    pub(super) sql: String,
    /// The counters of the transaction are compared: those of parallel workers are not in it.
    pub(super) counts: bool,
}

const WORDS: [&str; 6] = ["aaaaaaaa", "abababab", "bbbbbbbb", "cccccccc", "cdcdcdcd", "dddddddd"];

fn pick<'a, T: ?Sized>(rng: &mut Rng, of: &[&'a T]) -> &'a T {
    of[rng.usize(..of.len())]
}

/// A row behind organization and id. Texts are of one length: how long rows are says where they lie.
pub(super) fn values(rng: &mut Rng) -> String {
    let label = if rng.u8(..5) == 0 { "NULL".to_owned() } else { format!("'{}'", pick(rng, &WORDS)) };
    let day = if rng.u8(..5) == 0 { "NULL".to_owned() } else { format!("'2026-01-0{}'", rng.u8(1..7)) };
    format!(
        "{label}, '{}', '\\x0{}', {}, {day}, {}, '{{\"{}\": 1}}'",
        uuid(rng),
        rng.u8(..6),
        rng.u8(..6),
        pick(rng, &["true", "false", "NULL"]),
        pick(rng, &["k", "l"]),
    )
}

fn uuid(rng: &mut Rng) -> String {
    format!("00000000-0000-7000-8000-00000000010{}", rng.u8(..6))
}

/// A literal of a column.
fn literal(rng: &mut Rng, column: &str) -> String {
    match column {
        "label" => pick(rng, &WORDS).to_owned(),
        "code" => uuid(rng),
        "raw" => format!("\\\\x0{}", rng.u8(..6)),
        "day" => format!("2026-01-0{}", rng.u8(1..7)),
        "id" => rng.u8(1..7).to_string(),
        "org_id" => pick(rng, &[A, B, C]).to_owned(),
        _ => rng.u8(..6).to_string(),
    }
}

/// A condition on one column.
fn atom(rng: &mut Rng) -> String {
    let column = pick(rng, &["label", "label", "code", "raw", "amount", "day", "id", "org_id", "flag", "data", "ctid"]);
    let name = format!("t.{column}");
    match column {
        "flag" => {
            let said = ["{}", "NOT {}", "{} IS TRUE", "{} IS NOT TRUE", "{} IS UNKNOWN", "{} IS NULL"];
            pick(rng, &said).replace("{}", &name)
        }
        "data" => match rng.u8(..3) {
            0 => format!("{name}['{}'] IS NULL", pick(rng, &["k", "l"])),
            // Costs nothing, and compares.
            1 => format!("('{{\"{}\": 1}}'::jsonb)[t.label] IS NULL", pick(rng, &WORDS)),
            _ => format!("{name} @> '{{\"k\": 1}}'"),
        },
        "ctid" => format!("{name} {} '(0,{})'", pick(rng, &["=", "<", ">="]), rng.u8(1..12)),
        _ => {
            let (one, two) = (literal(rng, column), literal(rng, column));
            match rng.u8(..10) {
                0 => format!("{name} IS NULL"),
                1 => format!("{name} IS NOT NULL"),
                2 => format!("{name} = ANY ('{{\"{one}\"}}')"),
                3 => format!("{name} <> ALL ('{{\"{one}\"}}')"),
                4 => format!("{name} IN ('{one}', '{two}')").replace("\\\\", "\\"),
                5 if column == "label" => format!("starts_with({name}, '{}')", &one[..2]),
                6 => format!("{name} BETWEEN '{one}' AND '{two}'").replace("\\\\", "\\"),
                _ => format!("{name} {} '{one}'", pick(rng, &["=", "<>", "<", "<=", ">", ">="])).replace("\\\\", "\\"),
            }
        }
    }
}

/// Something whose evaluation shows: an error, an InitPlan that was "never executed", a setting.
fn visible(rng: &mut Rng) -> &'static str {
    pick(
        rng,
        &[
            "(SELECT 1 / (random() * 0)::int > 1)",
            "(SELECT count(*) > 9 FROM generate_series(1, 3))",
            "set_config('app.seen', 'yes', true) IS NULL",
            "1 / (random() * 0)::int > 1",
        ],
    )
}

fn condition(rng: &mut Rng) -> String {
    let one = atom(rng);
    match rng.u8(..9) {
        0 | 1 => one,
        2 => format!("{one} AND {}", atom(rng)),
        3 => format!("({one} OR {})", atom(rng)),
        4 => format!("({one} OR {})", visible(rng)),
        5 => format!("(NOT ({one}) OR {})", visible(rng)),
        6 => format!("(({one}) AND {})", visible(rng)),
        7 => format!("CASE WHEN {one} THEN {} ELSE true END", visible(rng)),
        _ => format!("({one}) AND ({} OR {})", atom(rng), visible(rng)),
    }
}

fn select(rng: &mut Rng, table: &str) -> String {
    let (one, word) = (condition(rng), pick(rng, &WORDS));
    match rng.u8(..13) {
        0 | 1 => format!("SELECT count(*) FROM {table} t WHERE {one}"),
        2 => format!("SELECT t.id FROM {table} t WHERE {one} ORDER BY t.id LIMIT 3"),
        3 => format!("SELECT max(t.label), min(t.amount) FROM {table} t WHERE {one}"),
        4 => format!("SELECT EXISTS (SELECT FROM {table} t WHERE {one})"),
        5 => format!("SELECT count(*) FROM {table} t JOIN accounts n ON n.id = t.id AND n.label = t.label WHERE {one}"),
        6 => format!(
            "SELECT v.x, t.id FROM (VALUES ('{word}'), ('dddddddd')) v (x) LEFT JOIN {table} t ON t.label = v.x AND {one}"
        ),
        7 => {
            format!("SELECT count(*) FROM events n WHERE n.amount NOT IN (SELECT t.amount FROM {table} t WHERE {one})")
        }
        8 => format!("SELECT t.label, count(*) FROM {table} t WHERE {one} GROUP BY t.label ORDER BY 1"),
        9 => format!(
            "WITH m AS MATERIALIZED (SELECT * FROM {table} t WHERE {one}) SELECT count(*) FROM m WHERE label = '{word}'"
        ),
        10 => format!("SELECT count(*) FROM {table} t TABLESAMPLE SYSTEM (100) WHERE {one}"),
        11 => format!("SELECT t.id FROM {table} t WHERE {one} FOR UPDATE"),
        _ => format!(
            "SELECT id FROM {table} t WHERE {one} UNION ALL SELECT id FROM accounts t WHERE {} ORDER BY 1",
            condition(rng)
        ),
    }
}

fn write(rng: &mut Rng, table: &str) -> String {
    let (one, org, id) = (condition(rng), pick(rng, &[A, A, B]), rng.u8(1..7));
    match rng.u8(..5) {
        0 => format!("UPDATE {table} t SET amount = 1 WHERE {one} RETURNING t.id"),
        1 => format!("DELETE FROM {table} t WHERE {one}"),
        2 => {
            let row = format!("INSERT INTO {table} AS t VALUES ('{org}', {id}, {})", values(rng));
            format!("{row} ON CONFLICT (org_id, id) DO UPDATE SET amount = 0 WHERE {one} RETURNING t.id")
        }
        3 => format!("INSERT INTO {table} VALUES ('{org}', {id}, {}) ON CONFLICT DO NOTHING", values(rng)),
        _ => format!(
            "MERGE INTO {table} t USING (VALUES (1), (2), (5)) s (x) ON t.id = s.x AND {one} \
             WHEN MATCHED THEN UPDATE SET amount = 5 WHEN NOT MATCHED THEN DO NOTHING"
        ),
    }
}

/// One SELECT that changes what is asked before, and asks a statement of its own: what an injection can do.
fn inner(rng: &mut Rng, table: &str) -> String {
    let before = pick(
        rng,
        &[
            "set_config('tenancy.scope', '', true)",
            "set_config('tenancy.scope', 'x|9999999999|k|rw|y|z', true)",
            "set_config('cpu_operator_cost', '1', true) || set_config('enable_indexscan', 'off', true)",
            "set_config('enable_bitmapscan', 'off', true) || set_config('enable_indexscan', 'off', true)",
        ],
    );
    let inner = select(rng, table).replace('\'', "''");
    format!("SELECT {before}, query_to_xml('{inner}', true, false, '')::text, current_setting('app.seen', true)")
}

/// The settings of a session, in one statement: what a session can choose.
fn settings(rng: &mut Rng) -> (String, bool) {
    let mut set = vec![("app.seen".to_owned(), "")];
    for switch in SWITCHES {
        if rng.u8(..4) == 0 {
            set.push((format!("enable_{switch}"), "off"));
        }
    }
    let chosen: [(&str, &[&'static str]); 5] = [
        ("cpu_operator_cost", &["0", "1e-300", "0.0025", "100", "1e300"]),
        ("cpu_tuple_cost", &["0", "1000"]),
        ("random_page_cost", &["0", "1000"]),
        ("plan_cache_mode", &["force_generic_plan", "force_custom_plan"]),
        ("cursor_tuple_fraction", &["0.01"]),
    ];
    for (name, of) in chosen {
        if rng.u8(..4) == 0 {
            set.push((name.to_owned(), pick(rng, of)));
        }
    }
    let parallel = rng.u8(..12) == 0;
    let workers: &[(&str, &'static str)] = match parallel {
        true => &[("parallel_setup_cost", "0"), ("parallel_tuple_cost", "0"), ("min_parallel_table_scan_size", "0")],
        false => &[("max_parallel_workers_per_gather", "0")],
    };
    set.extend(workers.iter().map(|(name, value)| ((*name).to_owned(), *value)));
    let set: Vec<_> = set.iter().map(|(name, value)| format!("set_config('{name}', '{value}', true)")).collect();
    (format!("SELECT {}", set.join(", ")), parallel)
}

const SWITCHES: [&str; 13] = [
    "seqscan",
    "indexscan",
    "indexonlyscan",
    "bitmapscan",
    "tidscan",
    "sort",
    "hashagg",
    "hashjoin",
    "mergejoin",
    "nestloop",
    "material",
    "memoize",
    "partition_pruning",
];

pub(super) fn statement(rng: &mut Rng) -> Asked {
    let (settings, parallel) = settings(rng);
    let table = pick(rng, &["accounts", "accounts", "events"]);
    let explain = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF";
    let sql = match rng.u8(..12) {
        0..=3 => select(rng, table),
        4 | 5 if !parallel => format!("{explain}) {}", select(rng, table)),
        6 if !parallel => format!("{explain}, COSTS OFF) {}", write(rng, table)),
        7 | 8 => write(rng, table),
        9 => format!("DECLARE c CURSOR FOR {}; FETCH 2 FROM c; MOVE ALL FROM c; CLOSE c", select(rng, table)),
        10 => {
            let prepared = format!(
                "PREPARE p (text, int) AS SELECT count(*) FROM {table} t WHERE t.label < $1 AND t.id > $2 AND {}",
                condition(rng)
            );
            format!("{prepared}; EXECUTE p ('{}', {}); EXECUTE p ('b', 0)", pick(rng, &WORDS), rng.u8(..4))
        }
        _ => inner(rng, table),
    };
    Asked { settings, sql: sql + "; SELECT current_setting('app.seen')", counts: !parallel }
}
