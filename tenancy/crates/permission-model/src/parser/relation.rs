//! Reads relations and their subject types.

use super::Parser;
use crate::error::{ErrorKind, excerpt};
use crate::lexer::TokenKind;
use crate::names::check_name;
use crate::{Definition, Relation, Span, SubjectType};

impl Parser<'_, '_> {
    pub(super) fn relation(&mut self, definition: &mut Definition) -> Option<()> {
        let docs = self.take_docs();
        self.next();
        let Some((name, span)) = self.name("the name of the relation") else {
            self.parsed.names_complete = false;
            return None;
        };
        self.check_name("relation", name, span, check_name);
        let mut relation = Relation { name: name.to_owned(), docs, subjects: Vec::new(), span };
        let read = self.subjects(&mut relation);
        definition.relations.push(relation);
        read
    }

    fn subjects(&mut self, relation: &mut Relation) -> Option<()> {
        self.expect(TokenKind::Colon, "`:` after the name of the relation")?;
        loop {
            let subject = self.subject()?;
            relation.subjects.push(subject);
            if !self.skip(TokenKind::Pipe) {
                return Some(());
            }
        }
    }

    fn subject(&mut self) -> Option<SubjectType> {
        let (definition, mut span) = self.path("a subject type, such as `user` or `team#member`")?;
        let mut subject = SubjectType { definition, relation: None, wildcard: false, expires: false, span };
        if self.kind() == TokenKind::Colon {
            self.wildcard(&mut subject, &mut span)?;
        } else if self.skip(TokenKind::Hash) {
            self.subject_relation(&mut subject, &mut span)?;
        }
        if self.is_keyword("with") {
            self.with(&mut subject, &mut span)?;
        }
        subject.span = span;
        Some(subject)
    }

    fn wildcard(&mut self, subject: &mut SubjectType, span: &mut Span) -> Option<()> {
        self.next();
        span.end = self.span().end;
        self.expect(TokenKind::Star, "`*` after `:`")?;
        subject.wildcard = true;
        if self.kind() == TokenKind::Hash {
            self.wildcard_of_relation(*span);
            return None;
        }
        Some(())
    }

    fn subject_relation(&mut self, subject: &mut SubjectType, span: &mut Span) -> Option<()> {
        span.end = self.span().end;
        // `user#...` is the long form of `user`.
        if self.skip(TokenKind::Ellipsis) {
            return Some(());
        }
        let (name, name_span) = self.name("a relation or permission after `#`")?;
        subject.relation = Some(name.to_owned());
        span.end = name_span.end;
        if self.kind() == TokenKind::Colon {
            self.wildcard_of_relation(*span);
            return None;
        }
        Some(())
    }

    fn wildcard_of_relation(&mut self, span: Span) {
        let message = "a wildcard stands for objects of a type, and takes no relation; write `user:*` or `team#member`";
        self.error(ErrorKind::WildcardOfRelation, span, message);
    }

    fn with(&mut self, subject: &mut SubjectType, span: &mut Span) -> Option<()> {
        self.next();
        let word = self.span();
        if !self.is_word("expiration") {
            return self.caveat();
        }
        if !self.expiration {
            let message = "`with expiration` needs `use expiration` at the start of the text; add that line";
            self.error(ErrorKind::MissingUseExpiration, word, message);
        }
        self.next();
        subject.expires = true;
        span.end = word.end;
        if self.is_word("and") {
            return self.caveat();
        }
        Some(())
    }

    fn caveat(&mut self) -> Option<()> {
        let span = self.span();
        if !matches!(self.kind(), TokenKind::Name | TokenKind::Keyword) {
            self.unexpected("`expiration` after `with`");
            return None;
        }
        let message = format!(
            "`{}` would be a caveat, and caveats are not supported; write `with expiration` alone, or remove it",
            excerpt(self.source())
        );
        self.error(ErrorKind::UnsupportedCaveat, span, message);
        None
    }
}
