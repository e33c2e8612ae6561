//! Texts that are rendered, and texts that are an attack.

use super::{Dialect, Finding, StatementReview};
use crate::schema::{DeclaredColumn, DeclaredTable, Manifest, TableKind};
use std::fs;
use std::path::Path;

#[cfg(feature = "sqlite")]
mod catalog;
mod hostile;
mod texts;

fn table(schema: Option<&str>, name: &str, kind: TableKind, columns: &str) -> DeclaredTable {
    let column = |name: &str| DeclaredColumn {
        path: name.to_owned(),
        name: name.to_owned(),
        sql_type: "Text".to_owned(),
        nullable: false,
        max_length: None,
    };
    DeclaredTable {
        path: name.to_owned(),
        schema: schema.map(str::to_owned),
        name: name.to_owned(),
        kind,
        columns: columns.split_whitespace().map(column).collect(),
        primary_key: vec!["id".to_owned()],
        organization: (kind == TableKind::Tenant).then(|| "org_id".to_owned()),
    }
}

/// The schema of `tests/wall_one/surface/billing.rs`, and a table of the platform.
pub(super) fn manifest() -> Manifest {
    let tables = vec![
        table(None, "customers", TableKind::Tenant, "id org_id name parent_id"),
        table(None, "invoices", TableKind::Tenant, "id org_id customer_id number amount currency memo"),
        table(None, "lines", TableKind::Tenant, "invoice_id position org_id item quantity"),
        table(Some("main"), "payments", TableKind::Tenant, "id org_id invoice_id amount"),
        table(None, "notes", TableKind::Tenant, "id org_id body"),
        table(None, "currencies", TableKind::Global, "code label"),
        table(None, "operators", TableKind::Platform, "id name"),
    ];
    Manifest { module: String::new(), tables, joins: Vec::new() }
}

fn review(dialect: Dialect) -> StatementReview {
    StatementReview::new(dialect, &manifest())
}

