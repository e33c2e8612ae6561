//! C13, of the keys themselves, where the audit's role may read them: the rule looks at the catalog too.

use super::catalog::{CatalogError, Relation, Session};
use super::context::{Context, WALL_SCHEMA};
use super::finding::Report;
use super::rule::Hit;
use super::rule::Severity::{High, Low, Medium};
use super::rules::known;
use tenancy::db::seal::SealKey;
use tenancy_rls::__private::{KEY, Read, ident, literal, qualified};

/// A rotation ends the keys before within hours, so that one that lives on beside the given one was added by others.
const FAR: &str = "interval '2 days'";

/// The halves of one key differ by the same 64 times; a key of zeros or of nothing is known to everybody, and so is one that
/// another one repeats.
const BROKEN: &str = "SELECT kid AS document FROM tenancy.key k WHERE octet_length(ipad) <> 64 OR octet_length(opad) <> 64 \
                      OR ipad = decode(repeat('36', 64), 'hex') OR EXISTS (SELECT FROM generate_series(0, 63) n \
                      WHERE CASE WHEN octet_length(ipad) = 64 AND octet_length(opad) = 64 \
                      THEN get_byte(ipad, n) # get_byte(opad, n) <> 106 END) \
                      OR EXISTS (SELECT FROM tenancy.key o WHERE o.kid <> k.kid AND (o.ipad = k.ipad OR o.opad = k.opad))";

pub(super) async fn check(
    session: &mut Session,
    cx: &Context<'_>,
    given: Option<&SealKey>,
    report: &mut Report,
) -> Result<(), CatalogError> {
    let Some(table) = cx.catalog.named(WALL_SCHEMA, "key").filter(|_| cx.options.sealed()) else { return Ok(()) };
    if table.kind != "r" {
        report.more(known("C13"), vec![not_read("it is no table")]);
        return Ok(());
    }
    let readable = "SELECT 'yes' AS document WHERE has_table_privilege('tenancy.key', 'SELECT')";
    if session.texts(readable).await?.is_empty() {
        return Ok(());
    }
    let place = Read(WALL_SCHEMA.to_owned(), "key".to_owned(), Vec::new());
    let locked = session.begin_with(std::slice::from_ref(&place), cx.looks_as_superuser()).await?;
    let why = if locked { session.texts(&format!("SELECT ({KEY}) AS document")).await? } else { Vec::new() };
    let why = why.into_iter().flatten().next();
    let looked = match (locked, &why) {
        (false, _) => {
            report.skip("C13", "tenancy.key could not be locked against changes while it is read");
            Ok(())
        }
        (true, Some(why)) => {
            report.more(known("C13"), vec![not_read(why)]);
            Ok(())
        }
        (true, None) => stored(session, given, report).await,
    };
    session.end().await?;
    looked?;
    if locked && why.is_none() { copies(session, cx, place, report).await } else { Ok(()) }
}

/// A table that is not read, because reading it would run another role's code.
fn not_read(why: &str) -> Hit {
    Hit::new("tenancy.key", format!("is not the table that `rls apply` makes, and is not read: {why}"))
}

/// The rows themselves: the table is what it should be, and stays so.
async fn stored(session: &mut Session, given: Option<&SealKey>, report: &mut Report) -> Result<(), CatalogError> {
    let broken = session.texts(BROKEN).await?.into_iter().flatten();
    let mut hits: Vec<Hit> =
        broken.map(|kid| Hit::new(format!("key {kid}"), "is not one that `tenancy keys` made")).collect();
    hits.extend(lasting(session, given).await?);
    report.more(known("C13"), hits);
    Ok(())
}

/// How long each key lasts, and its name.
async fn standing(session: &mut Session) -> Result<Vec<(String, String)>, CatalogError> {
    let sql = format!(
        "SELECT CASE WHEN not_after IS NULL THEN 'endless' WHEN not_after > now() + {FAR} THEN 'far' WHEN not_after > now() THEN 'valid' \
         ELSE 'over' END || ' ' || kid AS document FROM tenancy.key ORDER BY 1"
    );
    let keys = session.texts(&sql).await?.into_iter().flatten();
    Ok(keys.filter_map(|key| key.split_once(' ').map(|(how, kid)| (how.to_owned(), kid.to_owned()))).collect())
}

