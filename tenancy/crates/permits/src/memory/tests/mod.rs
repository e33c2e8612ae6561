//! What the evaluation answers and what a write refuses, without SpiceDB beside it. `tests/oracle` compares the two.
