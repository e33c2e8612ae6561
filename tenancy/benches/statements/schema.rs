//! One database, described three times: to `tenancy`, and to plain diesel for each backend, whose organization column is
//! filtered by hand.

#![allow(missing_docs, unreachable_pub, reason = "the tables and columns explain themselves")]

/// The tables of [`DDL`], with `tenancy`.
pub mod scoped {
    tenancy::schema! {
        diesel::table! {
            customers (id) { id -> Integer, org_id -> Uuid, name -> Text, country -> Text, }
        }
        diesel::table! {
            invoices (id) {
                id -> Integer,
                org_id -> Uuid,
                customer_id -> Integer,
                number -> Integer,
                status -> Text,
                amount -> Integer,
                memo -> Nullable<Text>,
            }
        }
        diesel::table! {
            payments (id) { id -> Integer, org_id -> Uuid, invoice_id -> Integer, amount -> Integer, method -> Text, }
        }
        diesel::joinable!(invoices -> customers (customer_id));
        diesel::joinable!(payments -> invoices (invoice_id));
        diesel::allow_tables_to_appear_in_same_query!(customers, invoices, payments);
    }

    /// A row to insert: the scope adds the organization.
    #[derive(Debug, Clone, diesel::Insertable)]
    #[diesel(table_name = payments)]
    pub struct NewPayment<'a> {
        pub invoice_id: i32,
        pub amount: i32,
        pub method: &'a str,
    }
}

/// The same tables with plain diesel; `$organization` is the SQL type of the organization column and `$value` its value.
macro_rules! plain {
    ($name:ident, $organization:ident, $value:ty) => {
        pub mod $name {
            diesel::table! {
                customers (id) { id -> Integer, org_id -> $organization, name -> Text, country -> Text, }
            }
            diesel::table! {
                invoices (id) {
                    id -> Integer,
                    org_id -> $organization,
                    customer_id -> Integer,
                    number -> Integer,
                    status -> Text,
                    amount -> Integer,
                    memo -> Nullable<Text>,
                }
            }
            diesel::table! {
                payments (id) {
                    id -> Integer,
                    org_id -> $organization,
                    invoice_id -> Integer,
                    amount -> Integer,
                    method -> Text,
                }
            }
            diesel::joinable!(invoices -> customers (customer_id));
            diesel::joinable!(payments -> invoices (invoice_id));
            diesel::allow_tables_to_appear_in_same_query!(customers, invoices, payments);

            /// A row to insert: the organization is one of its fields.
            #[derive(Debug, Clone, diesel::Insertable)]
            #[diesel(table_name = payments)]
            pub struct NewPayment<'a> {
                pub org_id: $value,
                pub invoice_id: i32,
                pub amount: i32,
                pub method: &'a str,
            }
        }
    };
}

plain!(plain_sqlite, Binary, &'static [u8]);
plain!(plain_pg, Uuid, uuid::Uuid);

/// The organization that the statements are for.
pub const ORGANIZATION: uuid::Uuid = uuid::Uuid::from_u128(0x018f_4e5a_9c1b_7000_8000_0000_0000_0001);
/// As the bytes that SQLite stores.
pub static ORGANIZATION_BYTES: [u8; 16] = ORGANIZATION.into_bytes();

/// The tables and 1,000 invoices of each of two organizations.
pub fn ddl(postgres: bool) -> String {
    let (kind, key) = if postgres { ("uuid", "serial") } else { ("blob", "integer") };
    let mut sql = format!(
        "CREATE TABLE customers (id {key} PRIMARY KEY, org_id {kind} NOT NULL, name text NOT NULL, country text NOT NULL);
         CREATE TABLE invoices (id {key} PRIMARY KEY, org_id {kind} NOT NULL, customer_id integer NOT NULL,
             number integer NOT NULL, status text NOT NULL, amount integer NOT NULL, memo text, UNIQUE (org_id, number));
         CREATE TABLE payments (id {key} PRIMARY KEY, org_id {kind} NOT NULL, invoice_id integer NOT NULL,
             amount integer NOT NULL, method text NOT NULL);
         CREATE INDEX invoices_by_customer ON invoices (org_id, customer_id);"
    );
    for (n, organization) in [ORGANIZATION, uuid::Uuid::from_u128(2)].iter().enumerate() {
        let literal =
            if postgres { format!("'{organization}'::uuid") } else { format!("x'{}'", organization.simple()) };
        let (customers, invoices) = (n * 20, n * 1000);
        sql += &format!(
            "INSERT INTO customers (id, org_id, name, country)
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
                 SELECT {customers} + i, {literal}, 'customer', 'DE' FROM n;
             INSERT INTO invoices (id, org_id, customer_id, number, status, amount)
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                 SELECT {invoices} + i, {literal}, {customers} + i % 20 + 1, i, CASE i % 3 WHEN 0 THEN 'open' ELSE 'paid' END,
                     i * 7 % 900 FROM n;"
        );
    }
    sql
}
