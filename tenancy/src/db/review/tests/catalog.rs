//! The lists of known names against the databases that know them.
#![expect(clippy::disallowed_types, reason = "the catalogue of a database without rows is asked")]

use super::super::rules::words;
use super::{Dialect, texts};
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _};
use std::collections::BTreeSet;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "the database is asked about itself")]
fn sqlite() -> SqliteConnection {
    SqliteConnection::establish(":memory:").expect("SQLite")
}

/// Of a part of SQLite that this build leaves out, or of a later release; each is SQLite's own.
const NOT_IN_EVERY_SQLITE: &str = "acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 \
                                   log2 mod pi pow power radians sin sinh sqrt tan tanh trunc current_date current_time current_timestamp soundex median percentile percentile_cont \
                                   percentile_disc unistr unistr_quote jsonb_each jsonb_tree json_array_insert \
                                   jsonb_array_insert sqlite_version if";

#[test]
#[expect(clippy::disallowed_methods, reason = "the database is asked about itself")]
fn sqlite_has_every_known_function_and_none_of_them_does_more_than_compute() {
    let mut conn = sqlite();
    // It lists a module once it was used.
    conn.batch_execute("SELECT 1 FROM json_each('[]'), json_tree('[]')").expect("both");
    let list = "SELECT DISTINCT name FROM pragma_function_list UNION SELECT name FROM pragma_module_list";
    let has: Vec<Name> = diesel::sql_query(list).load(&mut conn).expect("its functions");
    let has: BTreeSet<_> = has.into_iter().map(|row| row.name).collect();
    let elsewhere = words(NOT_IN_EVERY_SQLITE);
    let known = words(include_str!("../known/sqlite_functions.txt"));
    let missing: Vec<_> = known.iter().filter(|name| !has.contains(*name) && !elsewhere.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // SQLite says of a function that schemas may not call it: https://sqlite.org/c3ref/c_deterministic.html#sqlitedirectonly
    let direct = "SELECT DISTINCT name FROM pragma_function_list WHERE flags & 524288 <> 0";
    let direct: Vec<Name> = diesel::sql_query(direct).load(&mut sqlite()).expect("its flags");
    let dangerous: Vec<_> = direct.iter().filter(|row| known.contains(&row.name)).map(|row| &row.name).collect();
    assert!(dangerous.is_empty(), "{dangerous:?}");
}

const TABLES: &str =
    "CREATE TABLE invoices (id int, org_id text, customer_id int, number int, amount bigint, currency text, memo text);
     CREATE TABLE customers (id int, org_id text, name text, parent_id int);
     CREATE TABLE lines (invoice_id int, position int, org_id text, item text, quantity int);
     CREATE TABLE currencies (code text, label text);";

/// The texts that have to pass are ones that the database takes: no list of them that the parser alone would read.
#[test]
#[expect(clippy::disallowed_methods, reason = "the database is asked about texts")]
fn sqlite_takes_what_is_read() {
    let mut conn = sqlite();
    conn.batch_execute(TABLES).expect("the tables");
    for sql in texts::shapes(Dialect::Sqlite) {
        let taken = conn.batch_execute(&format!("EXPLAIN {sql}"));
        assert!(taken.is_ok(), "{taken:?}: {sql}");
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;
    use tenancy_test_support::pg::Database;

    /// Written like calls by the parser, or of a release after the oldest that is supported.
    const NOT_IN_15: &str = "trim coalesce nullif greatest least array row grouping current_date current_time current_timestamp \
                             localtime localtimestamp current_role user current_catalog \
                             erf erfc random_normal unicode_assigned to_bin to_oct casefold crc32 crc32c date_add \
                             date_subtract uuidv4 uuidv7 uuid_extract_timestamp uuid_extract_version json_array jsonb_array \
                             json_scalar json_serialize json_exists json_query json_value jsonb_populate_record_valid \
                             array_reverse array_sample array_shuffle array_sort any_value json_agg_strict json_objectagg \
                             json_arrayagg jsonb_agg_strict json_object_agg_strict json_object_agg_unique \
                             json_object_agg_unique_strict jsonb_object_agg_strict jsonb_object_agg_unique \
                             jsonb_object_agg_unique_strict";

    /// What gives another answer each time: the clock and the server's randomness. Nothing else that is known is volatile, and
    /// whatever changes or waits for something is.
    const CLOCK_AND_CHANCE: &str =
        "array_sample array_shuffle clock_timestamp gen_random_uuid random random_normal timeofday uuidv4 uuidv7";

    const OWN: &str = "pg_catalog'::regnamespace";

    fn lines(database: &Database, sql: &str) -> BTreeSet<String> {
        database.psql(sql).lines().map(str::to_owned).collect()
    }

    /// The known functions of the server's for which `condition` holds.
    fn known_where(database: &Database, condition: &str) -> BTreeSet<String> {
        let known = words(include_str!("../known/postgres_functions.txt"));
        let known: Vec<_> = known.iter().map(|name| format!("'{name}'")).collect();
        let of = format!("WHERE pronamespace = '{OWN} AND proname IN ({})", known.join(", "));
        lines(database, &format!("SELECT DISTINCT proname FROM pg_proc {of} AND ({condition})"))
    }

    /// Types that look names up, and names of arguments that take a query, or the name of something.
    const LOOKS_UP: &str =
        "proargtypes::oid[] && ARRAY['regclass', 'regproc', 'regprocedure', 'regoper', 'regtype', 'regrole',
             'regnamespace', 'refcursor']::regtype[]::oid[]
         OR proargnames && ARRAY['query', 'sql', 'relation', 'tablename', 'filename', 'cursor', 'schema', 'tbl']";

    #[test]
    fn postgres_has_every_known_function_and_none_of_them_does_more_than_compute() {
        let database = Database::create();
        let types = lines(&database, &format!("SELECT typname FROM pg_type WHERE typnamespace = '{OWN}"));
        let (has, elsewhere) = (known_where(&database, "true"), words(NOT_IN_15));
        let known = words(include_str!("../known/postgres_functions.txt"));
        let there = |name: &String| has.contains(name) || types.contains(name) || elsewhere.contains(name);
        let missing: Vec<_> = known.iter().filter(|name| !there(name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let volatile = known_where(&database, "provolatile = 'v'");
        let volatile: Vec<_> = volatile.iter().filter(|name| !words(CLOCK_AND_CHANCE).contains(*name)).collect();
        assert!(volatile.is_empty(), "{volatile:?}");
        // PostgreSQL grants functions that read files to no role by default, and none of them is a definer's.
        let kept = known_where(&database, "proacl IS NOT NULL OR prosecdef");
        assert!(kept.is_empty(), "{kept:?}");
        let looks_up = known_where(&database, LOOKS_UP);
        assert!(looks_up.is_empty(), "{looks_up:?}");
        // The question finds what it is for.
        let dangerous = "SELECT proname FROM pg_proc WHERE proname IN ('query_to_xml', 'nextval', 'ts_rewrite', 'table_to_xml') AND ";
        let found = lines(&database, &format!("{dangerous} (provolatile = 'v' OR {LOOKS_UP})"));
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn postgres_has_every_known_operator_and_type() {
        let database = Database::create();
        for (kind, list) in [
            ('b', include_str!("../known/postgres_operators.txt")),
            ('l', include_str!("../known/postgres_prefix_operators.txt")),
        ] {
            let has = lines(
                &database,
                &format!("SELECT DISTINCT oprname FROM pg_operator WHERE oprnamespace = '{OWN} AND oprkind = '{kind}'"),
            );
            let missing: Vec<_> = words(list).into_iter().filter(|symbol| !has.contains(symbol)).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
        let types = words(include_str!("../known/postgres_types.txt"));
        let has = lines(
            &database,
            &format!("SELECT typname FROM pg_type WHERE typnamespace = '{OWN} UNION SELECT unnest(ARRAY['char'])"),
        );
        let missing: Vec<_> = types.iter().filter(|name| !has.contains(*name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let looks_up = lines(
            &database,
            &format!(
                "SELECT typname FROM pg_type WHERE typnamespace = '{OWN} AND (typname LIKE 'reg%' OR typtype = 'd' OR typname IN ('xml', 'refcursor'))"
            ),
        );
        assert!(types.iter().all(|name| !looks_up.contains(name)));
    }

    #[test]
    fn postgres_takes_what_is_read() {
        let database = Database::create();
        let tables = TABLES.replace("org_id text", "org_id uuid");
        database.psql(&tables);
        let shapes = texts::shapes(Dialect::Postgres);
        database.psql(TRIED);
        // Some values cannot be compared, grouped or sorted; that is about types, and not about texts.
        let untyped = |said: &&str| !said.starts_with("42883 could not identify");
        for some in shapes.chunks(100) {
            let tried =
                some.iter().map(|sql| format!("SELECT tried($sql$PREPARE x AS {sql}$sql$);")).collect::<String>();
            let said = database.psql(&tried);
            let refused: Vec<_> = said.lines().filter(|said| !said.is_empty()).filter(untyped).collect();
            assert!(refused.is_empty(), "{refused:#?}");
        }
    }

    /// Prepares a text, and says why it cannot.
    const TRIED: &str = "CREATE FUNCTION tried(text) RETURNS text LANGUAGE plpgsql AS $try$ BEGIN
         EXECUTE $1; DEALLOCATE x; RETURN ''; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM || ': ' || $1; END $try$";
}
