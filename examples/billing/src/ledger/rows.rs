//! What the queries give and take.

use crate::schema::invoices;
use tenancy::prelude::*;

/// A customer, and what there is of it.
pub(crate) struct Customer {
    pub(crate) id: i32,
    pub(crate) name: String,
    pub(crate) invoices: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = invoices)]
pub(crate) struct Invoice {
    pub(crate) id: i32,
    pub(crate) number: String,
    pub(crate) period: String,
    pub(crate) cents: i32,
    pub(crate) currency: String,
    pub(crate) paid: bool,
    pub(crate) void: bool,
}

/// An invoice with its customer's name.
pub(crate) struct Line {
    pub(crate) invoice: Invoice,
    pub(crate) customer: String,
}

/// An invoice to be written. It names no organization: the scope does.
#[derive(Insertable)]
#[diesel(table_name = invoices)]
pub(crate) struct NewInvoice {
    pub(crate) customer_id: i32,
    pub(crate) number: String,
    pub(crate) period: String,
    pub(crate) cents: i32,
    pub(crate) currency: String,
}

/// Which invoices.
pub(crate) struct Search {
    /// Part of a number or of a customer's name; empty for all.
    pub(crate) text: String,
    /// Only those before this one.
    pub(crate) before: Option<i32>,
    /// How many at most.
    pub(crate) most: i64,
}

impl Search {
    /// The text as a pattern that means exactly it.
    pub(crate) fn pattern(&self) -> Option<String> {
        let literal = self.text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        (!literal.is_empty()).then(|| format!("%{literal}%"))
    }
}

/// What was invoiced in a month, in a currency.
pub(crate) struct Total {
    pub(crate) period: String,
    pub(crate) currency: String,
    pub(crate) invoices: i64,
    pub(crate) cents: i64,
    pub(crate) open: i64,
}
