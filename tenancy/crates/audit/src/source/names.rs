//! Rules that look for names anywhere: in code, imports and the arguments of macros.

use super::imports::Imports;
use super::seen::Seen;
use super::tokens::{Token, imported_from, in_import};

/// Names that need no look around them: (rule, what it is, names).
const NAMES: &[(&str, &str, &[&str])] = &[
    (
        "S13",
        "raw SQL",
        &[
            "sql_query",
            "batch_execute",
            "SqlQuery",
            "SqlLiteral",
            "BoxedSqlQuery",
            "UncheckedBind",
            "sql_literal",
            "diesel_dynamic_schema",
        ],
    ),
    (
        "S14",
        "a connection of its own",
        &[
            "AsyncPgConnection",
            "AsyncMysqlConnection",
            "PgConnection",
            "SqliteConnection",
            "MysqlConnection",
            "SyncConnectionWrapper",
            "AsyncConnectionWrapper",
            "AsyncDieselConnectionManager",
            "MultiConnection",
            "AsyncConnection",
            "AsyncConnectionCore",
            "SimpleConnection",
            "SimpleAsyncConnection",
            "pooled_connection",
            "tokio_postgres",
            "rusqlite",
            "sqlx",
        ],
    ),
    (
        "S16",
        "migrates",
        &[
            "diesel_migrations",
            "embed_migrations",
            "run_pending_migrations",
            "MigrationHarness",
            "AsyncMigrationHarness",
            "EmbeddedMigrations",
            "run_unscoped_sql",
            "run_unscoped_sql_over_tls",
        ],
    ),
    ("S17", "a test transaction", &["begin_test_transaction", "test_transaction"]),
    (
        "S11",
        "declares an SQL function",
        &["define_sql_function", "declare_sql_function", "sql_function", "no_arg_sql_function"],
    ),
    (
        "S12",
        "declares an operator",
        &[
            "infix_operator",
            "postfix_operator",
            "prefix_operator",
            "__diesel_infix_operator",
            "__diesel_operator_body",
            "diesel_infix_operator",
            "diesel_postfix_operator",
            "diesel_prefix_operator",
        ],
    ),
    ("S21", "the test kit", &["tenancy_testkit"]),
    ("S28", "decides for which organization a request acts", &["this_check"]),
    ("S18", "machine code", &["global_asm"]),
    ("S20", "a hidden part of tenancy", &["__scoped", "__key", "__declared"]),
];

/// Programs that are a way to the database of their own.
const PROGRAMS: [&str; 5] = ["\"psql\"", "\"pg_dump\"", "\"pg_restore\"", "\"sqlite3\"", "\"mysql\""];

pub(super) fn check(name: &str, tokens: &[Token], imports: &Imports, seen: &mut Seen) {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let before = |at: usize, back: usize| at.checked_sub(back).map_or("", text);
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_name) {
        let mut add =
            |id, name_of: &str, what: &str| seen.add(id, name, token.line, name_of, format!("{what}: `{name_of}`"));
        let word = token.text.as_str();
        for (id, what, _) in NAMES.iter().filter(|(.., names)| names.contains(&word)) {
            add(id, word, what);
        }
        let path_before = before(at, 1) == ":" && before(at, 2) == ":";
        match word {
            "unsafe" => add("S18", word, "unsafe code"),
            // Also `#![allow(unsafe_code)]`, which compiles only without `forbid`.
            "unsafe_code" if matches!(before(at, 2), "allow" | "expect" | "warn") => add("S18", word, "unsafe code"),
            "union" if tokens.get(at + 1).is_some_and(|next| next.is_name) && matches!(text(at + 2), "{" | "<") => {
                add("S18", word, "a union");
            }
            "sql" if raw_fragment(tokens, at, imports) => add("S13", word, "raw SQL"),
            "copy_from" | "copy_to" if before(at, 1) != "." && (path_before || imported_from(tokens, at, "diesel")) => {
                add("S13", word, "raw SQL");
            }
            "establish" if path_before => add("S14", word, "a connection of its own"),
            // Of diesel; redis has one too.
            "ConnectionManager" if before(at, 3) == "r2d2" || imported_from(tokens, at, "diesel") => {
                add("S14", word, "a connection of its own");
            }
            // Macros of the service's own may have one.
            "__private" if path_before && !matches!(before(at, 3), "crate" | "self" | "super") => {
                add("S20", word, "a hidden part of tenancy");
            }
            "__private" if imported_from_tenancy(tokens, at) => add("S20", word, "a hidden part of tenancy"),
            // Passed to a macro, which may declare tables with it that are not read here.
            "table" if path_before && before(at, 3) == "diesel" && text(at + 1) != "!" && !in_import(tokens, at) => {
                add("S04", word, "hands on diesel's macro");
            }
            "include" if text(at + 1) == "!" && text(at + 3).contains("tenancy") => {
                add("S23", word, "includes source of tenancy");
            }
            // Others have traits of that name; diesel's names a table.
            "Column" if text(at + 1) != "as" && !tokens[at..].iter().take(40).any(|next| next.text == "Table") => {}
            _ if FRAGMENTS.contains(&word) => {
                implemented(("S10", "diesel"), name, tokens, at, seen);
            }
            _ if DECLARING.contains(&word) => {
                implemented(("S26", "tenancy"), name, tokens, at, seen);
            }
            _ => {}
        }
    }
    for program in tokens.iter().filter(|token| PROGRAMS.contains(&token.text.as_str())) {
        let program_name = program.text.trim_matches('"');
        seen.add("S14", name, program.line, program_name, format!("runs `{program_name}`"));
    }
}

