//! Three spellings of PostgreSQL's that the parser does not read, written as it does. None changes which rows are read.

use super::Refused;
use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

pub(super) fn parse(sql: &str) -> Result<Statement, Refused> {
    let dialect = PostgreSqlDialect {};
    let tokens = Tokenizer::new(&dialect, sql).tokenize().map_err(|why| Refused::Unparsed(why.to_string()))?;
    let tokens = tokens.into_iter().filter(|token| !matches!(token, Token::Whitespace(_))).collect();
    let mut statements = Parser::new(&dialect).with_tokens(respelled(tokens));
    let mut statements = statements.parse_statements().map_err(|why| Refused::Unparsed(why.to_string()))?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        _ => Err(Refused::Unknown("more or less than one statement")),
    }
}

/// `FOR NO KEY UPDATE` and `FOR KEY SHARE` are locks like others; `= ANY((SELECT ..) UNION ..)` is `IN (..)`, and
/// `!= ALL(..)` is `NOT IN (..)`, as the standard defines them.
fn respelled(tokens: Vec<Token>) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_slice();
    while let Some(token) = rest.first() {
        let words = |at: usize| rest.get(at).map_or(Keyword::NoKeyword, keyword);
        let opens = |at: usize| matches!(rest.get(at..at + 2), Some([Token::LParen, Token::LParen]));
        let (taken, written) = match token {
            _ if [words(0), words(1), words(2)] == [Keyword::FOR, Keyword::NO, Keyword::KEY] => {
                (3, vec![token.clone()])
            }
            _ if [words(0), words(1)] == [Keyword::FOR, Keyword::KEY] => (2, vec![token.clone()]),
            Token::Eq if words(1) == Keyword::ANY && opens(2) => (2, vec![Token::make_keyword("IN")]),
            Token::Neq if words(1) == Keyword::ALL && opens(2) => {
                (2, vec![Token::make_keyword("NOT"), Token::make_keyword("IN")])
            }
            _ => (1, vec![token.clone()]),
        };
        out.extend(written);
        rest = &rest[taken..];
    }
    out
}

fn keyword(token: &Token) -> Keyword {
    match token {
        Token::Word(word) => word.keyword,
        _ => Keyword::NoKeyword,
    }
}
