//! Two organizations, five people and some invoices, so that there is something to see.

use crate::permissions::Role;
use tenancy::OrgId;
use tenancy::scope::{Subject, Tier};
use tenancy_gateway::{Directory, DirectoryError};

/// An organization of the demonstration.
pub(crate) struct Organization {
    pub(crate) slug: &'static str,
    name: &'static str,
    id: &'static str,
    customers: [&'static str; 3],
    /// Where the organization is paid: an example of its country's registry.
    iban: &'static str,
}

/// An importer and a bicycle maker. Both sell to a customer of the same name, and their invoices' numbers overlap.
pub(crate) const ORGANIZATIONS: [Organization; 2] = [
    Organization {
        slug: "harbour-trading",
        name: "Harbour Trading",
        id: "018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b01",
        customers: ["Café Meridian", "Lindqvist & Sons", "Hotel Astoria"],
        iban: "NL91ABNA0417164300",
    },
    Organization {
        slug: "freewheel",
        name: "Freewheel",
        id: "018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b02",
        customers: ["City of Ghent", "Lindqvist & Sons", "Velo Kontor"],
        iban: "BE68539007547034",
    },
];

/// A person whom the development provider knows.
pub(crate) struct Person {
    pub(crate) subject: &'static str,
    pub(crate) about: &'static str,
    /// The organizations, by slug, with the role there.
    pub(crate) organizations: &'static [(&'static str, Role)],
}

pub(crate) const PEOPLE: [Person; 5] = [
    Person { subject: "ada", about: "owns Harbour Trading", organizations: &[("harbour-trading", Role::Owner)] },
    Person { subject: "bo", about: "owns Freewheel", organizations: &[("freewheel", Role::Owner)] },
    Person {
        subject: "cleo",
        about: "keeps the books of both",
        organizations: &[("harbour-trading", Role::Accountant), ("freewheel", Role::Accountant)],
    },
    Person { subject: "dag", about: "works for neither", organizations: &[] },
    Person { subject: "eve", about: "looks at Harbour Trading", organizations: &[("harbour-trading", Role::Viewer)] },
];

/// How many invoices each organization begins with.
pub(crate) const INVOICES: usize = 24;

/// The name of an organization, as it stands on its letters; its slug, if it is none of these.
pub(crate) fn name_of(slug: &str) -> &str {
    ORGANIZATIONS.iter().find(|one| one.slug == slug).map_or(slug, |one| one.name)
}

impl Organization {
    pub(crate) fn id(&self) -> OrgId {
        self.id.parse().expect("the ids above are UUIDs")
    }
}

/// Makes the organizations. They may be there already.
pub(crate) async fn organizations(directory: &Directory) -> Result<(), DirectoryError> {
    for organization in &ORGANIZATIONS {
        known(directory.create_organization(organization.id(), organization.slug).await)?;
    }
    Ok(())
}

/// Makes the people of the development provider members.
pub(crate) async fn people(directory: &Directory, issuer: &str) -> Result<(), DirectoryError> {
    for person in &PEOPLE {
        for (slug, _) in person.organizations {
            member(directory, issuer, person.subject, slug).await?;
        }
    }
    Ok(())
}

/// Makes a person a member of an organization of the demonstration.
pub(crate) async fn member(
    directory: &Directory,
    issuer: &str,
    subject: &str,
    slug: &str,
) -> Result<(), DirectoryError> {
    let organization = ORGANIZATIONS.iter().find(|one| one.slug == slug).ok_or(DirectoryError::Slug)?;
    let subject = Subject { issuer: issuer.to_owned(), subject: subject.to_owned() };
    known(directory.add_member(&subject, organization.id(), Tier::Org).await)
}

fn known(result: Result<(), DirectoryError>) -> Result<(), DirectoryError> {
    match result {
        Err(DirectoryError::Taken) => Ok(()),
        other => other,
    }
}

/// How a database writes what differs between the two.
struct Dialect {
    uuid: &'static str,
    /// The column that numbers the rows, and what else makes it a key.
    id: &'static str,
    key: &'static str,
    literal: fn(&str) -> String,
}

