//! `SpiceDbEngine` against the real SpiceDB, through gRPC, and against a server of scripted answers.

mod checks;
mod front;
mod library;
mod world;
