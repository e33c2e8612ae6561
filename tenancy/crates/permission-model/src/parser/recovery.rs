//! What is skipped after an error, so that the next error is a real one.

use super::Parser;
use crate::error::ErrorKind;
use crate::lexer::TokenKind;

impl Parser<'_, '_> {
    /// Reports a `caveat` or `partial`, and skips it with its braces.
    pub(super) fn unsupported_block(&mut self, kind: ErrorKind, what: &str) {
        let mut span = self.span();
        self.next();
        if self.kind() == TokenKind::Name {
            span.end = self.span().end;
        }
        if kind == ErrorKind::UnsupportedPartial {
            self.parsed.names_complete = false;
        }
        self.error(kind, span, format!("{what} are not supported; remove this block"));
        while !matches!(self.kind(), TokenKind::OpenBrace | TokenKind::End) && !self.is_keyword("definition") {
            self.next();
        }
        self.skip_braces();
    }

    /// Skips `{ .. }`, if it is next.
    fn skip_braces(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.kind() {
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace => depth = depth.saturating_sub(1),
                TokenKind::End => return,
                _ => {}
            }
            if depth == 0 {
                self.skip(TokenKind::CloseBrace);
                return;
            }
            self.next();
        }
    }

    pub(super) fn partial_reference(&mut self) -> Option<()> {
        let mut span = self.span();
        self.next();
        if self.kind() == TokenKind::Name {
            span.end = self.span().end;
        }
        self.parsed.names_complete = false;
        let message = "partials are not supported; write the relations and permissions here";
        self.error(ErrorKind::UnsupportedPartial, span, message);
        None
    }

    /// Skips to the end of the statement, or to what starts another.
    pub(super) fn skip_statement(&mut self) {
        loop {
            match self.kind() {
                TokenKind::End | TokenKind::CloseBrace => return,
                TokenKind::Terminator => return self.next(),
                _ if self.starts_statement() => return,
                _ => self.next(),
            }
        }
    }

    fn starts_statement(&self) -> bool {
        self.kind() == TokenKind::Keyword
            && matches!(self.source(), "relation" | "permission" | "definition" | "caveat")
    }

    pub(super) fn skip_to_definition(&mut self) {
        // The first step is unconditional: what is next was refused.
        loop {
            self.next();
            let starts = self.is_keyword("definition") || self.is_keyword("caveat");
            if self.kind() == TokenKind::End || starts {
                return;
            }
        }
    }
}
