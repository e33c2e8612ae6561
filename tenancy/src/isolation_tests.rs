//! Tests of `isolation/`, which holds no test of its own: what is in there is the same in every build.

use crate::isolation::RequestGuard;
use crate::isolation::const_sql::Fixed;
use crate::scope_error::ScopeError;
use std::time::{Duration, Instant};

#[test]
fn a_scope_ends_with_its_request_and_at_its_deadline() {
    let request = RequestGuard::new();
    let live = request.life_until(Instant::now() + Duration::from_secs(60));
    assert_eq!(live.check(), Ok(()));
    assert_eq!(request.life_until(Instant::now()).check(), Err(ScopeError::Expired));
    drop(request);
    assert_eq!(live.check(), Err(ScopeError::RequestEnded));
}

#[test]
fn names_are_quoted() {
    const TEXT: Fixed = Fixed::EMPTY.then("FROM ").name("`", "größe");
    const KEPT: &Fixed = &TEXT;
    assert_eq!(KEPT.text(), Some("FROM `größe`"));
}

#[test]
fn names_that_hold_the_quote_and_texts_that_are_too_long_are_left_to_diesel() {
    const QUOTE: &Fixed = &Fixed::EMPTY.name("\"", "a\"b");
    assert_eq!(QUOTE.text(), None);
    const LONG: &Fixed = &Fixed::EMPTY
        .then("0123456789012345678901234567890123456789012345678901234567890123456789")
        .then("0123456789012345678901234567890123456789012345678901234567890123456789")
        .then("0123456789012345678901234567890123456789012345678901234567890123456789");
    assert_eq!(LONG.text(), None);
}
