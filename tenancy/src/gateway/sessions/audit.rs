//! Lines of the audit log. The table takes no change and no removal.

use crate::db::platform::{Kind, Statement, Value};
use uuid::Uuid;

/// A line about a session, with the user and the organization that its row holds when the line is written.
pub(in crate::gateway) fn of_session(now: Value, event: &'static str, reason: Option<&str>, handle: Uuid) -> Statement {
    const SQL: &str = "INSERT INTO gateway_audit (at, event, reason, user_id, org_id, session) \
                       SELECT ?, ?, ?, user_id, org_id, handle FROM gateway_sessions WHERE handle = ?";
    let values = vec![now, Value::Text(event.to_owned()), text(reason), Value::Id(handle)];
    Statement::new(SQL, values).required()
}

/// A line about a sign-in that was refused, when the user is known.
pub(super) fn of_subject(now: Value, event: &'static str, reason: &'static str, op: &str, id: &str) -> Statement {
    const SQL: &str = "INSERT INTO gateway_audit (at, event, reason, user_id) \
                       SELECT ?, ?, ?, id FROM gateway_users WHERE issuer = ? AND subject = ?";
    let text = |text: &str| Value::Text(text.to_owned());
    Statement::new(SQL, vec![now, text(event), text(reason), text(op), text(id)])
}

/// A line about what an actor did to a user, an organization, or one in the other.
pub(in crate::gateway) fn of_directory(
    now: Value,
    event: &'static str,
    actor: &str,
    user: Option<Uuid>,
    org: Option<Uuid>,
) -> Statement {
    const SQL: &str = "INSERT INTO gateway_audit (at, event, actor, user_id, org_id) VALUES (?, ?, ?, ?, ?)";
    let id = |id: Option<Uuid>| id.map_or(Value::Null(Kind::Id), Value::Id);
    let values = vec![now, Value::Text(event.to_owned()), Value::Text(actor.to_owned()), id(user), id(org)];
    Statement::new(SQL, values).required()
}

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null(Kind::Text), |text| Value::Text(text.to_owned()))
}
