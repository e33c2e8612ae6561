//! From a text to the parser's tree of one statement.

use super::Dialect;
use super::found::{Finding, Found};
use super::letters;
use sqlparser::ast::Statement;
use sqlparser::dialect::{Dialect as Parsed, PostgreSqlDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use std::thread;

#[allow(unreachable_pub, reason = "the macro's own visibility")]
mod sqlite {
    use sqlparser::dialect::{SQLiteDialect, derive_dialect};

    // SQLite has `INSERT INTO t AS name` since 3.24; the parser's own dialect of it does not read that.
    derive_dialect!(
        WithInsertAlias,
        SQLiteDialect,
        preserve_type_id = true,
        overrides = { supports_insert_table_alias = true }
    );
}

/// What a text may hold to be read on the caller's stack: the parser and the review go as deep as the text does.
const SHALLOW: usize = 24;
/// What one level takes of the stack at most, in bytes, without optimization.
const LEVEL: usize = 48 * 1024;
/// No statement is as deep.
const DEEPEST: usize = 10_000;

/// Reads `sql` and hands its one statement to `judge`.
pub(super) fn read<R: Send>(
    sql: &str,
    dialect: Dialect,
    judge: impl FnOnce(&Statement) -> Result<R, Found> + Send,
) -> Result<R, Found> {
    let shape = letters::look(sql, dialect)?;
    let parsed: &(dyn Parsed + Sync) = match dialect {
        Dialect::Postgres => &PostgreSqlDialect {},
        Dialect::Sqlite => &sqlite::WithInsertAlias::new(),
    };
    let tokens = tokens(sql, parsed)?;
    let levels = shape.depth + tokens.iter().filter(|token| nests(&token.token)).count();
    let read = move || {
        let parser = Parser::new(parsed).with_recursion_limit(levels + 64).with_tokens_with_locations(tokens);
        judge(&one(parser)?)
    };
    if levels <= SHALLOW {
        return read();
    }
    if levels > DEEPEST {
        return Err(Found::form("a text that is too deep"));
    }
    thread::scope(|scope| {
        let deep = thread::Builder::new().stack_size((levels + 64) * LEVEL).spawn_scoped(scope, read);
        let deep = deep.map_err(|_| Found::form("no thread for a deep text"))?;
        deep.join().unwrap_or_else(|_| Err(Found::form("the parser's end")))
    })
}

fn one(mut parser: Parser<'_>) -> Result<Statement, Found> {
    let mut statements = parser.parse_statements().map_err(|why| Found::new(Finding::Unreadable, why))?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        _ => Err(Found::new(Finding::Kind, "more or less than one statement")),
    }
}

/// Whether the tree may be one level deeper for this token, beside parentheses.
fn nests(token: &Token) -> bool {
    match token {
        Token::Word(word) if word.quote_style.is_none() => {
            matches!(word.keyword, Keyword::AND | Keyword::OR | Keyword::NOT | Keyword::CASE | Keyword::UNION)
                || matches!(word.keyword, Keyword::INTERSECT | Keyword::EXCEPT | Keyword::IS | Keyword::COLLATE)
        }
        Token::Word(_) | Token::Number(..) | Token::SingleQuotedString(_) | Token::DoubleQuotedString(_) => false,
        Token::Placeholder(_) | Token::Comma | Token::Period | Token::LParen | Token::RParen | Token::Eq => false,
        Token::Whitespace(_) | Token::EOF => false,
        _ => true,
    }
}

/// The tokens, with every placeholder numbered in the order of the text.
fn tokens(sql: &str, dialect: &dyn Parsed) -> Result<Vec<TokenWithSpan>, Found> {
    let tokens = Tokenizer::new(dialect, sql).tokenize_with_location();
    let tokens = tokens.map_err(|why| Found::new(Finding::Unreadable, why))?;
    let mut number = 0;
    let mut tokens: Vec<_> = tokens.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    for token in &mut tokens {
        if let Token::Placeholder(name) = &mut token.token
            && name == "?"
        {
            number += 1;
            *name = format!("?{number}");
        }
    }
    Ok(respelled(tokens))
}

/// What a window's frame excludes.
const EXCLUDED: [&str; 4] = ["TIES", "GROUP", "CURRENT ROW", "NO OTHERS"];

/// Spellings that the parser does not read, written as it does; none changes which relations, functions or columns are named. `FOR NO
/// KEY UPDATE` and `FOR KEY SHARE` are locks like others; `= ANY((SELECT ..) UNION ..)` is `IN (..)`, and `!= ALL(..)` is `NOT
/// IN (..)`, as the standard defines them; what a window's frame excludes is left out.
fn respelled(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_slice();
    while let Some(token) = rest.first() {
        let word = |at: usize| rest.get(at).map_or(Keyword::NoKeyword, |token| keyword_of(&token.token));
        let opens = |at: usize| (at..at + 2).all(|at| rest.get(at).is_some_and(|next| next.token == Token::LParen));
        let closes = |at: usize| rest.get(at).is_some_and(|next| next.token == Token::RParen);
        let written =
            |at: usize| rest.get(at).map(|next| next.token.to_string().to_ascii_uppercase()).unwrap_or_default();
        let keyword = |written: &str| TokenWithSpan::new(Token::make_keyword(written), token.span);
        let taken = match &token.token {
            _ if [word(0), word(1), word(2)] == [Keyword::FOR, Keyword::NO, Keyword::KEY] => {
                out.push(token.clone());
                3
            }
            _ if [word(0), word(1)] == [Keyword::FOR, Keyword::KEY] => {
                out.push(token.clone());
                2
            }
            _ if word(0) == Keyword::EXCLUDE && closes(2) && EXCLUDED.contains(&written(1).as_str()) => 2,
            _ if word(0) == Keyword::EXCLUDE
                && closes(3)
                && EXCLUDED.contains(&format!("{} {}", written(1), written(2)).as_str()) =>
            {
                3
            }
            Token::Eq if word(1) == Keyword::ANY && opens(2) => {
                out.push(keyword("IN"));
                2
            }
            Token::Neq if word(1) == Keyword::ALL && opens(2) => {
                out.extend([keyword("NOT"), keyword("IN")]);
                2
            }
            _ => {
                out.push(token.clone());
                1
            }
        };
        rest = &rest[taken..];
    }
    out
}

fn keyword_of(token: &Token) -> Keyword {
    match token {
        Token::Word(word) if word.quote_style.is_none() => word.keyword,
        _ => Keyword::NoKeyword,
    }
}
