//! Two organizations and their rows, as SQL that runs before the service starts.

use tenancy::OrgId;

/// An importer of tea and coffee.
pub(crate) const HARBOUR: &str = "018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b01";
/// A bicycle maker. Both sell to a customer called Lindqvist & Sons.
pub(crate) const FREEWHEEL: &str = "018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b02";

pub(crate) fn org(id: &str) -> OrgId {
    id.parse().expect("the ids above are UUIDs")
}

/// The schema and the rows. `uuid` is the column type of an organization, `literal` writes one.
fn sql(uuid: &str, literal: impl Fn(&str) -> String) -> String {
    let (harbour, freewheel) = (literal(HARBOUR), literal(FREEWHEEL));
    format!(
        "CREATE TABLE currencies (code text PRIMARY KEY, symbol text NOT NULL);
        CREATE TABLE customers (
            id integer NOT NULL, org_id {uuid} NOT NULL, name text NOT NULL,
            -- With the organization in the key, an id that another organization has tells nothing: it is free here.
            PRIMARY KEY (org_id, id));
        CREATE TABLE invoices (
            id integer NOT NULL, org_id {uuid} NOT NULL, customer_id integer NOT NULL, number text NOT NULL,
            cents integer NOT NULL, currency text NOT NULL REFERENCES currencies, paid boolean NOT NULL,
            PRIMARY KEY (org_id, id), UNIQUE (org_id, number),
            -- An invoice's customer is a customer of the same organization.
            FOREIGN KEY (org_id, customer_id) REFERENCES customers (org_id, id));
        INSERT INTO currencies VALUES ('EUR', '€'), ('SEK', 'kr');
        INSERT INTO customers VALUES
            (1, {harbour}, 'Café Meridian'), (2, {harbour}, 'Lindqvist & Sons'), (3, {harbour}, 'Hotel Astoria'),
            (4, {freewheel}, 'City of Ghent'), (5, {freewheel}, 'Lindqvist & Sons');
        INSERT INTO invoices VALUES
            (1, {harbour}, 1, '2026-0117', 41250, 'EUR', TRUE), (2, {harbour}, 2, '2026-0118', 128900, 'SEK', FALSE),
            (3, {harbour}, 3, '2026-0119', 76000, 'EUR', FALSE), (4, {harbour}, 1, '2026-0120', 39900, 'EUR', FALSE),
            (5, {freewheel}, 4, 'F-2291', 1875000, 'EUR', FALSE), (6, {freewheel}, 5, 'F-2292', 214900, 'SEK', TRUE);"
    )
}

pub(crate) fn for_sqlite() -> String {
    sql("blob", |id| format!("X'{}'", id.replace('-', "")))
}

/// In a PostgreSQL schema of its own, which is dropped first if it exists.
pub(crate) fn for_postgres() -> String {
    let create = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA};");
    create + &sql("uuid", |id| format!("'{id}'"))
}

/// The schema that connections look into, so that the example touches no table of yours.
pub(crate) const SCHEMA: &str = "tenancy_quickstart";
