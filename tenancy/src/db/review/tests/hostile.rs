//! Attacks, as the text that they come to. Nothing but the review looks at them here: the types of this crate are not asked.

use super::{Dialect, Finding, review};
use Finding::{
    Column, Function, Kind, Operator, OrganizationSet, Platform, Target, Type, Undeclared, Unreadable, Unscoped,
};

const T: &str = r#"(SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices""#;

/// On PostgreSQL, and on SQLite in its own spelling; `{T}` is the derived table.
const ON_BOTH: &[(Finding, &str)] = &[
    // Fragments.
    (Unscoped, r#"SELECT "invoices"."id" FROM "invoices""#),
    (Unscoped, r#"SELECT count(*) FROM {T} WHERE (SELECT count(*) FROM invoices) > 3"#),
    (Unscoped, r#"SELECT (SELECT max("number") FROM "invoices") FROM {T}"#),
    (Unscoped, r#"SELECT "invoices"."id" FROM {T} ORDER BY (SELECT count(*) FROM invoices i WHERE i.number = 7)"#),
    (Unscoped, r#"SELECT "invoices"."id" FROM {T} WHERE 1 = 1 UNION SELECT "number" FROM "invoices""#),
    (Unscoped, r#"SELECT "invoices"."id" FROM {T} WHERE "invoices"."id" IN (SELECT id FROM INVOICES)"#),
    (Unscoped, r#"SELECT "invoices"."id" FROM {T} LIMIT (SELECT count(*) FROM invoices)"#),
    (Unscoped, r#"SELECT count(*) FILTER (WHERE EXISTS (SELECT 1 FROM notes)) FROM {T}"#),
    (Unscoped, r#"SELECT CASE WHEN (SELECT 1 FROM notes) = 1 THEN 1 ELSE 2 END FROM {T}"#),
    (Unscoped, r#"SELECT "invoices"."id" FROM {T} GROUP BY (SELECT 1 FROM notes)"#),
    (Unscoped, r#"SELECT sum(1) OVER (ORDER BY (SELECT 1 FROM notes)) FROM {T}"#),
    (Unscoped, r#"SELECT "invoices"."id" FROM ({T} INNER JOIN "customers" ON 1 = 1)"#),
    (Unscoped, r#"SELECT "invoices"."id" FROM {T}, "customers""#),
    (Undeclared, r#"SELECT "invoices"."id" FROM {T} WHERE EXISTS (SELECT 1 FROM secrets)"#),
    (Undeclared, r#"SELECT 1 FROM other.invoices"#),
    (Undeclared, r#"SELECT 1 FROM sqlite_master"#),
    (Undeclared, r#"SELECT 1 FROM pg_catalog.pg_authid"#),
    (Platform, r#"SELECT "operators"."name" FROM "operators""#),
    // A condition that is not the organization's, or not it alone.
    (
        Unscoped,
        r#"SELECT 1 FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = "invoices"."org_id") AS "invoices""#,
    ),
    (Unscoped, r#"SELECT 1 FROM (SELECT * FROM "invoices" WHERE "invoices"."id" = $1) AS "invoices""#),
    (Unscoped, r#"SELECT 1 FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" <> $1) AS "invoices""#),
    (Unscoped, r#"SELECT 1 FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1 OR 1 = 1) AS "invoices""#),
    (Unscoped, r#"SELECT 1 FROM (SELECT * FROM "invoices" WHERE NOT "invoices"."org_id" = $1) AS "invoices""#),
    (Unscoped, r#"SELECT 1 FROM (SELECT * FROM "invoices" WHERE "customers"."org_id" = $1) AS "invoices""#),
    (Unscoped, r#"SELECT 1 FROM (SELECT * FROM "invoices" AS x WHERE "invoices"."org_id" = $1) AS "invoices""#),
    (Unscoped, r#"SELECT 1 FROM (SELECT * FROM "invoices", "notes" WHERE "invoices"."org_id" = $1) AS "invoices""#),
    (Unscoped, r#"SELECT 1 FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = 'a') AS "invoices""#),
    (
        Unscoped,
        r#"SELECT 1 FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1 UNION SELECT * FROM "invoices") AS "invoices""#,
    ),
    // Writes.
    (Unscoped, r#"UPDATE "invoices" SET "amount" = $1"#),
    (Unscoped, r#"UPDATE "invoices" SET "amount" = $1 WHERE "invoices"."id" = $2"#),
    (Unscoped, r#"UPDATE "invoices" SET "amount" = $1 WHERE "invoices"."org_id" = $2 AND (1 = 1) OR (1 = 1)"#),
    (Unscoped, r#"UPDATE "invoices" SET "amount" = $1 WHERE ("invoices"."org_id" = $2 OR 1 = 1)"#),
    (Unscoped, r#"UPDATE "invoices" SET "amount" = (SELECT 1 FROM notes) WHERE "invoices"."org_id" = $1"#),
    (OrganizationSet, r#"UPDATE "invoices" SET "org_id" = $1 WHERE "invoices"."org_id" = $2"#),
    (OrganizationSet, r#"UPDATE "invoices" SET "amount" = 1, org_id = $1 WHERE "invoices"."org_id" = $2"#),
    (OrganizationSet, r#"UPDATE "invoices" SET ("amount", "ORG_ID") = ($1, $2) WHERE "invoices"."org_id" = $3"#),
    (Target, r#"UPDATE "currencies" SET "label" = $1"#),
    (Target, r#"DELETE FROM "currencies""#),
    (Target, r#"INSERT INTO "currencies" ("code") VALUES ($1)"#),
    (Platform, r#"DELETE FROM "operators""#),
    (Undeclared, r#"DELETE FROM "secrets""#),
    (Unscoped, r#"DELETE FROM "invoices""#),
    (Unscoped, r#"DELETE FROM "invoices" WHERE "invoices"."org_id" = $1 AND (1 = 1) OR (1 = 1)"#),
    (Unscoped, r#"DELETE FROM "invoices" WHERE "invoices"."org_id" = $1 OR (1 = 1)"#),
    (Unscoped, r#"DELETE FROM "invoices" WHERE "invoices"."org_id" = $1 RETURNING (SELECT 1 FROM notes)"#),
    (Unscoped, r#"INSERT INTO "notes" ("id", "body") VALUES ($1, $2)"#),
    (Unscoped, r#"INSERT INTO "notes" ("org_id", "id") VALUES ('b', $1)"#),
    (Unscoped, r#"INSERT INTO "notes" ("org_id", "id") VALUES ($1, $2), ((SELECT 1), $3)"#),
    (Unscoped, r#"INSERT INTO "notes" ("org_id", "id", "org_id") VALUES ($1, $2, $3)"#),
    (Unscoped, r#"INSERT INTO "notes" ("org_id", "id") SELECT 'b', 1"#),
    (Unscoped, r#"INSERT INTO "notes" ("id", "org_id") SELECT c.*, $1 FROM "currencies" c"#),
    (Unscoped, r#"INSERT INTO "notes" ("org_id", "id") SELECT $1, n.id FROM "notes" n"#),
    (
        OrganizationSet,
        r#"INSERT INTO "notes" ("org_id", "id") VALUES ($1, $2) ON CONFLICT ("id") DO UPDATE SET "org_id" = $3 WHERE "notes"."org_id" = $4"#,
    ),
    (Unscoped, r#"INSERT INTO "notes" ("org_id", "id") VALUES ($1, $2) ON CONFLICT ("id") DO UPDATE SET "body" = $3"#),
    (
        Unscoped,
        r#"INSERT INTO "notes" ("org_id", "id") VALUES ($1, $2) ON CONFLICT ("id") DO UPDATE SET "body" = $3 WHERE "notes"."org_id" = $4 OR (1 = 1)"#,
    ),
    // Other statements, and more than one.
    (Unreadable, r#"SELECT 1 FROM {T}; DELETE FROM "invoices""#),
    (Kind, r#"DROP TABLE "invoices""#),
    (Kind, r#"CREATE TABLE x (a int)"#),
    (Kind, "COMMIT"),
    (Kind, r#"EXPLAIN SELECT 1"#),
    (Unreadable, r#"WITH x AS (SELECT * FROM "invoices") SELECT 1 FROM x"#),
    (Unreadable, r#"SELECT 1 FROM {T} -- WHERE"#),
    (Unreadable, r#"SELECT 1 FROM {T} /* x */"#),
    // Functions.
    (Function, r#"SELECT leak("invoices"."id") FROM {T}"#),
    (Function, r#"SELECT "invoices"."id" FROM {T} WHERE leak("invoices"."id")"#),
    (Function, r#"SELECT tools.lower("invoices"."memo") FROM {T}"#),
    (Function, r#"SELECT 1 FROM {T} ORDER BY "load_extension"("invoices"."memo")"#),
    (Function, r#"UPDATE "invoices" SET "memo" = leak(1) WHERE "invoices"."org_id" = $1"#),
    (Column, r#"SELECT "invoices"."leak" FROM {T}"#),
];

const ON_POSTGRES: &[(Finding, &str)] = &[
    (Function, r#"SELECT query_to_xml('SELECT * FROM invoices', true, true, '') FROM {T}"#),
    (Function, r#"SELECT pg_catalog.query_to_xml('SELECT * FROM invoices', true, true, '') FROM {T}"#),
    (Function, r#"SELECT * FROM ts_stat('SELECT memo FROM invoices')"#),
    (Function, r#"SELECT "invoices"."id" FROM {T}, LATERAL dblink('a', 'b') AS x"#),
    (Function, r#"SELECT set_config('tenancy.scope', $2, true) FROM {T}"#),
    (Function, r#"SELECT current_setting('tenancy.scope') FROM {T}"#),
    (Function, r#"SELECT 1 FROM {T} WHERE pg_sleep(10) IS NULL"#),
    (Operator, r#"SELECT 1 FROM {T} WHERE "invoices"."memo" OPERATOR(tools.===) $2"#),
    (Operator, r#"SELECT 1 FROM {T} WHERE "invoices"."memo" === $2"#),
    (Type, r#"SELECT CAST("invoices"."memo" AS leaky) FROM {T}"#),
    (Type, r#"SELECT "invoices"."memo"::tools.leaky FROM {T}"#),
    (Type, r#"SELECT 'invoices'::regclass FROM {T}"#),
    (Type, r#"SELECT CAST("invoices"."memo" AS leaky[]) FROM {T}"#),
    (Type, r#"SELECT leaky 'x' FROM {T}"#),
    (Type, r#"SELECT regclass 'invoices' FROM {T}"#),
    (Type, r#"SELECT 1 FROM {T} WHERE "invoices"."memo" = leaky 'x'"#),
    (Unreadable, r#"SELECT 1 FROM {T} WHERE "invoices"."id" = ANY (TABLE notes)"#),
    (Unreadable, r#"SELECT 1 FROM {T} WHERE EXISTS (TABLE notes)"#),
    (Unreadable, r#"SELECT 1 FROM {T} ORDER BY "invoices"."id" USING OPERATOR(tools.<)"#),
    (Function, r#"SELECT 1 FROM {T}, "currencies" TABLESAMPLE leaky(10)"#),
    (
        Unreadable,
        r#"SELECT string_agg("invoices"."memo", ',' ORDER BY "invoices"."memo" USING OPERATOR(tools.<)) FROM {T}"#,
    ),
    (Unreadable, r#"SELECT 1 FROM {T}, XMLTABLE('/a' PASSING 'x' COLUMNS a int)"#),
    (Unreadable, r#"SELECT ("invoices").* FROM {T}"#),
    (Column, r#"SELECT n.leak FROM {T}, LATERAL unnest("invoices"."memo") AS n"#),
    (Unscoped, r#"SELECT 1 FROM {T} CROSS JOIN LATERAL (SELECT 1 FROM (SELECT 1 FROM "customers") x) y"#),
    (Unscoped, r#"INSERT INTO "notes" ("org_id", "id") SELECT $1, 1 UNION ALL SELECT 'b', 2"#),
    (Unscoped, r#"INSERT INTO "notes" ("org_id", "id") VALUES (CAST($1 AS text), $2)"#),
    (Unreadable, r#"TABLE "invoices""#),
    (Unscoped, r#"SELECT * FROM ONLY "invoices""#),
    (Unscoped, r#"SELECT 1 FROM (SELECT * FROM ONLY "invoices" WHERE "invoices"."org_id" = $1) AS "invoices""#),
    (Unscoped, r#"SELECT 1 FROM {T}, LATERAL (SELECT * FROM "notes") AS n"#),
    (Unreadable, r#"UPDATE "invoices" SET "amount" = n.id FROM "notes" n WHERE "invoices"."org_id" = $1"#),
    (Unreadable, r#"DELETE FROM "invoices" USING "notes" n WHERE "invoices"."org_id" = $1"#),
    (Unreadable, r#"SELECT ("invoices").leak FROM {T}"#),
    (Unreadable, r#"SELECT * INTO x FROM {T}"#),
    (Unreadable, r#"SELECT E'\\' FROM {T}"#),
    (Unreadable, r#"SELECT $$a$$ FROM {T}"#),
    (Unreadable, r#"SELECT U&"\0041" FROM {T}"#),
    (Kind, r#"MERGE INTO "invoices" t USING "notes" s ON t.id = s.id WHEN MATCHED THEN DELETE"#),
    (Kind, r#"COPY "invoices" TO STDOUT"#),
    (Kind, r#"SET ROLE postgres"#),
    (Kind, r#"LOCK TABLE "invoices""#),
    (Kind, r#"TRUNCATE "invoices""#),
    (Kind, r#"CALL leak()"#),
];

const ON_SQLITE: &[(Finding, &str)] = &[
    (Unreadable, "SELECT 1 FROM {T} WHERE `invoices`.`id` IN notes"),
    (Unreadable, "REPLACE INTO `notes` (`org_id`, `id`) VALUES (?, ?)"),
    (Unreadable, "INSERT OR REPLACE INTO `notes` (`org_id`, `id`) VALUES (?, ?)"),
    (Unreadable, "UPDATE OR REPLACE `notes` SET `id` = ? WHERE `notes`.`org_id` = ?"),
    (Unreadable, "SELECT 1 FROM (SELECT * FROM `notes` WHERE `notes`.`org_id` = ?1) AS `notes`"),
    (Unreadable, "SELECT 1 FROM [invoices]"),
    (Operator, "SELECT 1 FROM {T} WHERE `invoices`.`memo` MATCH 'a'"),
    (Operator, "SELECT 1 FROM {T} WHERE `invoices`.`memo` REGEXP 'a'"),
    (Function, "SELECT load_extension('x') FROM {T}"),
    (Undeclared, "SELECT 1 FROM temp.invoices"),
];

fn found(dialect: Dialect, sql: &str) -> Result<Vec<usize>, Finding> {
    let sql = match dialect {
        Dialect::Postgres => sql.replace("{T}", T),
        Dialect::Sqlite => in_sqlite(&sql.replace("{T}", T)),
    };
    review(dialect).read(&sql)
}

/// With SQLite's quotes and placeholders.
fn in_sqlite(sql: &str) -> String {
    let mut out = String::new();
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => out.push('`'),
            '$' => {
                while letters.peek().is_some_and(char::is_ascii_digit) {
                    letters.next();
                }
                out.push('?');
            }
            other => out.push(other),
        }
    }
    out
}

fn assert_all(dialect: Dialect, attacks: &[(Finding, &str)]) {
    let missed = attacks.iter().filter_map(|(finding, sql)| match found(dialect, sql) {
        // The parser may give a statement up before the review comes to what is wrong with it: it is refused all the same.
        Err(said) if said == *finding || said == Finding::Unreadable => None,
        other => Some(format!("{finding:?}, not {other:?}: {sql}")),
    });
    let missed: Vec<_> = missed.collect();
    assert!(missed.is_empty(), "{dialect:?}: {missed:#?}");
}

#[test]
fn every_attack_is_refused_by_its_text_alone() {
    assert_all(Dialect::Postgres, ON_BOTH);
    assert_all(Dialect::Postgres, ON_POSTGRES);
    assert_all(Dialect::Sqlite, ON_BOTH);
    assert_all(Dialect::Sqlite, ON_SQLITE);
}

/// A name that the database folds is the same table.
#[test]
fn spelling_hides_no_table() {
    for (dialect, sql) in [
        (Dialect::Postgres, "SELECT 1 FROM INVOICES"),
        (Dialect::Postgres, "SELECT 1 FROM public.invoices"),
        (Dialect::Sqlite, "SELECT 1 FROM `INVOICES`"),
        (Dialect::Sqlite, "SELECT 1 FROM \"Invoices\""),
        (Dialect::Sqlite, "SELECT 1 FROM main.invoices"),
        (Dialect::Sqlite, "SELECT 1 FROM payments"),
    ] {
        assert_eq!(found(dialect, sql), Err(Unscoped), "{sql}");
    }
    // PostgreSQL keeps the case of what is quoted, and finds `payments` on the search path alone.
    assert_eq!(found(Dialect::Postgres, "SELECT 1 FROM \"INVOICES\""), Err(Undeclared));
    assert_eq!(found(Dialect::Postgres, "SELECT 1 FROM payments"), Err(Undeclared));
}