/// Traits of diesel that turn a value into SQL, name what is written, or send it.
const FRAGMENTS: [&str; 15] = [
    "QueryFragment",
    "Column",
    "Query",
    "QueryId",
    "RunQueryDsl",
    "LoadQuery",
    "ExecuteDsl",
    "AppearsOnTable",
    "SelectableExpression",
    "KnownCastSqlTypeName",
    "AssignmentTarget",
    "AsChangeset",
    "InsertValues",
    "AliasSource",
    "PositionalOrderDsl",
];

/// What `schema!` and `alias!` implement for a service's types.
const DECLARING: [&str; 13] = [
    "TenantTable",
    "PlainTable",
    "GlobalTable",
    "PlatformTable",
    "ColumnOf",
    "LeafSource",
    "ScopeTarget",
    "AliasName",
    "Beside",
    "JoinSide",
    "SourceBrand",
    "BrandOf",
    "MapsOrganizationOf",
];

/// `impl .. QueryFragment<..> for`, in a macro's body too, and the trait under another name.
fn implemented((id, krate): (&'static str, &str), file: &str, tokens: &[Token], at: usize, seen: &mut Seen) {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let word = text(at);
    let mut next = at + 1;
    if text(next) == "<" {
        let mut depth = 0_usize;
        while next < tokens.len() {
            depth = match text(next) {
                "<" => depth + 1,
                ">" if text(next - 1) != "-" => depth - 1,
                _ => depth,
            };
            next += 1;
            if depth == 0 {
                break;
            }
        }
    }
    if text(next) == "for" && text(next + 1) != "<" {
        seen.add(id, file, tokens[at].line, word, format!("implements `{word}` itself"));
    } else if text(at + 1) == "as" && text(at + 2) != "_" && imported_from(tokens, at, krate) {
        seen.add(id, file, tokens[at].line, word, format!("imports `{word}` under another name"));
    }
}

/// `sql::<..>`, `sql(..)` as a function where all of `dsl` is imported, `dsl::sql`, and an import of it from diesel.
fn raw_fragment(tokens: &[Token], at: usize, imports: &Imports) -> bool {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let before = at.checked_sub(1).map_or("", text);
    let typed = text(at + 1) == ":" && text(at + 2) == ":" && text(at + 3) == "<";
    let called = text(at + 1) == "(" && (before == ":" || imports.all_of_dsl && !matches!(before, "." | "fn"));
    let of_dsl = before == ":" && at >= 3 && text(at - 3) == "dsl";
    typed || called || of_dsl || imported_from(tokens, at, "diesel")
}

/// From one of its packages.
fn imported_from_tenancy(tokens: &[Token], at: usize) -> bool {
    let packages = [
        "tenancy",
        "tenancy_rls",
        "tenancy_audit",
        "tenancy_secrets",
        "tenancy_tls",
        "tenancy_service",
        "tenancy_gateway",
    ];
    packages.iter().any(|package| imported_from(tokens, at, package))
}
