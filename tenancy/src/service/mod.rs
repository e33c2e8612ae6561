//! A service behind a gateway in another process: a request comes in with a signed grant, and goes on with a scope.
//!
//! [`ServiceLayer`] verifies the one header that speaks of an organization, `tenancy-grant`, against the request that it
//! came with, and a handler takes its [`OrgScope`](crate::OrgScope) as in one process. The keys come from the gateways' key
//! statements ([`ServiceKeys`]). Nothing here signs and nothing here knows a session: the dependency graph of this feature
//! holds no `signer` (`tenancy/tests/split/graph.rs`). See `docs/guide/split.md`.

mod admitted;
mod builder;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod directory;
mod epochs;
mod http;
mod inner;
mod keys;
mod layer;
mod once;

pub use crate::edge::BoxFuture;
pub use crate::edge::clock::Clock;
pub use crate::edge::counters::Event;
pub use crate::edge::refusal::{Reason, Refused};
pub use builder::ServiceBuilder;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use directory::{DirectoryEpochs, EPOCHS_GRANTS};
pub use epochs::{CurrentEpochs, EpochsUnknown};
pub use http::{HttpStatements, HttpStatementsError};
pub use inner::Service;
pub use keys::{ServiceKeys, StatementSource, StatementsUnavailable};
pub use layer::{ServiceLayer, ServiceService};

pub(crate) use admitted::admitted;
