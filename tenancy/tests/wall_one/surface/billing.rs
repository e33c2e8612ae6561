//! The schema: customers, invoices, lines and payments of two organizations, and currencies of nobody.

use tenancy::prelude::*;

tenancy::schema! {
    global(currencies);

    diesel::table! {
        customers (id) {
            id -> Integer,
            org_id -> Uuid,
            name -> Text,
            parent_id -> Nullable<Integer>,
        }
    }

    diesel::table! {
        invoices (id) {
            id -> Integer,
            org_id -> Uuid,
            customer_id -> Integer,
            number -> Integer,
            amount -> Integer,
            currency -> Text,
            memo -> Nullable<Text>,
        }
    }

    diesel::table! {
        lines (invoice_id, position) {
            invoice_id -> Integer,
            position -> Integer,
            org_id -> Uuid,
            item -> Text,
            quantity -> Integer,
        }
    }

    // Qualified by the one name that both databases have: SQLite's own schema is called `main`.
    diesel::table! {
        main.payments (id) {
            id -> Integer,
            org_id -> Uuid,
            invoice_id -> Integer,
            amount -> Integer,
        }
    }

    diesel::table! {
        notes (id) {
            id -> Integer,
            org_id -> Text,
            body -> Text,
        }
    }

    diesel::table! {
        currencies (code) {
            code -> Text,
            label -> Text,
        }
    }

    diesel::joinable!(invoices -> customers (customer_id));
    diesel::joinable!(invoices -> currencies (currency));
    diesel::joinable!(lines -> invoices (invoice_id));
    diesel::joinable!(payments -> invoices (invoice_id));
    diesel::allow_tables_to_appear_in_same_query!(customers, invoices, lines, payments, notes, currencies);
}

#[derive(HasQuery, Identifiable, Debug, PartialEq)]
#[diesel(table_name = customers)]
pub(crate) struct Customer {
    pub(crate) id: i32,
    pub(crate) name: String,
}

#[derive(HasQuery, Identifiable, Associations, Debug, PartialEq)]
#[diesel(table_name = invoices, belongs_to(Customer))]
pub(crate) struct Invoice {
    pub(crate) id: i32,
    pub(crate) customer_id: i32,
    pub(crate) number: i32,
    pub(crate) amount: i32,
}

#[derive(Insertable, Clone, Copy)]
#[diesel(table_name = invoices)]
pub(crate) struct NewInvoice<'a> {
    pub(crate) id: i32,
    pub(crate) customer_id: i32,
    pub(crate) number: i32,
    pub(crate) amount: i32,
    pub(crate) memo: Option<&'a str>,
}

#[derive(AsChangeset)]
#[diesel(table_name = invoices)]
pub(crate) struct Change<'a> {
    pub(crate) amount: Option<i32>,
    pub(crate) memo: Option<&'a str>,
}

pub(crate) const fn new_invoice(id: i32, customer_id: i32, number: i32, amount: i32) -> NewInvoice<'static> {
    NewInvoice { id, customer_id, number, amount, memo: None }
}

/// The tables and their organization columns, for the checker of rendered SQL.
pub(crate) const TENANT_TABLES: &[crate::surface::support::sql::TenantTable] = &[
    ("customers", "org_id"),
    ("invoices", "org_id"),
    ("lines", "org_id"),
    ("payments", "org_id"),
    ("notes", "org_id"),
];

/// Both databases' tables; `{org}` is the type of an organization column, `{id}` that of a key that counts by itself.
const TABLES: &str = "
    CREATE TABLE currencies (code text PRIMARY KEY, label text NOT NULL);
    CREATE TABLE customers (id integer NOT NULL, org_id {org} NOT NULL, name text NOT NULL, parent_id integer,
        PRIMARY KEY (org_id, id));
    CREATE TABLE invoices (id {id} PRIMARY KEY, org_id {org} NOT NULL, customer_id integer NOT NULL DEFAULT 1,
        number integer NOT NULL DEFAULT 99, amount integer NOT NULL DEFAULT 0, currency text NOT NULL DEFAULT 'EUR'
        REFERENCES currencies, memo text, UNIQUE (org_id, number),
        FOREIGN KEY (org_id, customer_id) REFERENCES customers (org_id, id));
    CREATE TABLE lines (invoice_id integer NOT NULL, position integer NOT NULL, org_id {org} NOT NULL,
        item text NOT NULL, quantity integer NOT NULL, PRIMARY KEY (org_id, invoice_id, position));
    CREATE TABLE main.payments (id integer NOT NULL, org_id {org} NOT NULL, invoice_id integer NOT NULL,
        amount integer NOT NULL, PRIMARY KEY (org_id, id));
    CREATE TABLE notes (id integer NOT NULL, org_id text NOT NULL, body text NOT NULL, PRIMARY KEY (org_id, id));
    INSERT INTO currencies VALUES ('EUR', 'Euro'), ('CHF', 'Franc');
";

/// `{o}` is the organization, `{i}` the first invoice's id: keys that contain the organization overlap, the others do not.
/// B has more of everything, so that any aggregate tells a lost predicate.
const ROWS: &str = "
    INSERT INTO customers VALUES (1, {o}, 'Ada', NULL), (2, {o}, 'Bob', 1), (3, {o}, 'Cyd', 1);
    INSERT INTO invoices VALUES ({i}1, {o}, 1, 1, 100, 'EUR', NULL), ({i}2, {o}, 1, 2, 250, 'CHF', 'late'),
        ({i}3, {o}, 2, 3, 250, 'EUR', NULL);
    INSERT INTO lines VALUES (11, 1, {o}, 'paper', 2), (11, 2, {o}, 'ink', 1), (12, 1, {o}, 'paper', 7);
    INSERT INTO main.payments VALUES (1, {o}, 11, 60), (2, {o}, 11, 40), (3, {o}, 12, 100);
    INSERT INTO notes VALUES (1, {t}, 'call back');
";

const MORE_OF_B: &str = "
    INSERT INTO customers VALUES (4, {o}, 'Dan of B', 1);
    INSERT INTO invoices VALUES (24, {o}, 4, 4, 9000, 'EUR', 'late'), (25, {o}, 1, 5, 1, 'EUR', NULL);
    INSERT INTO lines VALUES (11, 3, {o}, 'gold', 50);
    INSERT INTO main.payments VALUES (4, {o}, 11, 9000);
    INSERT INTO notes VALUES (2, {t}, 'of B');
";

pub(crate) const A: u128 = 0xA;
pub(crate) const B: u128 = 0xB;

/// How each database writes an organization: as bytes and as text.
pub(crate) fn setup(organization_type: &str, id_type: &str, literal: impl Fn(uuid::Uuid) -> String) -> Vec<String> {
    let rows = |rows: &str, org: u128, first: &str| {
        let org = uuid::Uuid::from_u128(org);
        let text = format!("'{}'", org.as_hyphenated());
        rows.replace("{o}", &literal(org)).replace("{t}", &text).replace("{i}", first)
    };
    vec![
        TABLES.replace("{org}", organization_type).replace("{id}", id_type),
        rows(ROWS, A, "1"),
        rows(ROWS, B, "2"),
        rows(MORE_OF_B, B, "2"),
    ]
}
