//! The README program.
fn main() {}
