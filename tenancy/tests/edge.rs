//! What stands at the edge: the gateway, sign-in, a gateway apart from its services, TLS. One program, so that what they share is compiled once.
#![cfg(unix)]
#![allow(missing_docs, unreachable_pub, reason = "the modules of one test program")]

#[macro_use(on_both)]
extern crate tenancy_test_support;

use tenancy_test_support::{self as support, authority, folder, log, pg, pieces, walled};

mod gateway;
mod oidc;
mod split;
mod tls;