/// Every statement that the tests of the surface hold.
#[test]
fn every_statement_of_the_surface_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wall_one/surface/sql");
    let (postgres, sqlite) = (review(Dialect::Postgres), review(Dialect::Sqlite));
    let (mut read, mut refused) = (0, Vec::new());
    for file in fs::read_dir(folder).expect("the golden files") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("a golden file");
        for entry in text.split("\n\n").filter(|entry| !entry.trim().is_empty()) {
            let (name, sql) = entry.trim().split_once('\n').expect("a name and a text");
            let sql = sql.rsplit_once(" -- binds: ").map_or(sql, |(sql, _)| sql);
            let review = if name.ends_with("postgres") { &postgres } else { &sqlite };
            // A derived table each, and a write.
            let derived = sql.matches("(SELECT * FROM ").count() - sql.matches("(SELECT * FROM (").count();
            let organizations = derived + usize::from(!sql.contains("SELECT"));
            match review.0.verdict(sql) {
                Ok(verdict) if verdict.places.len() < organizations => {
                    refused.push(format!("{name}: only {:?}\n{sql}", verdict.places));
                }
                Ok(_) => read += 1,
                Err(found) => refused.push(format!("{name}: {found:?}\n{sql}")),
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
    assert!(read > 200, "{read}");
}

/// What diesel can render and the surface does not hold.
#[test]
fn further_forms_of_diesels_are_read() {
    const T: &str = r#"(SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices""#;
    let review = review(Dialect::Postgres);
    for form in [
        r#"SELECT "invoices"."id" FROM T FOR UPDATE SKIP LOCKED"#,
        r#"SELECT "invoices"."id" FROM T FOR NO KEY UPDATE NOWAIT"#,
        r#"SELECT "invoices"."id" FROM T FOR KEY SHARE"#,
        r#"SELECT DISTINCT ON ("invoices"."number") "invoices"."id" FROM T ORDER BY "invoices"."number" DESC NULLS LAST"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" IS NOT DISTINCT FROM $2)"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" IS DISTINCT FROM $2) LIMIT $3 OFFSET $4"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" -> $2) ->> $3 = $4"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" #>> $2 = $3) AND ("invoices"."memo" ?| $4)"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" ? $2) OR ("invoices"."memo" ?& $4)"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" @> $2) AND ("invoices"."memo" <@ $3)"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" @@ $2) AND ("invoices"."memo" @? $3)"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" -|- $2) AND ("invoices"."memo" &< $3)"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" <<= $2) AND ("invoices"."memo" >>= $3)"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" << $2) AND ("invoices"."memo" &> $3)"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" && ARRAY[$2, $3])"#,
        r#"SELECT "invoices"."memo"[$2:$3], "invoices"."memo"[$4] FROM T"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."id" = ANY($2)) AND ("invoices"."id" != ALL($3))"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" SIMILAR TO $2) AND ("invoices"."memo" ILIKE $3 ESCAPE '!')"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" IS JSON) AND ("invoices"."memo" IS NOT JSON OBJECT)"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."id" NOT BETWEEN $2 AND $3)"#,
        r#"SELECT ("invoices"."memo" AT TIME ZONE $2), "invoices"."memo" COLLATE "C", (- "invoices"."id") FROM T"#,
        r#"SELECT CAST("invoices"."id" AS int8), CAST($2 AS text[]), CAST("invoices"."memo" AS timestamptz) FROM T"#,
        r#"SELECT row_number() OVER (PARTITION BY "invoices"."id" ORDER BY "invoices"."id" ASC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING EXCLUDE TIES) FROM T"#,
        r#"SELECT sum("invoices"."id") OVER (ORDER BY "invoices"."id" GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) FROM T"#,
        r#"SELECT lag("invoices"."id", $2, $3) OVER (RANGE CURRENT ROW), count(*) FILTER (WHERE ("invoices"."id" > $4)) FROM T"#,
        r#"SELECT string_agg(DISTINCT "invoices"."memo", $2 ORDER BY "invoices"."memo" DESC) FROM T"#,
        r#"SELECT percentile_cont($2) WITHIN GROUP (ORDER BY "invoices"."id") FROM T"#,
        r#"SELECT date_trunc($2, "invoices"."memo"), extract(year from "invoices"."memo"), coalesce("invoices"."memo", $3) FROM T"#,
        r#"SELECT CURRENT_TIMESTAMP, DATE("invoices"."memo"), CURRENT_DATE FROM T"#,
        r#"SELECT "invoices"."id" FROM T GROUP BY GROUPING SETS (("invoices"."id"), ()) HAVING (count(*) > $2)"#,
        r#"SELECT "invoices"."id" FROM T GROUP BY ROLLUP ("invoices"."id", "invoices"."number")"#,
        r#"SELECT "a"."id" FROM (T INNER JOIN "currencies" ON ("invoices"."currency" = "currencies"."code"))"#,
        r#"SELECT "currencies"."code" FROM (T LEFT OUTER JOIN ONLY "currencies" TABLESAMPLE BERNOULLI(10) ON TRUE)"#,
        r#"SELECT "invoices"."id" FROM T WHERE EXISTS (SELECT 1 FROM "public"."currencies" WHERE "public"."currencies"."code" = "invoices"."currency")"#,
        r#"SELECT EXISTS (SELECT "invoices"."id" FROM T)"#,
        r#"(SELECT "invoices"."id" FROM T) UNION ALL ((SELECT "invoices"."id" FROM T) EXCEPT (SELECT "invoices"."id" FROM T)) ORDER BY 1 LIMIT $2"#,
        r#"SELECT "invoices"."id" FROM T WHERE ("invoices"."memo" ~ $2) AND ("invoices"."memo" !~* $3) AND ("invoices"."id" % $4 = 0)"#,
        r#"SELECT "e"."amount" FROM T, LATERAL unnest("invoices"."memo") AS "e"("amount")"#,
        r#"SELECT "invoices"."memo" || 'it''s' FROM T WHERE ("invoices"."id", "invoices"."number") > ($2, $3)"#,
        r#"SELECT array_agg("invoices"."id"), ARRAY(SELECT "invoices"."id" FROM T) FROM T"#,
    ] {
        let sql = form.replace('T', "\u{1}");
        // Only a `T` that stands alone is the table.
        let sql = sql.replace(" \u{1} ", &format!(" {T} ")).replace(" \u{1})", &format!(" {T})"));
        let sql = sql.replace("(\u{1} ", &format!("({T} ")).replace(" \u{1},", &format!(" {T},"));
        let sql = if let Some(head) = sql.strip_suffix(" \u{1}") { format!("{head} {T}") } else { sql };
        let sql = sql.replace('\u{1}', "T").replace("\"a\".\"id\"", "\"invoices\".\"id\"");
        assert_eq!(review.0.verdict(&sql).map(|verdict| verdict.places.clone()), Ok(vec![0]), "{sql}");
    }
}

/// What this crate renders and the surface holds no text of, and what SQLite has of its own.
#[test]
fn batches_and_sqlites_own_forms_are_read() {
    let postgres = review(Dialect::Postgres);
    for (sql, places) in [
        (r#"INSERT INTO "notes" ("org_id", "id", "body") SELECT $1, each.* FROM unnest($2, $3) AS each"#, vec![0]),
        (r#"INSERT INTO "notes" ("org_id", "id") VALUES ($1, $2), ($3, DEFAULT) RETURNING "notes"."id""#, vec![0, 2]),
        (r#"INSERT INTO "notes" ("org_id") SELECT $1 WHERE 1 = 0"#, vec![0]),
        (
            r#"INSERT INTO "notes" ("org_id", "id") VALUES ($1, $2) ON CONFLICT ("org_id", "id") WHERE ("notes"."id" > $3) DO NOTHING"#,
            vec![0],
        ),
        (
            r#"INSERT INTO "notes" ("org_id", "id") VALUES ($1, $2) ON CONFLICT ("id") DO UPDATE SET "body" = (excluded."body" || $3) WHERE "notes"."org_id" = $4 AND (("notes"."id" = $5))"#,
            vec![0, 3],
        ),
        (
            r#"UPDATE "main"."payments" SET "amount" = ("payments"."amount" + $1) WHERE "payments"."org_id" = $2 AND (("payments"."id" = $3)) RETURNING "payments"."id""#,
            vec![1],
        ),
        (r#"DELETE FROM "main"."payments" WHERE "payments"."org_id" = $1"#, vec![0]),
    ] {
        assert_eq!(postgres.read(sql), Ok(places), "{sql}");
    }
    let sqlite = review(Dialect::Sqlite);
    for filter in [
        "(`invoices`.`memo` IS ?)",
        "(`invoices`.`memo` IS NOT ?)",
        "(`invoices`.`memo` LIKE ? ESCAPE '!')",
        "(`invoices`.`memo` GLOB ?)",
        "(`invoices`.`memo` -> ?) ->> ? = ?",
        "(`invoices`.`id` IN (?, ?, ?))",
        "(`invoices`.`id` IN (SELECT value FROM json_each(?)))",
        "(1=0) OR (`invoices`.`memo` COLLATE NOCASE = ?)",
        "(CAST(`invoices`.`id` AS anything) = ?) AND (date(`invoices`.`memo`, '-1 day') > CURRENT_DATE)",
        "(`invoices`.`id` & ? = 0) OR (`invoices`.`id` << 2 > -1) OR (~ `invoices`.`id` = ?)",
    ] {
        let sql = format!(
            "SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE {filter} LIMIT ? OFFSET ?"
        );
        assert_eq!(sqlite.0.verdict(&sql).map(|verdict| verdict.places.clone()), Ok(vec![0]), "{sql}");
    }
}

#[test]
fn a_deep_text_is_read_and_one_that_is_too_deep_is_not() {
    let review = review(Dialect::Sqlite);
    let filtered = |filter: &str| {
        format!(
            "SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE {filter}"
        )
    };
    let nested = |depth: usize| filtered(&format!("{}1 = 1{}", "(".repeat(depth), ")".repeat(depth)));
    let chained = |links: usize| filtered(&vec!["1 = 1"; links].join(" OR "));
    for sql in [nested(10), nested(300), chained(20), chained(2_000)] {
        assert_eq!(review.read(&sql), Ok(vec![0]));
    }
    for sql in [nested(20_000), chained(20_000)] {
        assert_eq!(review.read(&sql), Err(Finding::Unreadable));
    }
}

#[test]
fn a_batch_of_many_rows_is_read() {
    let rows = vec!["(?, ?, ?)"; 2_000].join(", ");
    let sql = format!("INSERT INTO `notes` (`org_id`, `id`, `body`) VALUES {rows}");
    let places = review(Dialect::Sqlite).read(&sql).expect("it is read");
    assert_eq!((places.len(), places[0], places[1_999]), (2_000, 0, 5_997));
}