/// The tables, and the rows if they are not there yet. May be run at every start.
fn sql(dialect: &Dialect) -> String {
    let Dialect { uuid, id, key, literal } = dialect;
    let mut sql = format!(
        "CREATE TABLE IF NOT EXISTS currencies (code text PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS letterheads (
            id {id}, org_id {uuid} NOT NULL, name text NOT NULL, {key} (org_id, id), UNIQUE (org_id, name));
        CREATE TABLE IF NOT EXISTS customers (
            id {id}, org_id {uuid} NOT NULL, name text NOT NULL, {key} (org_id, id), UNIQUE (org_id, name));
        CREATE TABLE IF NOT EXISTS invoices (
            id {id}, org_id {uuid} NOT NULL, customer_id integer NOT NULL, number text NOT NULL,
            period text NOT NULL, cents integer NOT NULL, currency text NOT NULL REFERENCES currencies,
            paid boolean NOT NULL DEFAULT FALSE, void boolean NOT NULL DEFAULT FALSE, {key} (org_id, id), UNIQUE (org_id, number),
            -- An invoice's customer is a customer of the same organization.
            FOREIGN KEY (org_id, customer_id) REFERENCES customers (org_id, id));
        CREATE TABLE IF NOT EXISTS payouts (
            id {id}, org_id {uuid} NOT NULL, iban text NOT NULL, {key} (org_id, id), UNIQUE (org_id));
        CREATE INDEX IF NOT EXISTS invoices_customer ON invoices (org_id, customer_id);
        INSERT INTO currencies VALUES ('EUR'), ('SEK') ON CONFLICT DO NOTHING;"
    );
    for (at, organization) in ORGANIZATIONS.iter().enumerate() {
        let org = literal(organization.id);
        let once = |table: &str| format!("WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE org_id = {org})");
        sql += &format!(
            "INSERT INTO letterheads (org_id, name) SELECT {org}, '{}' {};",
            organization.name,
            once("letterheads")
        );
        sql +=
            &format!("INSERT INTO payouts (org_id, iban) SELECT {org}, '{}' {};", organization.iban, once("payouts"));
        let names: Vec<String> =
            organization.customers.iter().map(|name| format!("SELECT {org} AS org_id, '{name}' AS name")).collect();
        let names = names.join(" UNION ALL ");
        sql += &format!(
            "INSERT INTO customers (org_id, name) SELECT org_id, name FROM ({names}) n {};",
            once("customers")
        );
        let rows: Vec<String> = (0..INVOICES).map(|row| invoice(organization, at, row)).collect();
        sql += &format!(
            "INSERT INTO invoices (org_id, customer_id, number, period, cents, currency, paid)
             SELECT c.org_id, c.id, n.number, n.period, n.cents, n.currency, n.paid
             FROM ({}) n JOIN customers c ON c.org_id = {org} AND c.name = n.customer {} ORDER BY n.number;",
            rows.join(" UNION ALL "),
            once("invoices")
        );
    }
    sql
}

/// An invoice as a SELECT. The numbers are the same in both organizations.
fn invoice(organization: &Organization, at: usize, row: usize) -> String {
    let customer = organization.customers[row % 3];
    let (month, cents) = (row % 6 + 1, 12_500 + row * 7_310 + at * 1_000_000);
    let (currency, paid) = (if row % 4 == 1 { "SEK" } else { "EUR" }, if row % 5 < 2 { "TRUE" } else { "FALSE" });
    format!(
        "SELECT '{customer}' AS customer, '2026-{:04}' AS number, '2026-{month:02}' AS period, {cents} AS cents, \
         '{currency}' AS currency, {paid} AS paid",
        row + 101
    )
}

pub(crate) fn for_sqlite() -> String {
    let literal = |id: &str| format!("X'{}'", id.replace('-', ""));
    sql(&Dialect { uuid: "blob", id: "integer PRIMARY KEY", key: "UNIQUE", literal })
}

/// Every key holds the organization: one without it would compare rows of all of them.
pub(crate) fn for_postgres() -> String {
    let literal = |id: &str| format!("'{id}'::uuid");
    sql(&Dialect { uuid: "uuid", id: "integer GENERATED BY DEFAULT AS IDENTITY", key: "PRIMARY KEY", literal })
}
