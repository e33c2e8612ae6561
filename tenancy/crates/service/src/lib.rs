//! A service behind a gateway in another process: a request comes in with a signed grant, and goes on with a scope.
//!
//! [`ServiceLayer`] verifies the one header that speaks of an organization, `tenancy-grant`, against the request that it
//! came with, and a handler takes its [`OrgScope`](tenancy::OrgScope) as in one process. The keys come from the gateways' key
//! statements ([`ServiceKeys`]). Nothing of that signs and nothing knows a session: this crate does not turn the feature
//! `signing` of `tenancy` on (`tenancy/tests/split/graph.rs`). Only the feature `local-door` does: with it `LocalLayer` is the layer of
//! requests that the service authenticates itself. See `docs/guide/split.md`.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod admitted;
mod builder;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod directory;
mod epochs;
mod http;
mod http_statements;
mod key_source;
mod keyset;
mod keyset_document;
mod layer;
#[cfg(feature = "local-door")]
mod local_layer;
mod replay_cache;
mod role_name;
mod service;
mod state;
mod store;
mod sync;

pub use crate::http::clock::Clock;
pub use crate::http::metrics::Event;
pub use crate::http::rejection::{Rejection, RejectionReason};
pub use builder::ServiceBuilder;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use directory::{DirectoryEpochs, epochs_grants};
pub use epochs::{CurrentEpochs, CurrentEpochsError};
pub use futures_core::future::BoxFuture;
pub use http_statements::{HttpStatements, HttpStatementsError};
pub use key_source::{ServiceKeys, StatementSource, StatementSourceError};
pub use keyset::KeyRing;
pub use keyset_document::StatementError;
pub use layer::{ServiceLayer, ServiceMiddleware};
#[cfg(feature = "local-door")]
pub use local_layer::{LocalLayer, LocalMiddleware};
pub use role_name::RoleNameError;
pub use service::Service;

/// Plumbing of `tenancy-gateway`. It confers no authority: nothing here signs, mints or verifies.
#[doc(hidden)]
pub mod __private {
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub use crate::directory::statements as epoch_statements;
    pub use crate::http::{body, client, clock, headers, host, metrics, middleware, rejection, timed};
    pub use crate::keyset_document::{MAX_LIFE, MAX_WINDOW, SignedKeySet, StatedKey, assertion};
    pub use crate::replay_cache::{NotFirst, ReplayCache};
    pub use crate::role_name::filled as grants_to;
    pub use crate::store::named;
    pub use crate::sync::locked;

    /// Statements and their values.
    pub mod sql {
        pub use crate::store::sql::{Answer, Platform, Read, Session, Statement, StoreError};
        pub use crate::store::value::{Kind, Value};
    }
}
