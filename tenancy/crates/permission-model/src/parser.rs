//! Reads tokens into a model: definitions and their statements.

mod expression;
mod recovery;
mod relation;

use crate::error::{ErrorKind, Errors, excerpt};
use crate::lexer::{Token, TokenKind, tokens};
use crate::names::{check_definition_name, check_name};
use crate::{Definition, Expression, Model, Permission, Span};

/// The longest text that is read, in bytes.
pub(crate) const LONGEST_TEXT: usize = 256 * 1024;

/// What is read from a text before its names are resolved.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) model: Model,
    /// Where operators mix without parentheses.
    pub(crate) mixed: Vec<Span>,
    /// Whether every declared name was read. Otherwise resolving would report names that the text declares.
    pub(crate) names_complete: bool,
}

/// Reads the text. Statements with errors are kept with what was read of them.
pub(crate) fn parse(text: &str, errors: &mut Errors) -> Parsed {
    if text.len() > LONGEST_TEXT {
        let message = format!("the model has {} bytes, and at most {LONGEST_TEXT} are read; shorten it", text.len());
        errors.push(ErrorKind::TooLarge, Span::default(), message);
        return Parsed::default();
    }
    let tokens = tokens(text, errors);
    let parsed = Parsed { names_complete: errors.is_empty(), ..Parsed::default() };
    let mut parser = Parser { text, tokens, at: 0, errors, parsed, expiration: false };
    parser.file();
    parser.parsed
}

pub(crate) struct Parser<'text, 'errors> {
    text: &'text str,
    tokens: Vec<Token>,
    at: usize,
    errors: &'errors mut Errors,
    parsed: Parsed,
    /// After `use expiration`, which makes `expiration` and `and` keywords.
    expiration: bool,
}

