//! Lists: which rows a subject may see, as a condition of a query.

use super::action::{Action, AskedInOrganization, Row};
use super::authority::{LIFE, PermitAuthority};
use super::denied::Denied;
use super::engine::{EngineError, ListQuestion, Listed};
use super::object_id::{ObjectId, key};
use super::token::Claim;
use crate::identity::Request;
use crate::isolation::OrgScope;
use crate::query::InList;
use diesel::ExpressionMethods;
use diesel::dsl::EqAny;
use diesel::expression::{AsExpression, TypedExpressionType};
use diesel::sql_types::SqlType;
use diesel::sql_types::is_nullable::NotNull;
use futures_core::future::BoxFuture;
use std::fmt;
use std::marker::PhantomData;
use std::time::Instant;

/// The objects of the scope's organization on which the scope's subject may do `A`, as they were a moment ago.
///
/// It filters a query: `scope.from(invoices::table).filter(list.contains(invoices::id))`. Like a [`Permit`](super::Permit) it borrows its
/// scope, is valid for 5 s, and a database takes it from the permit authority that it trusts alone. It holds ids alone, so it does not
/// become newer: a query that runs after a revocation still has the rows of before, for those 5 s at most.
#[must_use = "a list filters nothing before it is part of a query"]
pub struct PermittedList<'s, A: Action<Object = Row<Id>>, Id: ObjectId, B = Request> {
    claim: Claim,
    /// Whether the rows with these keys are all rows but the permitted ones.
    all_but: bool,
    keys: Vec<Id>,
    of: PhantomData<Of<'s, A, B>>,
}

/// The scope that is borrowed, the action and the brand.
type Of<'s, A, B> = (&'s (), fn() -> (A, B));

/// The future of a list.
pub type ListFuture<'a, 's, A, Id, B = Request> = BoxFuture<'a, Result<PermittedList<'s, A, Id, B>, Denied>>;

impl PermitAuthority {
    /// How many ids a list may have; 10,000 unless set, and 30,000 at most, since SQLite takes 32,766 values with a statement. A longer
    /// list is refused, and never cut.
    #[must_use]
    pub fn list_limit(mut self, limit: usize) -> Self {
        self.list_limit = limit.min(MOST_IDS);
        self
    }

    /// Asks on which rows the scope's subject may do an action, which is named by its constructor: `permits.list(&scope, invoice::View)`.
    ///
    /// The engine answers with the ids of the permitted rows or, for a subject that may do it on all rows but some, with the ids of
    /// the others. It takes the time that [`engine_timeout`](Self::engine_timeout) gives it.
    ///
    /// # Errors
    /// [`Denied::TooMany`] for a longer list than [`list_limit`](Self::list_limit), [`Denied::Unavailable`] when the engine does not
    /// answer in time, has no lists or fails, and [`Denied::Scope`] when the scope ended. An empty list is no error: it has no rows.
    pub fn list<'a, 's: 'a, A, Id, B>(
        &'a self,
        scope: &'s OrgScope<B>,
        action: impl FnOnce(Id) -> A,
    ) -> ListFuture<'a, 's, A, Id, B>
    where
        A: Action<Level: AskedInOrganization, Object = Row<Id>>,
        Id: ObjectId + Send + 'a,
    {
        // It is asked for nothing but the type.
        drop(action);
        Box::pin(self.ask_for_list(scope))
    }

    async fn ask_for_list<'s, A, Id, B>(&self, scope: &'s OrgScope<B>) -> Result<PermittedList<'s, A, Id, B>, Denied>
    where
        A: Action<Object = Row<Id>>,
        Id: ObjectId,
    {
        scope.life().check()?;
        let asked = Instant::now();
        let question = ListQuestion {
            object_type: A::OBJECT_TYPE,
            permission: A::PERMISSION,
            subject: &scope.facts().subject,
            organization: scope.facts().org,
            limit: self.list_limit,
            deadline: asked + self.timeout.min(LIFE),
        };
        let listed = self.answered(question.deadline, self.engine.list(question)).await;
        let Listed { otherwise, exceptions } = match listed {
            Ok(listed) if listed.exceptions.len() > self.list_limit => {
                Err(EngineError::TooMany { limit: self.list_limit })
            }
            listed => listed,
        }
        .map_err(|error| self.unanswered(error))?;
        // The scope may have ended while the engine was asked.
        scope.life().check()?;
        let keys = exceptions.iter().filter_map(|id| key(id)).collect();
        let claim = Claim::of(scope, self.id, asked + self.life, None);
        Ok(PermittedList { claim, all_but: otherwise, keys, of: PhantomData })
    }
}

/// The most ids of a list.
const MOST_IDS: usize = 30_000;

impl<'s, A: Action<Object = Row<Id>>, Id: ObjectId, B> PermittedList<'s, A, Id, B> {
    /// The condition that `column`, the key of the rows, is one of the permitted ones. A list without rows is `false`.
    ///
    /// `or_filter` behind it lets other rows of the organization through, as it does behind every filter.
    pub fn contains<C>(&self, column: C) -> InList<'s, EqAny<C, Vec<Id>>>
    where
        C: ExpressionMethods,
        C::SqlType: SqlType<IsNull = NotNull> + TypedExpressionType,
        Id: AsExpression<C::SqlType> + Clone,
    {
        InList::of(self.claim.again(), self.all_but, column.eq_any(self.keys.clone()))
    }
}

impl<A: Action<Object = Row<Id>>, Id: ObjectId, B> fmt::Debug for PermittedList<'_, A, Id, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PermittedList").field("permission", &A::PERMISSION).finish_non_exhaustive()
    }
}
