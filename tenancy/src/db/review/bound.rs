//! Which values SQLite is given where a text has the organization.
//!
//! Diesel keeps the values to itself. What it shows of them (`Debug`) is read as it is written, without keeping it; a change of
//! that form refuses every statement, and the tests here say so first.

use std::fmt::{self, Debug, Write};
use uuid::Uuid;

/// The longest form of an organization: the variant's name, 16 numbers with their commas, or 36 letters in quotes.
const LONGEST: usize = 112;

/// Whether what is shown, `Binary([..])` or `String("..")` whatever the variant is called, is the organization.
fn is(organization: &Uuid, shown: &str) -> bool {
    let Some((_, inner)) = shown.split_once('(') else { return false };
    let Some(inner) = inner.strip_suffix(')') else { return false };
    if let Some(numbers) = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        let mut numbers = numbers.split(", ").map(str::parse::<u8>);
        let same = organization.as_bytes().iter().all(|byte| numbers.next() == Some(Ok(*byte)));
        return same && numbers.next().is_none();
    }
    let text = inner.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    let mut buffer = Uuid::encode_buffer();
    text == Some(organization.as_hyphenated().encode_lower(&mut buffer))
}

/// Whether each of `places`, in rising order, holds the organization. `binds` is diesel's collector. Allocates nothing.
pub(in crate::db) fn carries(binds: &impl Debug, organization: &Uuid, places: &[usize]) -> bool {
    if places.is_empty() {
        return true;
    }
    let mut reader = Reader { organization, places, state: State::new() };
    // An error ends what need not be read any more.
    let _ = write!(reader, "{binds:?}");
    reader.places.is_empty() && !reader.state.wrong
}

struct Reader<'a> {
    organization: &'a Uuid,
    /// Those that were not seen yet.
    places: &'a [usize],
    state: State,
}

/// Where in `Collector { binds: [(Value, Type), (Value, Type)] }` the reader is.
struct State {
    depth: usize,
    quoted: bool,
    escaped: bool,
    /// The bind that is being written, from 0.
    bind: usize,
    /// Its value so far, and how long it is; what is longer than an organization's id is not one.
    value: [u8; LONGEST],
    length: usize,
    of_value: bool,
    wrong: bool,
}

impl State {
    const fn new() -> Self {
        Self {
            depth: 0,
            quoted: false,
            escaped: false,
            bind: 0,
            value: [0; LONGEST],
            length: 0,
            of_value: false,
            wrong: false,
        }
    }

    /// The value, if it is short enough to be an organization.
    fn value(&self) -> &str {
        self.value.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
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
                state.length = 0;
                state.of_value = true;
                return Ok(());
            }
        }
        if structural && state.depth == IN_TUPLE && letter == ',' && state.of_value {
            state.of_value = false;
            return self.ended();
        }
        if state.of_value {
            // No organization has a letter outside of ASCII.
            let byte = u8::try_from(letter).ok().filter(u8::is_ascii).unwrap_or(b'?');
            if let Some(place) = state.value.get_mut(state.length) {
                *place = byte;
            }
            state.length = (state.length + 1).min(LONGEST + 1);
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
            self.state.wrong |= !is(self.organization, self.state.value());
            self.places = rest;
        }
        if self.places.is_empty() || self.state.wrong { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::carries;
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
        let held = |places: &[usize]| carries(&binds, &A, places);
        for places in [&[][..], &[0], &[3], &[7], &[0, 3, 7]] {
            assert!(held(places), "{places:?}");
        }
        for places in [&[1][..], &[2], &[4], &[5], &[6], &[8], &[0, 1], &[0, 2, 7], &[0, 8]] {
            assert!(!held(places), "{places:?}");
        }
        assert!(carries(&binds, &B, &[2]));
        // The form in which they go to another thread says the same.
        assert!(carries(&binds.moveable(), &A, &[0, 3, 7]));
        assert!(!carries(&binds.moveable(), &A, &[2]));
    }
}
