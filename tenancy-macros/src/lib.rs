//! The macros of `tenancy`. Documentation and examples live there, where they can be compiled.
mod expand;
mod model;
