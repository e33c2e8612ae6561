//! The values of statements and rows, and their types.

use uuid::Uuid;

/// A value of a statement or of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A UUID.
    Id(Uuid),
    /// No value, of a type.
    Null(Kind),
    /// The database's clock, in whole seconds since 1970. Only in statements.
    Now,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Int,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// A UUID.
    Id,
}

impl Value {
    #[cfg_attr(
        not(any(feature = "postgres", feature = "sqlite")),
        expect(dead_code, reason = "no statement runs without a database")
    )]
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Int(_) | Self::Now => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::Id(_) => Kind::Id,
            Self::Null(kind) => *kind,
        }
    }
}
