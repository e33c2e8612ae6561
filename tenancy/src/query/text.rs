//! The text around a derived table's bind, put together by the compiler.
//!
//! Diesel allocates for every name that it quotes, and diesel-async writes the text of a statement each time it runs it.
//! Written name by name, a derived table would cost more than the filter it replaces (`docs/benchmarks.md`).

use crate::schema::TenantTable;
use crate::sql_types::Stored;
use diesel::backend::Backend;
use std::marker::PhantomData;
use uuid::Uuid;

/// The longest text that is put together here; a longer one is written name by name.
const LONGEST: usize = 192;

/// Text that grows while the compiler runs.
struct Fixed {
    bytes: [u8; LONGEST],
    len: usize,
    /// It is complete so far.
    whole: bool,
}

impl Fixed {
    const EMPTY: Self = Self { bytes: [0; LONGEST], len: 0, whole: true };

    const fn then(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut next = 0;
        while next < text.len() && self.len < LONGEST {
            self.bytes[self.len] = text[next];
            self.len += 1;
            next += 1;
        }
        self.whole = self.whole && next == text.len();
        self
    }

    /// A quoted name. One that holds the quote itself is left to diesel.
    const fn name(mut self, quote: &str, name: &str) -> Self {
        let mut next = 0;
        while next < name.len() {
            self.whole = self.whole && name.as_bytes()[next] != quote.as_bytes()[0];
            next += 1;
        }
        self.then(quote).then(name).then(quote)
    }

    const fn text(&'static self) -> Option<&'static str> {
        match (self.whole, std::str::from_utf8(self.bytes.split_at(self.len).0)) {
            (true, Ok(text)) => Some(text),
            _ => None,
        }
    }
}

/// `(SELECT * FROM "s"."t" WHERE "t"."org_id" = `
const fn before<T: TenantTable>(quote: &str) -> Fixed {
    let mut text = Fixed::EMPTY.then("(SELECT * FROM ");
    if let Some(schema) = T::SCHEMA {
        text = text.name(quote, schema).then(".");
    }
    let text = text.name(quote, T::NAME).then(" WHERE ");
    text.name(quote, T::NAME).then(".").name(quote, T::ORGANIZATION).then(" = ")
}

/// `) AS "t"`, or `) AS "s.t"`
const fn after<T: TenantTable>(quote: &str) -> Fixed {
    Fixed::EMPTY.then(") AS ").name(quote, T::ALIAS)
}

/// The two texts of table `T` on backend `DB`, where they are known.
pub(super) struct DerivedTable<T, DB>(PhantomData<(T, DB)>);

impl<T: TenantTable, DB: Backend> DerivedTable<T, DB>
where
    Uuid: Stored<T::OrganizationType, DB>,
{
    const QUOTE: Option<&'static str> = <Uuid as Stored<T::OrganizationType, DB>>::QUOTE;

    const BEFORE: Fixed = match Self::QUOTE {
        Some(quote) => before::<T>(quote),
        None => Fixed { whole: false, ..Fixed::EMPTY },
    };

    const AFTER: Fixed = match Self::QUOTE {
        Some(quote) => after::<T>(quote),
        None => Fixed { whole: false, ..Fixed::EMPTY },
    };

    /// What stands before and after the bind.
    pub(super) const AROUND: Option<(&'static str, &'static str)> = {
        let (before, after): (&'static Fixed, &'static Fixed) = (&Self::BEFORE, &Self::AFTER);
        match (before.text(), after.text()) {
            (Some(before), Some(after)) => Some((before, after)),
            _ => None,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::Fixed;

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
}
