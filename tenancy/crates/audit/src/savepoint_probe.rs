//! Statements that are tried and taken back, many in one flight.

use super::catalog::{CatalogError, Session};
use super::finding::Report;
use super::rule::Hit;
use super::rule::Severity::High;
use super::rules::known;
use diesel::result::{DatabaseErrorKind, Error};
use serde::Deserialize;
use tenancy_rls::__private::literal;

/// How one statement ended.
#[derive(Debug, Deserialize)]
pub(super) struct Outcome {
    /// The server's code; `TA000` when it was done.
    state: String,
    /// The rows that it read or changed.
    rows: u64,
    /// The server named a table, or a constraint, in its refusal.
    table: bool,
    constraint: bool,
    /// The plan, when one was asked for.
    text: String,
}

impl Outcome {
    /// The rows of a statement that was done.
    pub(super) fn rows(&self) -> Option<u64> {
        (self.state == DONE).then_some(self.rows)
    }

    pub(super) fn plan(&self) -> Option<&str> {
        (self.state == DONE).then_some(self.text.as_str())
    }

    /// It got as far as a constraint of the table: those are checked after the policies. A domain's constraint comes
    /// before them and names no table; so does the way to a partition, which names no constraint.
    pub(super) fn reached_a_constraint(&self) -> bool {
        let check = self.state == "23514";
        self.state.starts_with("23") && self.table && (self.constraint || !check)
    }
}

const DONE: &str = "TA000";

/// So many subtransactions are cheap in one block.
const AT_ONCE: usize = 150;

/// Each statement in a subtransaction of its own, inside of the transaction that is open. `None`: the role may run no
/// such block, so nothing was tried.
pub(super) async fn all(session: &mut Session, statements: &[String]) -> Result<Option<Vec<Outcome>>, CatalogError> {
    let mut outcomes = Vec::with_capacity(statements.len());
    for some in statements.chunks(AT_ONCE) {
        match session.run(&block(some)).await {
            Ok(()) => {}
            Err(why @ Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)) => return Err(why.into()),
            Err(Error::DatabaseError(..)) => return Ok(None),
            Err(other) => return Err(other.into()),
        }
        let told = session.texts("SELECT current_setting('tenancy.audit') AS document").await?;
        let told = told.into_iter().flatten().next().unwrap_or_default();
        outcomes.extend(serde_json::from_str::<Vec<Outcome>>(&told)?);
    }
    Ok(Some(outcomes))
}

/// The server said no, and answers on.
pub(super) fn is_refusal(why: &Error) -> bool {
    matches!(why, Error::DatabaseError(kind, _) if !matches!(kind, DatabaseErrorKind::ClosedConnection))
}

/// A rule that fails is one finding, and the others go on.
pub(super) async fn goes_on(
    session: &mut Session,
    id: &'static str,
    done: Result<(), CatalogError>,
    report: &mut Report,
) -> Result<(), CatalogError> {
    match done {
        Err(CatalogError::Statement(why)) if is_refusal(&why) => {
            // It may have failed inside of a transaction of its own.
            let _ = session.run("ROLLBACK").await;
            let hit = Hit::new("the audit", format!("the rule failed, so it saw nothing: {why}")).at(High);
            report.more(known(id), vec![hit]);
            Ok(())
        }
        other => other,
    }
}

/// What a statement did is taken back by the error that ends it; the error says how far it came.
fn block(statements: &[String]) -> String {
    let list: Vec<String> = statements.iter().map(|statement| literal(statement)).collect();
    let body = format!(
        "DECLARE
    tried text; line record; plan text; done bigint; outcomes jsonb := '[]';
    state text; of_table text; of_constraint text;
BEGIN
    FOREACH tried IN ARRAY ARRAY[{}]::text[] LOOP
        plan := '';
        done := 0;
        BEGIN
            IF tried LIKE 'EXPLAIN%' THEN
                FOR line IN EXECUTE tried LOOP
                    plan := plan || line::text;
                END LOOP;
            ELSE
                EXECUTE tried;
                GET DIAGNOSTICS done = ROW_COUNT;
            END IF;
            RAISE EXCEPTION USING ERRCODE = '{DONE}', MESSAGE = 'taken back';
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, of_table = TABLE_NAME, of_constraint = CONSTRAINT_NAME;
            outcomes := outcomes || jsonb_build_object('state', state, 'rows', done, 'text', plan,
                'table', of_table <> '', 'constraint', of_constraint <> '');
        END;
    END LOOP;
    PERFORM set_config('tenancy.audit', outcomes::text, true);
END",
        list.join(", ")
    );
    tenancy_rls::__private::block(&body)
}
