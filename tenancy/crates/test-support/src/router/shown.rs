//! The checker itself is shown statements that it must accept, and statements that it must refuse.
//!
//! `t` and `u` are organization tables, `g` is a global one. `$1` and `$3` are the scope's organization, `$2` is another value:
//! a number, a name, or another organization.

use super::{Refused, check};
use tenancy::schema::Manifest;

const CARRIES: &[bool] = &[true, false, true];

const DECLARED: &str = r#"{"tables": [
    {"path": "t", "name": "t", "kind": "tenant", "columns": [], "primary_key": ["id"], "organization": "org_id"},
    {"path": "u", "schema": "s", "name": "u", "kind": "tenant", "columns": [], "primary_key": ["id"], "organization": "org_id"},
    {"path": "g", "name": "g", "kind": "global", "columns": [], "primary_key": ["code"]},
    {"path": "p", "name": "p", "kind": "platform", "columns": [], "primary_key": ["id"]}
]}"#;

fn verdict(sql: &str) -> Result<Vec<String>, Refused> {
    check(sql, CARRIES, &Manifest::from_json(DECLARED).expect("a manifest"))
}

const T: &str = "(SELECT * FROM t WHERE t.org_id = $1) AS t";
const U: &str = "(SELECT * FROM s.u WHERE u.org_id = $3) AS u";

/// Statements that one node can answer, with the number of organization tables in them.
pub fn accepts_what_one_node_can_answer() {
    for (sql, count) in [
        (format!("SELECT * FROM {T}"), 1),
        (format!("SELECT * FROM {T} LEFT OUTER JOIN {U} ON t.id = u.id"), 2),
        (format!("SELECT * FROM {T} FULL OUTER JOIN {U} ON t.id = u.id CROSS JOIN g"), 2),
        (format!("(SELECT id FROM {T}) UNION ALL (SELECT id FROM {U})"), 2),
        (format!("SELECT * FROM g WHERE EXISTS (SELECT 1 FROM {T} WHERE t.code = g.code)"), 1),
        (
            format!("SELECT * FROM {T} WHERE t.id = $2 OR t.id = ANY((SELECT id FROM {U}) UNION (SELECT id FROM {T}))"),
            3,
        ),
        (format!("SELECT * FROM {T} FOR NO KEY UPDATE"), 1),
        (format!("WITH x AS (SELECT * FROM {T}) SELECT * FROM x, {U}"), 2),
        ("SELECT * FROM g".to_owned(), 0),
        // Classes: the bind reaches a table through equalities that hold for certain.
        ("SELECT * FROM t WHERE (t.id = $2 AND (t.org_id = $1))".to_owned(), 1),
        ("SELECT * FROM t JOIN s.u ON t.org_id = u.org_id WHERE $1 = u.org_id".to_owned(), 2),
        ("SELECT * FROM t JOIN s.u ON t.org_id = u.org_id AND t.org_id = $1".to_owned(), 2),
        ("SELECT * FROM t LEFT JOIN s.u ON u.org_id = t.org_id WHERE t.org_id = $1".to_owned(), 2),
        ("SELECT * FROM t RIGHT JOIN s.u ON u.org_id = t.org_id WHERE u.org_id = $1".to_owned(), 2),
        ("SELECT * FROM (SELECT t.org_id AS o, t.id FROM t) AS x WHERE x.o = $1".to_owned(), 1),
        // Writes.
        ("UPDATE t SET x = $2 WHERE t.org_id = $1 AND (t.x = 1 OR t.x = 2)".to_owned(), 1),
        (format!("UPDATE t SET x = (SELECT max(u.id) FROM {U}) WHERE t.org_id = $1"), 2),
        ("UPDATE t SET x = u.id FROM s.u WHERE u.org_id = t.org_id AND t.org_id = $1".to_owned(), 2),
        ("DELETE FROM t USING s.u WHERE u.org_id = $3 AND t.org_id = $1 AND u.id = t.id".to_owned(), 2),
        ("INSERT INTO t (org_id, x) VALUES ($1, $2), ($3, DEFAULT)".to_owned(), 1),
        (format!("INSERT INTO t (org_id, x) SELECT $1, rows.* FROM (SELECT u.id FROM {U}) AS rows"), 2),
        (format!("INSERT INTO t (x, org_id) SELECT u.id, u.org_id FROM {U}"), 2),
        ("INSERT INTO t (org_id) SELECT $1, r.* FROM unnest($2) AS r".to_owned(), 1),
        ("INSERT INTO t (org_id) VALUES ($1) ON CONFLICT DO NOTHING".to_owned(), 1),
        ("INSERT INTO t (org_id) VALUES ($1) ON CONFLICT (org_id, id) DO UPDATE SET x = excluded.x".to_owned(), 1),
    ] {
        assert_eq!(verdict(&sql).map(|tables| tables.len()), Ok(count), "{sql}");
    }
}

