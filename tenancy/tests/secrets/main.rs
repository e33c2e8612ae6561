//! Secrets: where they are read from, what is refused, what happens when they change, and that none is ever shown.
#![cfg(unix)]
#![allow(missing_docs)]

use tenancy_test_support as support;

mod canary;
mod catalogue;
mod database;
mod files;
mod kubernetes;
mod outage;
mod references;
mod rotation;
mod vault;
mod volume;
