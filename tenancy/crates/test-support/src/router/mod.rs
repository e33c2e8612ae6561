//! The router condition: can the statement run on the one node that holds its organization?
//!
//! Citus sends a statement to one node when every distributed table in every query level is bound to one value of the
//! distribution column. This checker asks the same of rendered SQL, without a server: it parses the statement, gathers
//! what each level says for certain (`organization = bind`, `organization = organization`) into classes, and wants each
//! mention of an organization table in the class of the scope's organization.
//!
//! - *Tied to a scope*: each scoped source has a bind of its own, so the caller says for each bind whether its **value**
//!   is the scope's organization (`carries`). Binds of that value are one class; a bind of another one is refused.
//! - *Certain*: conjuncts of WHERE and of inner joins' ON. An outer join's ON bounds the side that may be missing and
//!   never the side that is kept; what stands below OR or NOT bounds nothing.
//! - *Stricter than Citus*: a subquery in an expression needs a bind of its own, whatever it is correlated with, and what
//!   the checker does not know is refused. It counts the tables that it understood against all that the parser saw.

mod classes;
mod parts;
mod select;
pub mod shown;
mod spelling;
pub mod values;
mod walk;
mod write;

use sqlparser::ast::{Expr, Statement, Visit, Visitor};
use std::fmt;
use std::ops::ControlFlow;
use tenancy::schema::Manifest;

/// Why a statement cannot be sent to one node.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    Unparsed(String),
    Unknown(&'static str),
    UndeclaredTable(String),
    Unscoped(String),
    OtherOrganization(String),
    ConflictTarget(String),
    OrganizationSet(String),
    NotUnderstood { named: usize, understood: usize },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unparsed(why) => write!(f, "the statement was not understood: {why}"),
            Self::Unknown(what) => write!(f, "the checker does not know what {what} means for the organization"),
            Self::UndeclaredTable(table) => write!(f, "`{table}` is in no declaration"),
            Self::Unscoped(table) => write!(f, "`{table}` is not bound to the scope's organization where it is read"),
            Self::OtherOrganization(condition) => write!(f, "`{condition}` names a value that is not the scope's"),
            Self::ConflictTarget(table) => write!(f, "the conflict target of `{table}` does not hold the organization"),
            Self::OrganizationSet(table) => write!(f, "the organization of `{table}` is set"),
            Self::NotUnderstood { named, understood } => {
                write!(f, "{named} tables are named, and {understood} were understood")
            }
        }
    }
}

/// Each mention of an organization table, by its name; all of them are in the scope's class. `carries` says of each bind whether
/// its value is the scope's organization.
pub fn check(sql: &str, carries: &[bool], manifest: &Manifest) -> Result<Vec<String>, Refused> {
    let statement = spelling::parse(sql)?;
    let mut walk = walk::Walk::new(manifest, carries);
    walk.statement(&statement)?;
    walk.finish(&statement)
}

/// The functions that a write calls, by their names: on Citus none may be volatile. None of a read.
pub fn functions_of_a_write(sql: &str) -> Result<Vec<String>, Refused> {
    struct Functions(Vec<String>);
    impl Visitor for Functions {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            if let Expr::Function(function) = expr {
                self.0.extend(parts::last(&function.name));
            }
            ControlFlow::Continue(())
        }
    }
    let statement = spelling::parse(sql)?;
    let mut functions = Functions(Vec::new());
    if !matches!(statement, Statement::Query(_)) {
        let _ = statement.visit(&mut functions);
    }
    Ok(functions.0)
}
