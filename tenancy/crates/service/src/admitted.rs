//! What the layer hands to the extractor of [`OrgScope`].

use super::state::Inner;
use crate::http::rejection::{Rejection, RejectionReason};
use crate::sync::locked;
use axum::http::request::Parts;
use axum::response::IntoResponse as _;
use std::sync::{Arc, Mutex};
use tenancy::__private::{ScopeFuture, ScopeSource};
use tenancy::scope::OrgScope;

/// The request's scope, to be taken once.
pub(super) struct Admitted {
    scope: Mutex<Option<OrgScope>>,
    inner: Arc<Inner>,
}

impl Admitted {
    pub(super) fn new(scope: OrgScope, inner: Arc<Inner>) -> Self {
        Self { scope: Mutex::new(Some(scope)), inner }
    }

    fn take(&self) -> Result<OrgScope, Rejection> {
        let taken = locked(&self.scope).take();
        taken.ok_or_else(|| self.inner.refuse(RejectionReason::ScopeTaken))
    }
}

impl ScopeSource for Admitted {
    fn scope<'a>(&'a self, _: &'a mut Parts) -> ScopeFuture<'a> {
        Box::pin(std::future::ready(self.take().map_err(|refused| refused.into_response())))
    }
}
