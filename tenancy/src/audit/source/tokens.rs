//! Rules that look for names, wherever they stand: in code, imports and the arguments of macros.

use super::Seen;
use super::imports::Imports;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// A token, with the groups opened up.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
    pub(super) is_name: bool,
}

pub(super) fn flat(file: &syn::File) -> Vec<Token> {
    let mut tokens = Vec::new();
    flatten(file.to_token_stream(), &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        let mut push = |text: &str, line| tokens.push(Token { text: text.to_owned(), line, is_name: false });
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                push(open, group.span_open().start().line);
                let end = group.span_close().start().line;
                flatten(group.stream(), tokens);
                tokens.push(Token { text: close.to_owned(), line: end, is_name: false });
            }
            TokenTree::Ident(name) => {
                let text = name.to_string();
                let text = text.strip_prefix("r#").unwrap_or(&text).to_owned();
                tokens.push(Token { text, line, is_name: true });
            }
            TokenTree::Punct(punct) => push(&punct.as_char().to_string(), line),
            TokenTree::Literal(literal) => push(&literal.to_string(), line),
        }
    }
}

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
            // Also `#![allow(unsafe_code)]`, which only a missing `forbid` lets stand.
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
            "__private" if imported_from(tokens, at, "tenancy") => add("S20", word, "a hidden part of tenancy"),
            // Handed to a macro, which declares with it what nobody reads.
            "table" if path_before && before(at, 3) == "diesel" && text(at + 1) != "!" && !in_import(tokens, at) => {
                add("S04", word, "hands on diesel's macro");
            }
            "include" if text(at + 1) == "!" && text(at + 3).contains("tenancy") => {
                add("S23", word, "includes source of tenancy");
            }
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
const FRAGMENTS: [&str; 14] = [
    "QueryFragment",
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

/// Whether a name stands in a `use`.
fn in_import(tokens: &[Token], at: usize) -> bool {
    let start = tokens[..at].iter().rposition(|token| token.text == ";").map_or(0, |place| place + 1);
    tokens[start..at].iter().any(|token| token.is_name && token.text == "use")
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

/// Whether a name stands in a `use` that names the crate.
pub(super) fn imported_from(tokens: &[Token], at: usize, krate: &str) -> bool {
    let start = tokens[..at].iter().rposition(|token| token.text == ";").map_or(0, |place| place + 1);
    let statement = &tokens[start..at];
    let import = statement.iter().rposition(|token| token.is_name && token.text == "use");
    import.is_some_and(|import| statement[import..].iter().any(|token| token.text == krate))
}
