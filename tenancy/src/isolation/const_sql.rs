//! The text around a derived table's bind, put together by the compiler.
//!
//! Diesel allocates for every name that it quotes, and diesel-async writes the text of a statement each time it runs it.
//! Written name by name, a derived table would cost more than the filter it replaces (`docs/benchmarks.md`).

use super::table::TenantTable;
use crate::sql_types::Stored;
use diesel::backend::Backend;
use std::marker::PhantomData;
use uuid::Uuid;

/// The longest text that is put together here; a longer one is written name by name.
const LONGEST: usize = 192;

/// Text that grows while the compiler runs.
pub(crate) struct Fixed {
    bytes: [u8; LONGEST],
    len: usize,
    /// It is complete so far.
    whole: bool,
}

impl Fixed {
    pub(crate) const EMPTY: Self = Self { bytes: [0; LONGEST], len: 0, whole: true };

    pub(crate) const fn then(mut self, text: &str) -> Self {
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
    pub(crate) const fn name(mut self, quote: &str, name: &str) -> Self {
        let mut next = 0;
        while next < name.len() {
            self.whole = self.whole && name.as_bytes()[next] != quote.as_bytes()[0];
            next += 1;
        }
        self.then(quote).then(name).then(quote)
    }

    pub(crate) const fn text(&'static self) -> Option<&'static str> {
        match (self.whole, std::str::from_utf8(self.bytes.split_at(self.len).0)) {
            (true, Ok(text)) => Some(text),
            _ => None,
        }
    }
}

/// `(SELECT * FROM "s"."t" WHERE "t"."org_id" = `
const fn before<T: TenantTable>(quote: &str) -> Fixed {
    let mut text = Fixed::EMPTY.then("(SELECT * FROM ");
    if let Some(schema) = T::TABLE.schema {
        text = text.name(quote, schema).then(".");
    }
    let text = text.name(quote, T::TABLE.name).then(" WHERE ");
    text.name(quote, T::TABLE.name).then(".").name(quote, T::ORGANIZATION).then(" = ")
}

/// `) AS "t"`, or `) AS "s.t"`
const fn after<T: TenantTable>(quote: &str) -> Fixed {
    Fixed::EMPTY.then(") AS ").name(quote, T::TABLE.alias)
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
