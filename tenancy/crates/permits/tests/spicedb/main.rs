//! `SpiceDbEngine` against the real SpiceDB, through gRPC, and against a server of scripted answers.

mod checks;
mod direct;
mod failures;
mod front;
mod kill;
mod library;
mod lists;
mod models;
mod permits;
mod random;
mod start;
mod sync;
mod world;
