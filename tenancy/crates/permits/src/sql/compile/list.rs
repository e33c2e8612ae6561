//! The statement that lists the objects of a type by their permission, exactly: what holds for every object that no relationship
//! leads from to the subject, and the objects for which something else holds.

use super::super::dialect::Dialect;
use super::{CompileError, Emitter, Parameter};

/// No object has this id.
const NO_OBJECT: &str = "''";

/// Text of the list of what `emitter` compiles, for a root of its choice.
///
/// An object's answer depends on the relationships that lead from it. Without one that leads on to the subject, every relation on
/// the way is empty for the subject, so the answer is that of an object without relationships. The candidates are therefore the
/// objects that relationships lead to backwards from the subject. A stored relationship in place of an implied one counts in
/// neither. `tests/differential.rs` compares with a check of each object.
pub(super) fn list<'g, 'm: 'g>(
    dialect: Dialect,
    kind: &str,
    epochs: &str,
    emitter: impl Fn(&'static str) -> Result<Emitter<'g, 'm>, CompileError>,
) -> Result<String, CompileError> {
    let otherwise = dialect.number(&emitter(NO_OBJECT)?.condition()?);
    let each = dialect.number(&emitter("q.id")?.condition()?);
    let (of, id) = (Parameter::SUBJECT_TYPE, dialect.id(Parameter::SUBJECT_ID));
    let counts = dialect.counts_for("r.organization_id", Parameter::ORGANIZATION);
    let found_by = dialect.by_subject("r.subject_type");
    let seed = |id: &str| format!("SELECT {}, {id}", dialect.id(of));
    Ok(format!(
        "WITH RECURSIVE reached (kind, id) AS ({} UNION {} UNION SELECT r.resource_type, r.resource_id FROM reached AS s \
         JOIN permission_relationships AS r ON {found_by} = s.kind AND r.subject_id = s.id AND {counts}), \
         otherwise (answer) AS MATERIALIZED (SELECT {otherwise}), \
         candidates (id) AS MATERIALIZED (SELECT id FROM reached WHERE kind = '{kind}' AND id <> '*'), \
         answers (id, answer) AS MATERIALIZED (SELECT q.id, {each} FROM candidates AS q) \
         SELECT a.id, o.answer, a.answer, {epochs} FROM otherwise AS o LEFT JOIN answers AS a \
         ON a.answer <> o.answer OR a.answer IS NULL ORDER BY a.id LIMIT {}",
        seed(&id),
        seed(&dialect.id("'*'")),
        Parameter::RESOURCE,
    ))
}
