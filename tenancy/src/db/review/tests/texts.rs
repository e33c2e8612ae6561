//! Texts from files, one a line: what is refused, and what has to pass. `{T}` is an organization table as this crate writes it.

use super::{Dialect, review};
use Dialect::{Postgres, Sqlite};

const TEXTS: [(Dialect, &str, &str); 2] = [
    (Postgres, include_str!("refused_postgres.txt"), include_str!("expressions_postgres.txt")),
    (Sqlite, include_str!("refused_sqlite.txt"), include_str!("expressions_sqlite.txt")),
];

fn table(dialect: Dialect) -> &'static str {
    match dialect {
        Postgres => r#"(SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices""#,
        Sqlite => "(SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`",
    }
}

/// Places where an expression may stand, with `{E}` for it.
const AROUND: [&str; 7] = [
    "SELECT {E} FROM {T}",
    "SELECT \"invoices\".\"id\" FROM {T} WHERE (({E}) IS NOT NULL)",
    "SELECT \"invoices\".\"id\" FROM {T} ORDER BY {E} DESC LIMIT 5",
    "SELECT count(*) FROM {T} WHERE exists (SELECT 1 FROM {T} WHERE (({E}) IS NULL))",
    "SELECT {E} FROM {T} UNION ALL SELECT {E} FROM {T}",
    "SELECT \"invoices\".\"currency\", count(*) FILTER (WHERE (({E}) IS NULL)) FROM {T} GROUP BY \"invoices\".\"currency\" HAVING (count(*) > 1)",
    "SELECT row_number() OVER (ORDER BY \"e\".\"id\"), \"e\".\"amount\" FROM (SELECT \"invoices\".\"id\", {E} AS \"amount\" FROM {T}) AS \"e\"",
];

/// Every expression in every place.
pub(super) fn shapes(dialect: Dialect) -> Vec<String> {
    let [(_, _, postgres), (_, _, sqlite)] = TEXTS;
    let expressions = if dialect == Postgres { postgres } else { sqlite };
    let quote = if dialect == Postgres { "\"" } else { "`" };
    let around = AROUND.map(|around| around.replace('"', quote).replace("{T}", table(dialect)));
    expressions.lines().flat_map(|expression| around.clone().map(|place| place.replace("{E}", expression))).collect()
}

// attack: B24
#[test]
fn every_text_of_the_lists_is_refused_for_what_is_wrong_with_it() {
    for (dialect, refused, _) in TEXTS {
        let review = review(dialect);
        assert!(refused.lines().count() > 140, "{dialect:?}");
        let said = refused.lines().map(|line| {
            let (_, sql) = line.split_once(' ').expect("a finding and a text");
            let said = review.read(&sql.replace("{T}", table(dialect)));
            format!("{} {sql}", said.map_or_else(|finding| format!("{finding:?}"), |places| format!("{places:?}")))
        });
        let missed: Vec<_> = refused.lines().zip(said).filter(|(expected, said)| expected != said).collect();
        assert!(missed.is_empty(), "{dialect:?}: {missed:#?}");
    }
}

#[test]
fn what_a_service_writes_is_read() {
    for dialect in [Postgres, Sqlite] {
        let (review, shapes) = (review(dialect), shapes(dialect));
        let refused: Vec<_> = shapes.iter().filter_map(|sql| review.read(sql).err().map(|why| (why, sql))).collect();
        assert!(refused.is_empty(), "{dialect:?}: {refused:#?}");
        assert!(shapes.len() > 300, "{dialect:?}: {}", shapes.len());
    }
}

/// A name longer than PostgreSQL keeps is the name that it keeps.
#[test]
fn a_long_name_is_the_name_that_the_database_keeps() {
    let (kept, more) = ("c".repeat(63), "c".repeat(70));
    let mut manifest = super::manifest();
    let notes = manifest.tables.iter_mut().find(|table| table.name == "notes").expect("the notes");
    notes.organization = Some(kept.clone());
    let read = |dialect, sql: &str| super::StatementReview::new(dialect, &manifest).read(sql);
    let set = format!("UPDATE \"notes\" SET \"{more}\" = $1 WHERE \"notes\".\"{kept}\" = $2");
    assert_eq!(read(Postgres, &set), Err(super::Finding::OrganizationSet));
}
