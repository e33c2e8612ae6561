//! What a request passes on its way to a scope, at a gateway and at a service behind one in another process: headers, the body,
//! the answer to a refusal, counters, and the layer's own work.
//!
//! Nothing here signs, and nothing here knows a session.

pub mod body;
pub mod client;
pub mod clock;
pub mod headers;
pub mod host;
pub mod metrics;
pub mod middleware;
pub mod rejection;
pub mod timed;
