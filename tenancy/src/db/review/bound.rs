//! Which values SQLite is given where a text has the organization.
//!
//! Diesel keeps the values to itself. What it shows of them (`Debug`) is read as it is written, without keeping it; a change of
//! that form refuses every statement, and the tests here say so first.

use std::fmt::{self, Debug, Write};
use uuid::Uuid;

/// The longest form of an organization: 16 numbers with their commas, or 36 letters in quotes.
const LONGEST: usize = 96;

/// The two forms that an organization's value has.
pub(in crate::db) struct Shown {
    bytes: String,
    text: String,
}

impl Shown {
    pub(in crate::db) fn of(organization: Uuid) -> Self {
        Self {
            bytes: format!("{:?}", organization.as_bytes()),
            text: format!("{:?}", organization.as_hyphenated().to_string()),
        }
    }

    /// `Binary([..])` or `String("..")`, whatever the variant is called.
    fn is(&self, value: &str) -> bool {
        let inner = value.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')'));
        inner.is_some_and(|inner| inner == self.bytes || inner == self.text)
    }
}

/// Whether each of `places`, in rising order, holds the organization. `binds` is diesel's collector.
pub(in crate::db) fn carries(binds: &impl Debug, organization: &Shown, places: &[usize]) -> bool {
    let mut reader = Reader { organization, places, state: State::default() };
    // An error ends what need not be read any more.
    let _ = write!(reader, "{binds:?}");
    reader.places.is_empty() && !reader.state.wrong
}

struct Reader<'a> {
    organization: &'a Shown,
    /// Those that were not seen yet.
    places: &'a [usize],
    state: State,
}

/// Where in `Collector { binds: [(Value, Type), (Value, Type)] }` the reader is.
#[derive(Default)]
struct State {
    depth: usize,
    quoted: bool,
    escaped: bool,
    /// The bind that is being written, from 0.
    bind: usize,
    /// Its value so far; nothing once it is longer than any organization.
    value: String,
    of_value: bool,
    wrong: bool,
}

/// `[` of the list, `(` of the tuple.
const IN_LIST: usize = 2;
const IN_TUPLE: usize = 3;

impl Write for Reader<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|letter| self.letter(letter))
    }
}

impl Reader<'_> {
    fn letter(&mut self, letter: char) -> fmt::Result {
        let state = &mut self.state;
        let structural = !state.quoted;
        if state.quoted {
            state.quoted = state.escaped || letter != '"';
            state.escaped = !state.escaped && letter == '\\';
        } else {
            state.quoted = letter == '"';
        }
        if structural && matches!(letter, '(' | '[' | '{') {
            state.depth += 1;
            if state.depth == IN_TUPLE && letter == '(' {
                state.value.clear();
                state.of_value = true;
                return Ok(());
            }
        }
        if structural && state.depth == IN_TUPLE && letter == ',' && state.of_value {
            state.of_value = false;
            return self.ended();
        }
        if state.of_value && state.value.len() <= LONGEST {
            state.value.push(letter);
        }
        if structural && matches!(letter, ')' | ']' | '}') {
            state.depth = state.depth.saturating_sub(1);
            if state.depth == IN_LIST && letter == ')' {
                state.bind += 1;
            }
        }
        Ok(())
    }

    /// A value is complete.
    fn ended(&mut self) -> fmt::Result {
        if let Some((place, rest)) = self.places.split_first()
            && *place == self.state.bind
        {
            self.state.wrong |= !self.organization.is(&self.state.value);
            self.places = rest;
        }
        if self.places.is_empty() || self.state.wrong { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, carries};
    use diesel::backend::Backend;
    use diesel::query_builder::{BindCollector as _, MoveableBindCollector as _};
    use diesel::sql_types::{BigInt, Binary, Double, Nullable, Text};
    use diesel::sqlite::Sqlite;
    use uuid::Uuid;

    type Collector<'a> = <Sqlite as Backend>::BindCollector<'a>;

    const A: Uuid = Uuid::from_u128(0xA);
    const B: Uuid = Uuid::from_u128(0xB);

    #[test]
    fn the_values_of_a_collector_are_told_apart() {
        let (bytes, other, text) = (A.as_bytes().to_vec(), B.as_bytes().to_vec(), A.as_hyphenated().to_string());
        let hostile = format!("\"), Text), (Binary({:?}), Binary), (\\", A.as_bytes());
        let mut binds = Collector::default();
        binds.push_bound_value::<Binary, _>(&bytes, &mut ()).unwrap();
        binds.push_bound_value::<Text, _>(&hostile, &mut ()).unwrap();
        binds.push_bound_value::<Binary, _>(&other, &mut ()).unwrap();
        binds.push_bound_value::<Text, _>(&text, &mut ()).unwrap();
        binds.push_bound_value::<BigInt, _>(&7_i64, &mut ()).unwrap();
        binds.push_bound_value::<Double, _>(&7.5_f64, &mut ()).unwrap();
        binds.push_bound_value::<Nullable<Binary>, _>(&None::<Vec<u8>>, &mut ()).unwrap();
        binds.push_bound_value::<Binary, _>(&bytes, &mut ()).unwrap();
        let held = |places: &[usize]| carries(&binds, &Shown::of(A), places);
        for places in [&[][..], &[0], &[3], &[7], &[0, 3, 7]] {
            assert!(held(places), "{places:?}");
        }
        for places in [&[1][..], &[2], &[4], &[5], &[6], &[8], &[0, 1], &[0, 2, 7], &[0, 8]] {
            assert!(!held(places), "{places:?}");
        }
        assert!(carries(&binds, &Shown::of(B), &[2]));
        // The form in which they go to another thread says the same.
        assert!(carries(&binds.moveable(), &Shown::of(A), &[0, 3, 7]));
        assert!(!carries(&binds.moveable(), &Shown::of(A), &[2]));
    }
}
