//! Statements with named parameters, whose names and types are compared with the text while the crate compiles.

use super::value::Kind;

/// A statement's text, with `:name` in the place of each value.
#[derive(Debug)]
pub struct NamedText {
    /// The statement's name in our code.
    pub name: &'static str,
    /// The text.
    pub sql: &'static str,
    /// The name and type of each value, in the order in which the values are given.
    pub parameters: &'static [(&'static str, Kind)],
    /// Where the text names a value, in order.
    pub places: &'static [Place],
    /// The types of the columns that it returns.
    pub returns: &'static [Kind],
}

/// A `:name` in a text.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The index of the colon.
    pub start: usize,
    /// The index after the name's last letter.
    pub end: usize,
    /// The index of the value.
    pub value: usize,
}

/// Returns the next `:name` from an index on: where it starts and ends. Text in quotes and `::` name nothing.
const fn next(sql: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut quoted = false;
    while at < sql.len() {
        if sql[at] == b'\'' {
            quoted = !quoted;
        } else if sql[at] == b':' && !quoted {
            let mut end = at + 1;
            while end < sql.len() && is_letter(sql[end]) {
                end += 1;
            }
            if end > at + 1 {
                return Some((at, end));
            }
            while at + 1 < sql.len() && sql[at + 1] == b':' {
                at += 1;
            }
        }
        at += 1;
    }
    None
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

const fn is_named(sql: &[u8], start: usize, end: usize, name: &str) -> bool {
    let name = name.as_bytes();
    if name.len() != end - start - 1 {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if sql[start + 1 + at] != name[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// How often a text names a value.
pub const fn occurrences(sql: &str) -> usize {
    let (sql, mut at, mut count) = (sql.as_bytes(), 0, 0);
    while let Some((_, end)) = next(sql, at) {
        (at, count) = (end, count + 1);
    }
    count
}

/// Where a text names which value.
///
/// # Panics
/// While the crate compiles, when the text names a value that the statement does not have, or does not name one that it has.
pub const fn places<const N: usize>(sql: &str, parameters: &[(&str, Kind)]) -> [Place; N] {
    assert!(!has_question_mark(sql), "a statement names its values: `:name`, not `?`");
    assert!(parameters.len() <= 64, "a statement has 64 values at most");
    let mut places = [Place { start: 0, end: 0, value: usize::MAX }; N];
    let (sql, mut at, mut count, mut used) = (sql.as_bytes(), 0, 0, 0_u64);
    while let Some((start, end)) = next(sql, at) {
        let mut value = 0;
        while value < parameters.len() && !is_named(sql, start, end, parameters[value].0) {
            value += 1;
        }
        assert!(value < parameters.len(), "the text names a value that the statement does not declare");
        used |= 1 << value;
        places[count] = Place { start, end, value };
        (at, count) = (end, count + 1);
    }
    assert!(
        used.count_ones() as usize == parameters.len(),
        "the statement declares a value that the text does not name"
    );
    places
}

const fn has_question_mark(sql: &str) -> bool {
    let (sql, mut at) = (sql.as_bytes(), 0);
    while at < sql.len() {
        if sql[at] == b'?' {
            return true;
        }
        at += 1;
    }
    false
}

/// Declares statements. Each is a struct with one field for each value, so a value that is missing, is given twice or has another
/// name does not compile; and neither does a text that names other values than the struct has. `ALL` lists the texts.
#[doc(hidden)]
#[macro_export]
macro_rules! __statements {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ident),* $(,)? } $(-> [$($column:ident),+ $(,)?])? = $sql:expr;)+) => {
        $(
            $(#[$doc])*
            pub(crate) struct $name { $(pub(crate) $field: $crate::__private::sql::Value,)* }

            impl $name {
                const SQL: &'static str = $sql;
                const PARAMETERS: &'static [(&'static str, $crate::__private::sql::Kind)] =
                    &[$((stringify!($field), $crate::__private::sql::Kind::$kind)),*];
                const PLACES: [$crate::__private::named::Place; $crate::__private::named::occurrences(Self::SQL)] =
                    $crate::__private::named::places(Self::SQL, Self::PARAMETERS);
                pub(crate) const TEXT: $crate::__private::named::NamedText = $crate::__private::named::NamedText {
                    name: stringify!($name),
                    sql: Self::SQL,
                    parameters: Self::PARAMETERS,
                    places: &Self::PLACES,
                    returns: &[$($($crate::__private::sql::Kind::$column),+)?],
                };

                /// The statement, which may change or return nothing.
                #[allow(dead_code, reason = "a statement is optional or required")]
                pub(crate) fn statement(self) -> $crate::__private::sql::Statement {
                    static TEXT: $crate::__private::named::NamedText = $name::TEXT;
                    $crate::__private::sql::Statement::named(&TEXT, vec![$(self.$field),*])
                }

                /// The statement; when it changes (or returns) nothing, everything that runs with it is undone.
                #[allow(dead_code, reason = "a statement is optional or required")]
                pub(crate) fn required(self) -> $crate::__private::sql::Statement {
                    self.statement().required()
                }
            }
        )+

        /// The texts above. The constant has every text compared with its values, whether or not it is used.
        pub(crate) const ALL: &[$crate::__private::named::NamedText] = &[$($name::TEXT),+];
        const _: () = assert!(!ALL.is_empty());
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: &[(&str, Kind)] = &[("id", Kind::Id), ("now", Kind::Int)];

    #[test]
    fn names_are_found_outside_of_quotes_and_casts() {
        const SQL: &str = "SELECT ':id', x::text FROM t WHERE id = :id AND :now < a OR b = :now";
        let places = places::<{ occurrences(SQL) }>(SQL, VALUES);
        let named: Vec<_> = places.iter().map(|place| (&SQL[place.start..place.end], place.value)).collect();
        assert_eq!(named, [(":id", 0), (":now", 1), (":now", 1)]);
    }

    #[test]
    #[should_panic = "names a value that the statement does not declare"]
    fn a_name_that_is_not_declared_is_rejected() {
        places::<2>("SELECT :id, :noww", VALUES);
    }

    #[test]
    #[should_panic = "declares a value that the text does not name"]
    fn a_value_that_is_not_named_is_rejected() {
        places::<1>("SELECT :id", VALUES);
    }

    #[test]
    #[should_panic = "not `?`"]
    fn a_question_mark_is_rejected() {
        places::<2>("SELECT :id, :now, ?", VALUES);
    }
}
