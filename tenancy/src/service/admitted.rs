//! What the layer hands to the extractor, in the request's extensions.
//!
//! The type is not public, so nothing but the layer puts one there, and nothing but the extractor reads it.

use super::inner::Inner;
use crate::edge::refusal::{Reason, Refused};
use crate::scope::OrgScope;
use axum::http::request::Parts;
use std::sync::{Arc, Mutex, PoisonError};

/// The request's scope, to be taken once.
#[derive(Clone)]
pub(super) struct Admitted {
    scope: Arc<Mutex<Option<OrgScope>>>,
    inner: Arc<Inner>,
}

impl Admitted {
    pub(super) fn new(scope: OrgScope, inner: Arc<Inner>) -> Self {
        Self { scope: Arc::new(Mutex::new(Some(scope))), inner }
    }

    fn take(&self) -> Result<OrgScope, Refused> {
        let taken = self.scope.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or_else(|| self.inner.refuse(Reason::ScopeTaken))
    }
}

/// The scope of a request that a service's layer admitted; `None` where there is no such layer.
pub(crate) fn admitted(parts: &Parts) -> Option<Result<OrgScope, Refused>> {
    parts.extensions.get::<Admitted>().map(Admitted::take)
}
