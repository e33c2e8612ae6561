//! Which transaction and which savepoints are open, and what of them the server has received.

use super::row_security::Text;

/// Where the caller is, and how much of that the server knows.
#[derive(Default)]
pub(super) struct Transaction {
    /// How many transactions deep the caller is.
    pub(super) depth: usize,
    /// The server has received BEGIN.
    pub(super) begun: bool,
    /// Its row security context holds for statements of fixed text.
    fixed: bool,
    /// What the server has not received yet, in order. It travels with the next statement.
    pub(super) pending: Vec<String>,
}

fn savepoint(depth: usize) -> String {
    format!("tenancy_{depth}")
}

impl Transaction {
    pub(super) fn is_open(&self) -> bool {
        self.depth > 0
    }

    /// Whether the next statement must send BEGIN: inside a transaction once, and alone when it is framed.
    pub(super) fn must_begin(&self, framed: bool) -> bool {
        if self.is_open() { !self.begun } else { framed }
    }

    /// BEGIN is on its way.
    pub(super) fn has_begun(&mut self, text: Text) {
        self.begun = self.is_open();
        self.fixed = self.begun && text == Text::Fixed;
    }

    pub(super) fn take_pending(&mut self) -> Option<String> {
        let pending = std::mem::take(&mut self.pending);
        (!pending.is_empty()).then(|| pending.join("; "))
    }

    /// Whether it began, with a token for statements of fixed text.
    pub(super) fn began_with_fixed_text(&self) -> bool {
        self.begun && self.fixed
    }

    pub(super) fn begin(&mut self) {
        if self.depth > 0 {
            self.pending.push(format!("SAVEPOINT {}", savepoint(self.depth)));
        }
        self.depth += 1;
    }

    /// Leaves a savepoint; whether the server must do something for it. One that it never heard of is forgotten.
    pub(super) fn leave(&mut self, keep: bool) -> bool {
        self.depth -= 1;
        let name = savepoint(self.depth);
        let set = format!("SAVEPOINT {name}");
        let unsent = self.pending.iter().rposition(|step| *step == set);
        match unsent {
            Some(unsent) => self.pending.truncate(unsent),
            None if keep => self.pending.push(format!("RELEASE SAVEPOINT {name}")),
            None => self.pending.push(format!("ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")),
        }
        unsent.is_none()
    }
}