async fn lasting(session: &mut Session, given: Option<&SealKey>) -> Result<Vec<Hit>, CatalogError> {
    let keys = standing(session).await?;
    let that = |how: &str| keys.iter().filter(|(of, _)| of == how).map(|(_, kid)| kid).collect::<Vec<_>>();
    let (endless, far) = (that("endless"), that("far"));
    let valid: Vec<&String> = keys.iter().filter(|(how, _)| how != "over").map(|(_, kid)| kid).collect();
    let mut hits = Vec::new();
    if valid.is_empty() {
        hits.push(Hit::new("tenancy.key", "holds no key that is valid: every request is refused").at(High));
    }
    match given.map(SealKey::kid) {
        Some(known) => {
            if !valid.iter().any(|kid| *kid == known) {
                hits.push(Hit::new("tenancy.key", "does not know the key that was given, or it is over").at(High));
            }
            let others = endless.iter().map(|kid| (kid, "never ends")).chain(far.iter().map(|kid| (kid, "ends late")));
            hits.extend(others.filter(|(kid, _)| **kid != known).map(|(kid, ends)| {
                let detail =
                    format!("{ends}, and is not the one that was given: its holder acts for every organization");
                Hit::new(format!("key {kid}"), detail).at(Medium)
            }));
        }
        None => {
            if endless.len() > 1 {
                let detail = format!("{} keys never end: a rotation ends the others", endless.len());
                hits.push(Hit::new("tenancy.key", detail).at(Low));
            }
            let detail = "ends later than a rotation would set it: its holder acts for every organization";
            hits.extend(far.iter().map(|kid| Hit::new(format!("key {kid}"), detail).at(Medium)));
        }
    }
    Ok(hits)
}

/// Undeclared tables with a half of a key in one of 10 000 rows: as bytes, or as text of them.
///
/// Reading one runs what its owner put into its indexes, so each is locked and looked at first, as for E13.
async fn copies(session: &mut Session, cx: &Context<'_>, key: Read, report: &mut Report) -> Result<(), CatalogError> {
    let tables = cx.catalog.relations.iter().filter(|relation| {
        relation.kind == "r"
            && relation.schema != WALL_SCHEMA
            && !relation.rls
            && !relation.extension
            && !cx.is_declared(relation.oid)
    });
    let asked: Vec<(&Relation, Vec<String>)> = tables.map(|table| (table, questions(cx, table))).collect();
    let asked: Vec<_> = asked.into_iter().filter(|(_, questions)| !questions.is_empty()).collect();
    if asked.is_empty() {
        return Ok(());
    }
    let reads = asked.iter().map(|(table, _)| Read(table.schema.clone(), table.name.clone(), Vec::new()));
    let reads: Vec<Read> = reads.chain([key]).collect();
    let looked = match session.begin_with(&reads, cx.looks_as_superuser()).await? {
        true => copied(session, &asked, &reads, report).await,
        false => {
            report.skip("C13", "undeclared tables could not be locked, so no copy of a key was looked for in them");
            Ok(())
        }
    };
    session.end().await?;
    looked
}

async fn copied(
    session: &mut Session,
    asked: &[(&Relation, Vec<String>)],
    reads: &[Read],
    report: &mut Report,
) -> Result<(), CatalogError> {
    let untrusted = session.untrusted(reads).await?;
    if untrusted.last().is_none_or(Option::is_some) {
        report.skip("C13", "tenancy.key is not compared with other tables: it is not the one that `rls apply` makes");
        return Ok(());
    }
    let mut questions: Vec<&str> = Vec::new();
    for ((table, of), why) in asked.iter().zip(&untrusted) {
        match why {
            None => questions.extend(of.iter().map(String::as_str)),
            Some(why) => {
                let why = format!("{} is not read for copies of keys: {why}", table.full_name());
                report.skip("C13", why);
            }
        }
    }
    let mut hits = Vec::new();
    for some in questions.chunks(100) {
        for name in session.texts(&some.join(" UNION ALL ")).await?.into_iter().flatten() {
            hits.push(Hit::new(name, "holds a copy of a key"));
        }
    }
    report.more(known("C13"), hits);
    Ok(())
}

fn questions(cx: &Context<'_>, table: &Relation) -> Vec<String> {
    let columns = cx.catalog.columns_of(table.oid).filter(|column| !column.generated);
    let questions = columns.filter_map(|column| {
        let (wanted, name) = (match column.r#type.as_str() {
            "bytea" => "half",
            "text" | "character varying" => "encode(half, 'hex'), encode(half, 'base64')",
            _ => return None,
        }, ident(&column.name));
        let halves = "(SELECT ipad AS half FROM tenancy.key UNION ALL SELECT opad FROM tenancy.key) h";
        let from = qualified(&table.schema, &table.name);
        Some(format!(
            "(SELECT {} AS document WHERE has_table_privilege({}, 'SELECT') AND EXISTS (SELECT FROM (SELECT {name} AS held FROM {from} \
             LIMIT 10000) t, {halves} WHERE held IN ({wanted})))",
            literal(&table.full_name()),
            table.oid
        ))
    });
    questions.collect()
}
