//! What was asked of the database lately, for the page that shows it.

use crate::desk::Desk;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How many statements are kept, of all sessions together.
const KEPT: usize = 400;

/// The latest statements. A session sees its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statements(Arc<Mutex<VecDeque<Statement>>>);

/// A statement as it was sent: the text that the database got, and its values without the organization's.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    session: String,
    pub(crate) sql: String,
    pub(crate) binds: String,
}

impl Statements {
    /// Keeps a statement as diesel's `debug_query` writes it.
    pub(crate) fn keep(&self, session: &str, rendered: &str) {
        let (sql, binds) = rendered.rsplit_once(" -- binds: ").unwrap_or((rendered, "[]"));
        let statement = Statement { session: session.to_owned(), sql: sql.to_owned(), binds: binds.to_owned() };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(statement);
    }

    /// The session's last statements, the latest first.
    pub(crate) fn of(&self, session: &str, most: usize) -> Vec<Statement> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().filter(|statement| statement.session == session).take(most).cloned().collect()
    }
}

impl Statement {
    /// The text, cut at each place where the organization is compared or set.
    pub(crate) fn pieces(&self) -> Vec<Piece<'_>> {
        let (mut pieces, mut rest) = (Vec::new(), self.sql.as_str());
        while let Some(at) = rest.find("org_id") {
            // With its quotes and its table before, and `= ?` behind where it is compared.
            let from = rest[..at].rfind([' ', '(']).map_or(0, |space| space + 1);
            let behind = &rest[at + "org_id".len()..];
            let quoted = behind.starts_with(['`', '"']) as usize;
            let compared = behind[quoted..]
                .strip_prefix(" = ")
                .map_or(0, |bind| 3 + bind.find([' ', ')', ',']).unwrap_or(bind.len()));
            let to = at + "org_id".len() + quoted + compared;
            pieces.push(Piece::Text(&rest[..from]));
            pieces.push(Piece::Organization(&rest[from..to]));
            rest = &rest[to..];
        }
        pieces.push(Piece::Text(rest));
        pieces
    }
}

/// A piece of a statement's text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'s> {
    Text(&'s str),
    /// Where the organization stands.
    Organization(&'s str),
}

impl Desk {
    /// Keeps what is about to be asked.
    pub(crate) fn note(&self, rendered: &str) {
        self.statements.keep(self.scope.session(), rendered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organization_is_found_where_it_stands() {
        let sql = "SELECT `id` FROM (SELECT * FROM `t` WHERE `t`.`org_id` = ?) AS `t` WHERE `x` = ?".to_owned();
        let statement = Statement { session: String::new(), sql, binds: String::new() };
        let marked: Vec<_> =
            statement.pieces().into_iter().filter(|one| matches!(one, Piece::Organization(_))).collect();
        assert_eq!(marked, [Piece::Organization("`t`.`org_id` = ?")]);
        let text: String = statement
            .pieces()
            .iter()
            .map(|one| match one {
                Piece::Text(t) | Piece::Organization(t) => *t,
            })
            .collect();
        assert_eq!(text, statement.sql);
    }

    #[test]
    fn a_session_sees_its_own_and_the_oldest_go() {
        let (statements, own, other) = (Statements::default(), "1", "2");
        statements.keep(other, "SELECT 1 -- binds: []");
        statements.keep(own, "SELECT 2 -- binds: [7]");
        assert_eq!(statements.of(own, 9).len(), 1);
        assert_eq!(statements.of(own, 9)[0].binds, "[7]");
        (0..KEPT).for_each(|_| statements.keep(other, "SELECT 3"));
        assert!(statements.of(own, 9).is_empty());
    }
}