/// Statements that more than one node would have to answer: a table that no bind of the scope reaches.
pub fn refuses_an_unscoped_table() {
    let kept = format!("(SELECT * FROM t) AS t LEFT JOIN {U} ON t.org_id = u.org_id");
    for sql in [
        "SELECT * FROM t".to_owned(),
        "SELECT * FROM t WHERE t.id = $2".to_owned(),
        "SELECT * FROM t WHERE t.org_id > $1".to_owned(),
        "SELECT * FROM t WHERE t.org_id = ANY($1)".to_owned(),
        "SELECT * FROM t WHERE t.org_id = t.org_id".to_owned(),
        // The predicate in an outer join's ON bounds the other side only.
        "SELECT * FROM t LEFT JOIN g ON t.org_id = $1".to_owned(),
        "SELECT * FROM s.u RIGHT JOIN t ON u.org_id = $1 AND t.org_id = $1".to_owned(),
        "SELECT * FROM t FULL JOIN s.u ON t.org_id = u.org_id AND t.org_id = $1 AND u.org_id = $1".to_owned(),
        format!("SELECT * FROM {kept}"),
        // OR and NOT around it.
        "SELECT * FROM t WHERE t.org_id = $1 OR t.id = $2".to_owned(),
        "SELECT * FROM t WHERE (t.org_id = $1 AND t.id = 1) OR (t.org_id = $3)".to_owned(),
        "SELECT * FROM t WHERE NOT (t.org_id = $1)".to_owned(),
        format!("SELECT * FROM {T} JOIN s.u ON t.id = u.id"),
        format!("SELECT * FROM {T} JOIN s.u ON t.org_id = u.org_id OR t.id = u.id"),
        // One level further in, or beside.
        "WITH x AS (SELECT * FROM t) SELECT * FROM x".to_owned(),
        "WITH x AS (SELECT * FROM t) SELECT * FROM x WHERE x.org_id = $1".to_owned(),
        format!("SELECT * FROM {T} WHERE EXISTS (SELECT 1 FROM s.u WHERE u.id = t.id)"),
        format!("SELECT * FROM {T} WHERE EXISTS (SELECT 1 FROM s.u WHERE u.org_id = t.org_id)"),
        format!("SELECT (SELECT max(u.id) FROM s.u) FROM {T}"),
        format!("SELECT * FROM {T} ORDER BY (SELECT max(u.id) FROM s.u)"),
        format!("SELECT * FROM {T} GROUP BY t.id HAVING count(*) > (SELECT count(*) FROM s.u)"),
        format!("SELECT * FROM {T} LIMIT (SELECT count(*) FROM s.u)"),
        format!("(SELECT id FROM {T}) UNION (SELECT id FROM s.u)"),
        format!("(SELECT id FROM s.u) EXCEPT (SELECT id FROM {T})"),
        // What is said of the output does not reach in where rows depend on each other.
        "SELECT * FROM (SELECT * FROM t LIMIT 1) AS t WHERE t.org_id = $1".to_owned(),
        "SELECT * FROM (SELECT DISTINCT ON (id) * FROM t) AS t WHERE t.org_id = $1".to_owned(),
        "SELECT * FROM (SELECT org_id, count(*) FROM t GROUP BY org_id) AS t WHERE t.org_id = $1".to_owned(),
        "SELECT * FROM ((SELECT org_id FROM t) UNION (SELECT org_id FROM t)) AS t WHERE t.org_id = $1".to_owned(),
        // A name that hides the organization column.
        "SELECT * FROM t AS t (id, org_id) WHERE t.org_id = $1".to_owned(),
        "SELECT * FROM (SELECT t.id AS org_id FROM t) AS t WHERE t.org_id = $1".to_owned(),
        // Writes.
        "UPDATE t SET x = $1".to_owned(),
        "UPDATE t SET x = $2 WHERE t.org_id = $1 OR t.x = 1".to_owned(),
        "UPDATE t SET x = (SELECT max(u.id) FROM s.u) WHERE t.org_id = $1".to_owned(),
        "UPDATE t SET x = u.id FROM s.u WHERE t.org_id = $1".to_owned(),
        "DELETE FROM t USING s.u WHERE u.org_id = $1 AND u.id = t.id".to_owned(),
        "DELETE FROM t WHERE t.org_id = $1 RETURNING (SELECT max(u.id) FROM s.u)".to_owned(),
        "INSERT INTO t (x) VALUES ($1)".to_owned(),
        "INSERT INTO t VALUES ($1, $2)".to_owned(),
        "INSERT INTO t (org_id, x) VALUES ($1, $2), ($2, $2)".to_owned(),
        "INSERT INTO t (org_id, x) SELECT $2, 1".to_owned(),
        "INSERT INTO t (x, org_id) SELECT rows.*, $1 FROM (SELECT 1) AS rows".to_owned(),
        "INSERT INTO t DEFAULT VALUES".to_owned(),
        "INSERT INTO t (org_id, x) SELECT $1, u.id FROM s.u".to_owned(),
    ] {
        let verdict = verdict(&sql);
        assert!(matches!(verdict, Err(Refused::Unscoped(_))), "{sql}: {verdict:?}");
    }
}