impl<'text> Parser<'text, '_> {
    fn kind(&self) -> TokenKind {
        self.tokens.get(self.at).map_or(TokenKind::End, |token| token.kind)
    }

    fn span(&self) -> Span {
        let end = Span { start: self.text.len(), end: self.text.len() };
        self.tokens.get(self.at).map_or(end, |token| token.span)
    }

    fn source(&self) -> &'text str {
        let Span { start, end } = self.span();
        self.text.get(start..end).unwrap_or_default()
    }

    fn next(&mut self) {
        if self.kind() != TokenKind::End {
            self.at += 1;
        }
    }

    fn take_docs(&mut self) -> Vec<String> {
        self.tokens.get_mut(self.at).map(|token| std::mem::take(&mut token.docs)).unwrap_or_default()
    }

    /// Steps over a token of this kind, if it is next.
    fn skip(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == kind;
        if found {
            self.next();
        }
        found
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        self.kind() == TokenKind::Keyword && self.source() == keyword
    }

    /// A name that is a keyword only in some places.
    fn is_word(&self, word: &str) -> bool {
        self.kind() == TokenKind::Name && self.source() == word
    }

    fn is_reserved(&self) -> bool {
        self.expiration && matches!(self.source(), "expiration" | "and")
    }

    fn error(&mut self, kind: ErrorKind, span: Span, message: impl Into<String>) {
        self.errors.push(kind, span, message);
    }

    /// Reports what is next as unexpected.
    fn unexpected(&mut self, expected: &str) {
        let found = match self.kind() {
            TokenKind::End => "the end of the text".to_owned(),
            TokenKind::Terminator if self.source() != ";" => "the end of the line".to_owned(),
            _ => format!("`{}`", excerpt(self.source())),
        };
        let span = self.span();
        self.error(ErrorKind::UnexpectedToken, span, format!("expected {expected}, found {found}"));
    }

    /// Steps over a token of this kind, or reports that it is missing.
    fn expect(&mut self, kind: TokenKind, expected: &str) -> Option<()> {
        if self.skip(kind) {
            return Some(());
        }
        self.unexpected(expected);
        None
    }

    /// Reads a name, or reports that it is missing. Does not check it.
    fn name(&mut self, expected: &str) -> Option<(&'text str, Span)> {
        let (name, span) = (self.source(), self.span());
        if self.kind() == TokenKind::Keyword || (self.kind() == TokenKind::Name && self.is_reserved()) {
            let message = format!("`{name}` is a keyword; use another name as {expected}");
            self.error(ErrorKind::UnexpectedToken, span, message);
            return None;
        }
        if self.kind() != TokenKind::Name {
            self.unexpected(expected);
            return None;
        }
        self.next();
        Some((name, span))
    }

    /// Reads the name of a definition, with its prefixes.
    fn path(&mut self, expected: &str) -> Option<(String, Span)> {
        let (first, mut span) = self.name(expected)?;
        let mut path = first.to_owned();
        while self.skip(TokenKind::Slash) {
            let (part, part_span) = self.name("the rest of the name after `/`")?;
            path.push('/');
            path.push_str(part);
            span.end = part_span.end;
        }
        Some((path, span))
    }

    fn check_name(&mut self, what: &str, name: &str, span: Span, check: fn(&str) -> Result<(), String>) {
        if let Err(why) = check(name) {
            let message = format!("`{}` cannot be the name of a {what}: {why}; rename it", excerpt(name));
            self.error(ErrorKind::InvalidName, span, message);
        }
    }

    fn file(&mut self) {
        let mut below_definition = false;
        loop {
            while self.skip(TokenKind::Terminator) {}
            match self.kind() {
                TokenKind::End => return,
                _ if self.is_keyword("definition") => {
                    below_definition = true;
                    self.definition();
                }
                _ if self.is_keyword("caveat") => {
                    below_definition = true;
                    self.unsupported_block(ErrorKind::UnsupportedCaveat, "caveats");
                }
                _ if self.is_word("use") => self.use_feature(below_definition),
                _ if self.is_word("partial") => self.unsupported_block(ErrorKind::UnsupportedPartial, "partials"),
                _ if self.is_word("import") => self.import(),
                _ => {
                    self.parsed.names_complete = false;
                    self.unexpected("`definition`");
                    self.skip_to_definition();
                }
            }
        }
    }

    fn use_feature(&mut self, below_definition: bool) {
        let start = self.span().start;
        self.next();
        let (feature, Span { end, .. }) = (self.source(), self.span());
        if !matches!(self.kind(), TokenKind::Name | TokenKind::Keyword) {
            return self.unexpected("the name of a feature after `use`, such as `use expiration`");
        }
        self.next();
        let span = Span { start, end };
        if feature != "expiration" {
            let feature = excerpt(feature);
            let message = format!("`use {feature}` is not supported: `use expiration` alone is; remove this line");
            self.error(ErrorKind::UnsupportedUse, span, message);
        } else if below_definition {
            let message = "`use expiration` is below a definition; move it to the start of the text";
            self.error(ErrorKind::UseAfterDefinition, span, message);
        } else {
            self.expiration = true;
        }
    }

    fn import(&mut self) {
        let mut span = self.span();
        self.next();
        if self.kind() == TokenKind::Text {
            span.end = self.span().end;
            self.next();
        }
        self.parsed.names_complete = false;
        let message = "`import` is not supported; write all definitions in one text";
        self.error(ErrorKind::UnsupportedImport, span, message);
    }

    fn definition(&mut self) {
        let docs = self.take_docs();
        self.next();
        let Some((name, span)) = self.path("the name of the definition") else {
            self.parsed.names_complete = false;
            return self.skip_to_definition();
        };
        self.check_name("definition", &name, span, check_definition_name);
        let mut definition = Definition { name, docs, relations: Vec::new(), permissions: Vec::new(), span };
        if self.expect(TokenKind::OpenBrace, "`{` after the name of the definition").is_some() {
            self.body(&mut definition);
        } else {
            self.parsed.names_complete = false;
            self.skip_to_definition();
        }
        self.parsed.model.definitions.push(definition);
    }

    fn body(&mut self, definition: &mut Definition) {
        loop {
            let read = match self.kind() {
                TokenKind::CloseBrace => return self.next(),
                TokenKind::Terminator => {
                    self.next();
                    continue;
                }
                _ if self.is_keyword("relation") => self.relation(definition),
                _ if self.is_keyword("permission") => self.permission(definition),
                TokenKind::Ellipsis => self.partial_reference(),
                _ => {
                    self.parsed.names_complete = false;
                    self.unexpected("`relation`, `permission` or `}`");
                    if self.kind() == TokenKind::End || self.is_keyword("definition") || self.is_keyword("caveat") {
                        return;
                    }
                    None
                }
            };
            match read {
                Some(()) => self.end_of_statement(),
                None => self.skip_statement(),
            }
        }
    }

    fn end_of_statement(&mut self) {
        if !self.skip(TokenKind::Terminator) && self.kind() != TokenKind::End {
            self.unexpected("the end of the line, or `;`");
            self.skip_statement();
        }
    }

    fn permission(&mut self, definition: &mut Definition) -> Option<()> {
        let docs = self.take_docs();
        self.next();
        let Some((name, span)) = self.name("the name of the permission") else {
            self.parsed.names_complete = false;
            return None;
        };
        self.check_name("permission", name, span, check_name);
        let expression = self.permission_value();
        let read = expression.as_ref().map(|_| ());
        let expression = expression.unwrap_or(Expression::Nil);
        definition.permissions.push(Permission { name: name.to_owned(), docs, expression, span });
        read
    }

    fn permission_value(&mut self) -> Option<Expression> {
        if self.kind() == TokenKind::Colon {
            let span = self.span();
            let message = "type annotations of permissions are not supported; write `permission name = ..`";
            self.error(ErrorKind::UnsupportedAnnotation, span, message);
            return None;
        }
        self.expect(TokenKind::Equals, "`=` after the name of the permission")?;
        self.expression()
    }
}
