//! Lines of the audit log. The table takes no change and no removal.

use crate::statements::{self, text, text_or_null};
use tenancy_service::__private::sql::{Kind, Statement, Value};
use uuid::Uuid;

/// A line about a session, with the user and the organization that its row holds when the line is written.
pub(crate) fn of_session(now: Value, event: &'static str, reason: Option<&str>, handle: Uuid) -> Statement {
    let (event, reason, handle) = (text(event), text_or_null(reason), Value::Id(handle));
    statements::AuditSession { now, event, reason, handle }.required()
}

/// A line about a sign-in that was refused, when the user is known.
pub(crate) fn of_subject(now: Value, event: &'static str, reason: &'static str, op: &str, id: &str) -> Statement {
    let (event, reason, issuer, subject) = (text(event), text(reason), text(op), text(id));
    statements::AuditRefusedSubject { now, event, reason, issuer, subject }.statement()
}

/// A line about what an actor did to a user, an organization, or one in the other.
pub(crate) fn of_directory(
    now: Value,
    event: &'static str,
    actor: &str,
    user: Option<Uuid>,
    org: Option<Uuid>,
) -> Statement {
    let id = |id: Option<Uuid>| id.map_or(Value::Null(Kind::Id), Value::Id);
    let (event, actor, user, org) = (text(event), text(actor), id(user), id(org));
    statements::AuditDirectory { now, event, actor, user, org }.required()
}
