//! The one constructor of [`Permit`], and the comparison whenever a permitted statement is rendered.

use super::action::Action;
use crate::identity::Request;
use crate::isolation::{AuthorityId, Facts, OrgScope};
use crate::scope_error::ScopeError;
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// The proof that a relationship check allowed `action`, in this scope, a moment ago.
///
/// It is not `Clone`, `Copy` or `Default`, is not (de)serialized, and comes only from
/// [`PermitAuthority::require`](super::PermitAuthority::require) (`ui-tests/tests/fail/j_permits/`). It borrows its scope, so it
/// ends with the request, and it is valid for 5 s. A statement consumes it: `.permitted(permit)`.
#[must_use = "a permit protects nothing before a statement or a function consumed it"]
pub struct Permit<'s, A, B = Request> {
    action: A,
    scope: &'s OrgScope<B>,
    claim: Claim,
}

/// What a statement carries of its permit.
pub(crate) struct Claim {
    authority: AuthorityId,
    /// Whose permit it is: the grant of its scope.
    facts: Arc<Facts>,
    /// When it ends.
    end: Instant,
    /// The organization's authorization epoch when the engine answered.
    epoch: Option<i64>,
}

impl<'s, A: Action, B> Permit<'s, A, B> {
    /// The one constructor. Its caller is `PermitAuthority::require`.
    pub(super) fn issue(
        action: A,
        scope: &'s OrgScope<B>,
        authority: AuthorityId,
        end: Instant,
        epoch: Option<i64>,
    ) -> Self {
        Self { action, scope, claim: Claim::of(scope, authority, end, epoch) }
    }

    /// Returns the action that was allowed.
    pub fn action(&self) -> &A {
        &self.action
    }

    /// Returns the scope that the permit belongs to.
    pub fn scope(&self) -> &'s OrgScope<B> {
        self.scope
    }

    pub(crate) fn into_parts(self) -> (A, Claim) {
        (self.action, self.claim)
    }

    /// Puts the permit aside for a moment, where a value may not borrow its scope: the arguments of a handler. It ends when the
    /// permit would have.
    pub fn detach(self) -> DetachedPermit<A> {
        let (action, claim) = self.into_parts();
        DetachedPermit { action, claim }
    }
}

/// A permit apart from its scope. No statement takes it: [`attach`](Self::attach) gives the permit back.
///
/// As a permit it is neither `Clone` nor (de)serialized, and is valid for 5 s from the question.
#[must_use = "a permit protects nothing before a statement or a function consumed it"]
pub struct DetachedPermit<A> {
    action: A,
    claim: Claim,
}

impl<A: Action> DetachedPermit<A> {
    /// Returns the permit, for the scope that it was issued in.
    ///
    /// # Errors
    /// [`ScopeError::PermitOfAnotherScope`], [`ScopeError::PermitExpired`], and those of [`OrgScope::check`].
    pub fn attach<B>(self, scope: &OrgScope<B>) -> Result<Permit<'_, A, B>, ScopeError> {
        scope.check()?;
        self.claim.check_end()?;
        if !Arc::ptr_eq(&self.claim.facts, scope.facts()) {
            return Err(ScopeError::PermitOfAnotherScope);
        }
        Ok(Permit { action: self.action, scope, claim: self.claim })
    }
}

impl<A> fmt::Debug for DetachedPermit<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetachedPermit").finish_non_exhaustive()
    }
}

impl<A: Action, B> fmt::Debug for Permit<'_, A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("permission", &A::PERMISSION).finish_non_exhaustive()
    }
}

/// Which permits a connection takes.
#[derive(Clone, Copy)]
pub(crate) struct PermitContext {
    /// The authority that the database trusts.
    pub(crate) authority: Option<AuthorityId>,
    /// The grant of the connection's scope, as an address. The connection borrows the scope, which keeps the grant alive.
    facts: usize,
}

impl PermitContext {
    pub(crate) fn of(authority: Option<AuthorityId>, facts: &Arc<Facts>) -> Self {
        Self { authority, facts: Arc::as_ptr(facts).addr() }
    }

    /// No permit at all: the platform's connections.
    pub(crate) const NONE: Self = Self { authority: None, facts: 0 };
}

thread_local! {
    /// Whose permits the statement may carry that is being rendered. Rendering is one synchronous call.
    static EXPECTED: Cell<Option<PermitContext>> = const { Cell::new(None) };
}

thread_local! {
    /// When the first of the permits ends that were rendered.
    static END: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Takes the end of what was rendered since the last call. A statement is sent later than it is rendered.
#[cfg(feature = "postgres")]
pub(crate) fn take_end() -> Option<Instant> {
    END.take()
}

/// Renders under the promise that every permit in the statement is one of `context`'s.
pub(crate) fn expecting<R>(context: PermitContext, render: impl FnOnce() -> R) -> R {
    struct Restore(Option<PermitContext>);
    impl Drop for Restore {
        fn drop(&mut self) {
            EXPECTED.set(self.0);
        }
    }
    let _restore = Restore(EXPECTED.replace(Some(context)));
    render()
}

impl Claim {
    pub(super) fn of<B>(scope: &OrgScope<B>, authority: AuthorityId, end: Instant, epoch: Option<i64>) -> Self {
        Self { authority, facts: Arc::clone(scope.facts()), end, epoch }
    }

    /// For a list, which may filter several queries.
    pub(super) fn again(&self) -> Self {
        Self { authority: self.authority, facts: Arc::clone(&self.facts), end: self.end, epoch: self.epoch }
    }

    /// Whether the statement that is being rendered may carry this permit.
    ///
    /// # Errors
    /// [`ScopeError::OtherPermitAuthority`], [`ScopeError::PermitOfAnotherScope`], [`ScopeError::PermitExpired`].
    pub(crate) fn check(&self) -> Result<(), ScopeError> {
        if let Some(context) = EXPECTED.get() {
            if context.authority != Some(self.authority) {
                return Err(ScopeError::OtherPermitAuthority);
            }
            if context.facts != Arc::as_ptr(&self.facts).addr() {
                return Err(ScopeError::PermitOfAnotherScope);
            }
        }
        END.set(Some(END.get().map_or(self.end, |end| end.min(self.end))));
        self.check_end()
    }

    /// # Errors
    /// [`ScopeError::PermitExpired`].
    pub(super) fn check_end(&self) -> Result<(), ScopeError> {
        if self.end <= Instant::now() { Err(ScopeError::PermitExpired) } else { Ok(()) }
    }

    /// Whether this authority issued the permit.
    pub(super) fn is_of(&self, authority: AuthorityId) -> bool {
        self.authority == authority
    }

    pub(crate) fn epoch(&self) -> Option<&i64> {
        self.epoch.as_ref()
    }
}
