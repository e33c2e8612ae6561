//! Brands keep two scopes apart at compile time.

use std::marker::PhantomData;

/// The brand of a scope that a request received: handlers write plain `OrgScope`.
///
/// All request scopes share it, so two of them are kept apart at run time: a statement of one is refused on a
/// connection armed for another.
#[derive(Debug, Clone, Copy)]
pub struct Request(());

/// A brand of its own for each closure that receives a scope; invariant, so it can be neither widened nor shortened.
///
/// Proof: `ui-tests/tests/fail/g_forging/a_brand_is_shortened_to_match_another.rs`.
#[derive(Debug, Clone, Copy)]
pub struct Brand<'id>(PhantomData<fn(&'id ()) -> &'id ()>);