/// Statements that are refused for another reason, and for that one.
pub fn refuses_what_else_no_node_can_answer() {
    let other = |sql: &str| verdict(sql).expect_err(sql);
    for sql in [
        "SELECT * FROM t WHERE t.org_id = $2",
        "SELECT * FROM t WHERE t.org_id = 'a literal'",
        "SELECT * FROM t JOIN s.u ON t.id = u.id WHERE t.org_id = $1 AND u.org_id = $2",
        "SELECT * FROM (SELECT * FROM t WHERE t.org_id = $1) AS t JOIN (SELECT * FROM s.u WHERE u.org_id = $2) AS u ON true",
        "(SELECT id FROM t WHERE t.org_id = $1) UNION (SELECT id FROM t WHERE t.org_id = $2)",
        "DELETE FROM t WHERE t.org_id = $2",
    ] {
        assert!(matches!(other(sql), Refused::OtherOrganization(_)), "{sql}");
    }
    for sql in [
        "INSERT INTO t (org_id) VALUES ($1) ON CONFLICT (id) DO NOTHING",
        "INSERT INTO t (org_id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET x = 1 WHERE t.org_id = $1",
        "INSERT INTO t (org_id) VALUES ($1) ON CONFLICT ON CONSTRAINT t_pkey DO NOTHING",
    ] {
        assert_eq!(other(sql), Refused::ConflictTarget("t".to_owned()), "{sql}");
    }
    for sql in [
        "UPDATE t SET org_id = $1 WHERE t.org_id = $1",
        "UPDATE t SET (x, org_id) = (1, $1) WHERE t.org_id = $1",
        "INSERT INTO t (org_id) VALUES ($1) ON CONFLICT (org_id, id) DO UPDATE SET org_id = excluded.org_id",
    ] {
        assert_eq!(other(sql), Refused::OrganizationSet("t".to_owned()), "{sql}");
    }
    for sql in ["SELECT * FROM elsewhere", "SELECT * FROM other.t WHERE t.org_id = $1", "SELECT * FROM s.t"] {
        assert!(matches!(other(sql), Refused::UndeclaredTable(_)), "{sql}");
    }
    for sql in [
        "SELECT * FROM p",
        "SELECT * FROM t NATURAL JOIN s.u WHERE t.org_id = $1",
        "SELECT * FROM t JOIN s.u USING (org_id) WHERE t.org_id = $1",
        "SELECT * FROM ONLY t WHERE t.org_id = $1",
        "SELECT * FROM g, LATERAL (SELECT * FROM t WHERE t.org_id = $1) AS t",
        "WITH RECURSIVE x AS (SELECT * FROM t WHERE t.org_id = $1) SELECT * FROM x",
        "WITH x AS (DELETE FROM t WHERE t.org_id = $1 RETURNING id) SELECT * FROM x",
        "TRUNCATE t",
        "SELECT 1; SELECT 2",
    ] {
        assert!(matches!(other(sql), Refused::Unknown(_) | Refused::NotUnderstood { .. }), "{sql}: {:?}", other(sql));
    }
    for sql in ["SELEKT", "TABLE t"] {
        assert!(matches!(other(sql), Refused::Unparsed(_)), "{sql}");
    }
}

/// Calls in a write are told by name, so that a server can be asked whether they are volatile.
pub fn names_the_functions_of_writes() {
    let named = |sql| super::functions_of_a_write(sql);
    assert_eq!(named("UPDATE t SET x = random() + pg_catalog.abs(1)"), Ok(vec!["random".to_owned(), "abs".to_owned()]));
    assert_eq!(named("SELECT random()"), Ok(vec![]));
}
