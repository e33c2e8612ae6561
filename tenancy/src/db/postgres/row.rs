//! A row that was received, for diesel to read.

use diesel::backend::Backend;
use diesel::pg::{Pg, PgValue};
use diesel::row::{Field, PartialRow, Row, RowIndex, RowSealed};
use std::error::Error;
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;
use tokio_postgres::types::{FromSql, Type};

/// A row.
pub struct PgRow {
    row: tokio_postgres::Row,
    oids: Arc<[NonZeroU32]>,
}

impl PgRow {
    pub(super) fn new(row: tokio_postgres::Row, oids: Arc<[NonZeroU32]>) -> Self {
        Self { row, oids }
    }
}

/// The types of a row's columns. A column without a type does not exist; 705 is `unknown`.
pub(super) fn oids(row: &tokio_postgres::Row) -> Arc<[NonZeroU32]> {
    const UNKNOWN: NonZeroU32 = NonZeroU32::new(705).expect("it is not zero");
    row.columns().iter().map(|column| NonZeroU32::new(column.type_().oid()).unwrap_or(UNKNOWN)).collect()
}

impl RowSealed for PgRow {}

impl<'a> Row<'a, Pg> for PgRow {
    type Field<'f>
        = PgField<'f>
    where
        'a: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        self.row.len()
    }

    fn get<'b, I>(&'b self, index: I) -> Option<Self::Field<'b>>
    where
        'a: 'b,
        Self: RowIndex<I>,
    {
        self.idx(index).map(|column| PgField { row: self, column })
    }

    fn partial_row(&self, range: Range<usize>) -> PartialRow<'_, Self::InnerPartialRow> {
        PartialRow::new(self, range)
    }
}

impl RowIndex<usize> for PgRow {
    fn idx(&self, index: usize) -> Option<usize> {
        (index < self.row.len()).then_some(index)
    }
}

impl<'a> RowIndex<&'a str> for PgRow {
    fn idx(&self, name: &'a str) -> Option<usize> {
        self.row.columns().iter().position(|column| column.name() == name)
    }
}

/// A column of a row.
pub struct PgField<'a> {
    row: &'a PgRow,
    column: usize,
}

impl<'a> Field<'a, Pg> for PgField<'a> {
    fn field_name(&self) -> Option<&str> {
        Some(self.row.row.columns()[self.column].name())
    }

    fn value(&self) -> Option<<Pg as Backend>::RawValue<'_>> {
        let Received(bytes) = self.row.row.get(self.column);
        bytes.map(|bytes| PgValue::new(bytes, &self.row.oids[self.column]))
    }
}

/// The bytes of a value, whatever its type: diesel reads them.
struct Received<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Received<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
