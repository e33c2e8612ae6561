//! Splits a text into tokens, by the rules of SpiceDB's lexer.
//!
//! As in SpiceDB a line end closes a statement if it follows a name, a keyword, `}`, `)` or `*`. Comments between do
//! not count.

use crate::Span;
use crate::error::{ErrorKind, Errors};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Keyword,
    Name,
    /// `;`, or a line end that closes a statement.
    Terminator,
    OpenBrace,
    CloseBrace,
    OpenParenthesis,
    CloseParenthesis,
    Pipe,
    Plus,
    Minus,
    Ampersand,
    Slash,
    Equals,
    Colon,
    Hash,
    Star,
    Period,
    Ellipsis,
    Arrow,
    Text,
    /// What only caveats use.
    Other,
    End,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
    /// The lines of the documentation comments since the token before.
    pub(crate) docs: Vec<String>,
}

const KEYWORDS: [&str; 6] = ["definition", "caveat", "relation", "permission", "nil", "with"];

/// Splits the text. The last token is [`TokenKind::End`].
pub(crate) fn tokens(text: &str, errors: &mut Errors) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), docs: Vec::new(), errors };
    while let Some(next) = lexer.peek() {
        lexer.step(next);
    }
    lexer.emit(TokenKind::End, text.len());
    lexer.tokens
}

struct Lexer<'text, 'errors> {
    text: &'text str,
    at: usize,
    tokens: Vec<Token>,
    docs: Vec<String>,
    errors: &'errors mut Errors,
}

impl<'text> Lexer<'text, '_> {
    fn rest(&self) -> &'text str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn emit(&mut self, kind: TokenKind, start: usize) {
        let docs = std::mem::take(&mut self.docs);
        self.tokens.push(Token { kind, span: Span { start, end: self.at }, docs });
    }

    fn step(&mut self, next: char) {
        match next {
            ' ' | '\t' => self.at += 1,
            '\n' | '\r' => self.line_end(),
            '"' | '\'' => self.string(),
            _ if self.rest().starts_with("//") => self.line_comment(),
            _ if self.rest().starts_with("/*") => self.block_comment(),
            _ if is_word(next) => self.word(),
            _ => match sign(self.rest()) {
                Some((kind, length)) => {
                    let start = self.at;
                    self.at += length;
                    self.emit(kind, start);
                }
                None => self.unexpected(next),
            },
        }
    }

    fn line_end(&mut self) {
        let start = self.at;
        self.at += 1;
        use TokenKind::{CloseBrace, CloseParenthesis, Keyword, Name, Star};
        if let Some(Token { kind: Name | Keyword | CloseBrace | CloseParenthesis | Star, .. }) = self.tokens.last() {
            self.emit(TokenKind::Terminator, start);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let length = self.rest().find(|next| !is_word(next)).unwrap_or(self.rest().len());
        let word = self.rest().get(..length).unwrap_or_default();
        self.at += length;
        self.emit(if KEYWORDS.contains(&word) { TokenKind::Keyword } else { TokenKind::Name }, start);
    }

    fn string(&mut self) {
        let (start, rest) = (self.at, self.rest());
        let (mark, across_lines) = match rest {
            _ if rest.starts_with("\"\"\"") => ("\"\"\"", true),
            _ if rest.starts_with("'''") => ("'''", true),
            _ if rest.starts_with('"') => ("\"", false),
            _ => ("'", false),
        };
        let body = rest.get(mark.len()..).unwrap_or_default();
        let line = if across_lines { body.len() } else { body.find(['\n', '\r']).unwrap_or(body.len()) };
        match body.get(..line).and_then(|body| body.find(mark)) {
            Some(end) => {
                self.at += end + 2 * mark.len();
                self.emit(TokenKind::Text, start);
            }
            None => {
                self.at += mark.len() + line;
                let span = Span { start, end: self.at };
                self.errors.push(
                    ErrorKind::Unterminated,
                    span,
                    format!("the string has no end; close it with `{mark}`"),
                );
            }
        }
    }

    fn line_comment(&mut self) {
        let length = self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
        let comment = self.rest().get(..length).unwrap_or_default();
        self.at += length;
        if let Some(line) = comment.strip_prefix("///").filter(|line| !line.starts_with('/')) {
            self.docs.push(line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned());
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let Some(length) = self.rest().get(2..).and_then(|body| body.find("*/")) else {
            self.at = self.text.len();
            let span = Span { start, end: self.at };
            return self.errors.push(ErrorKind::Unterminated, span, "the comment has no end; close it with `*/`");
        };
        let body = self.rest().get(2..2 + length).unwrap_or_default();
        self.at += length + 4;
        if let Some(body) = body.strip_prefix('*').filter(|body| !body.is_empty() && !body.starts_with('*')) {
            self.docs.extend(block_lines(body));
        }
    }

    /// Reports a run of unreadable characters once.
    fn unexpected(&mut self, first: char) {
        let start = self.at;
        if first == '@' {
            self.at += self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
            let span = Span { start, end: self.at };
            let message = "annotations such as `@deprecated` are not supported; remove the annotation";
            return self.errors.push(ErrorKind::UnsupportedAnnotation, span, message);
        }
        while let Some(next) = self.peek().filter(|next| is_unreadable(*next) && sign(self.rest()).is_none()) {
            self.at += next.len_utf8();
        }
        let span = Span { start, end: self.at };
        let message = format!("unexpected character `{}`; remove it", first.escape_default());
        self.errors.push(ErrorKind::UnexpectedCharacter, span, message);
    }
}

fn is_word(next: char) -> bool {
    next == '_' || next.is_alphanumeric()
}

fn is_unreadable(next: char) -> bool {
    !is_word(next) && !matches!(next, ' ' | '\t' | '\n' | '\r' | '"' | '\'' | '@')
}

/// Returns the sign at the start of the text, and its length. The longer of two comes first.
fn sign(text: &str) -> Option<(TokenKind, usize)> {
    use TokenKind::*;
    const SIGNS: [(&str, TokenKind); 31] = [
        ("...", Ellipsis),
        ("->", Arrow),
        ("||", Other),
        ("&&", Other),
        ("!=", Other),
        ("<=", Other),
        (">=", Other),
        ("==", Other),
        ("{", OpenBrace),
        ("}", CloseBrace),
        ("(", OpenParenthesis),
        (")", CloseParenthesis),
        ("+", Plus),
        ("|", Pipe),
        ("&", Ampersand),
        ("-", Minus),
        ("/", Slash),
        ("=", Equals),
        (":", Colon),
        (";", Terminator),
        ("#", Hash),
        ("*", Star),
        (".", Period),
        ("?", Other),
        ("!", Other),
        ("[", Other),
        ("]", Other),
        ("%", Other),
        ("<", Other),
        (">", Other),
        (",", Other),
    ];
    SIGNS.iter().find(|(sign, _)| text.starts_with(sign)).map(|(sign, kind)| (*kind, sign.len()))
}

/// Returns the lines of a `/** */` comment, without its marks and without empty lines at its start and end.
fn block_lines(body: &str) -> Vec<String> {
    let mut lines: Vec<&str> = body.lines().flat_map(|line| line.split('\r')).map(block_line).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    lines.drain(..first);
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.into_iter().map(str::to_owned).collect()
}

fn block_line(line: &str) -> &str {
    let line = line.trim_start();
    let line = line.strip_prefix('*').unwrap_or(line);
    line.strip_prefix(' ').unwrap_or(line).trim_end()
}
