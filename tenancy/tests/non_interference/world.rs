//! The rows: four organizations whose ids, names and amounts are alike, and A's rows once more, alone.

use crate::dice::Dice;
use uuid::Uuid;

/// The organizations; the first is A.
const ORGANIZATIONS: u128 = 4;

/// How a database writes what differs.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    /// The type of an organization column.
    pub(crate) organization: &'static str,
    /// An organization as a literal.
    pub(crate) literal: fn(Uuid) -> String,
    /// The organization column as text.
    pub(crate) shown: &'static str,
}

pub(crate) const A: Uuid = organization(1);

const fn organization(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// The tables of the database of many, or of the one.
pub(crate) fn tables(dialect: Dialect, many: bool) -> String {
    let (column, key) =
        if many { (format!("org_id {} NOT NULL,", dialect.organization), "org_id, ") } else { Default::default() };
    format!(
        "CREATE TABLE currencies (code text PRIMARY KEY, label text NOT NULL);
         INSERT INTO currencies VALUES ('EUR', 'Euro'), ('CHF', 'Franc'), ('SEK', 'Crown');
         CREATE TABLE customers ({column} id integer NOT NULL, name text NOT NULL, parent_id integer,
             PRIMARY KEY ({key} id));
         CREATE TABLE invoices ({column} id integer NOT NULL, customer_id integer NOT NULL, number integer NOT NULL,
             amount integer NOT NULL, currency text NOT NULL REFERENCES currencies, memo text,
             PRIMARY KEY ({key} id), UNIQUE ({key} number),
             FOREIGN KEY ({key} customer_id) REFERENCES customers ({key} id));
         CREATE TABLE lines ({column} invoice_id integer NOT NULL, position integer NOT NULL, item text NOT NULL,
             quantity integer NOT NULL, PRIMARY KEY ({key} invoice_id, position));"
    )
}

/// Fresh rows: SQL for the database of many and for the one of A.
pub(crate) fn rows(dialect: Dialect, dice: &mut Dice) -> (String, String) {
    const EMPTY: &str = "DELETE FROM lines; DELETE FROM invoices; DELETE FROM customers;";
    let (mut many, mut one) = (EMPTY.to_owned(), EMPTY.to_owned());
    for number in 1..=ORGANIZATIONS {
        let prefix = format!("{}, ", (dialect.literal)(organization(number)));
        for (table, row) in of_one_organization(dice) {
            many.push_str(&format!("INSERT INTO {table} VALUES ({prefix}{row});"));
            if organization(number) == A {
                one.push_str(&format!("INSERT INTO {table} VALUES ({row});"));
            }
        }
    }
    (many, one)
}

fn of_one_organization(dice: &mut Dice) -> Vec<(&'static str, String)> {
    let text = |text: Option<&str>| text.map_or("NULL".to_owned(), |text| format!("'{text}'"));
    let mut rows = Vec::new();
    let customers = some_of(dice, 9);
    for id in &customers {
        let parent = if dice.flip() { "NULL".to_owned() } else { dice.id().to_string() };
        rows.push(("customers", format!("{id}, '{}', {parent}", dice.name())));
    }
    let mut numbers: Vec<i32> = (1..=12).collect();
    dice.shuffle(&mut numbers);
    for (id, number) in some_of(dice, 9).iter().zip(numbers) {
        let (customer, memo) = (dice.one(&customers), text(dice.memo()));
        let (amount, currency) = (dice.amount(), dice.currency());
        rows.push(("invoices", format!("{id}, {customer}, {number}, {amount}, '{currency}', {memo}")));
    }
    for invoice in some_of(dice, 8) {
        for position in 1..=1 + dice.roll(4) {
            rows.push(("lines", format!("{invoice}, {position}, '{}', {}", dice.name(), dice.quantity())));
        }
    }
    rows
}

/// At least one and at most `most` of the keys.
fn some_of(dice: &mut Dice, most: usize) -> Vec<i32> {
    let mut ids: Vec<i32> = (1..=12).collect();
    dice.shuffle(&mut ids);
    ids.truncate(1 + dice.roll(most));
    ids
}

const SHOWN: [(&str, &str); 3] = [
    ("customers", "id || '|' || name || '|' || coalesce(cast(parent_id AS text), '-')"),
    (
        "invoices",
        "id || '|' || customer_id || '|' || number || '|' || amount || '|' || currency || '|' || coalesce(memo, '-')",
    ),
    ("lines", "invoice_id || '|' || position || '|' || item || '|' || quantity"),
];

fn dump(prefix: &str, condition: &str) -> String {
    let tables = SHOWN.map(|(table, row)| format!("SELECT '{table}|' || {prefix}{row} AS one FROM {table}{condition}"));
    format!("{} ORDER BY 1", tables.join(" UNION ALL "))
}

/// Every row of A in the database of many.
pub(crate) fn own(dialect: Dialect) -> String {
    dump("", &format!(" WHERE org_id = {}", (dialect.literal)(A)))
}

/// Every row of the database of the one.
pub(crate) fn alone() -> String {
    dump("", "")
}

/// Every row of all others, with their organization.
pub(crate) fn foreign(dialect: Dialect) -> String {
    dump(&format!("{} || '|' || ", dialect.shown), &format!(" WHERE org_id <> {}", (dialect.literal)(A)))
}

/// One line of a dump.
#[derive(diesel::QueryableByName)]
pub(crate) struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub(crate) one: String,
}
