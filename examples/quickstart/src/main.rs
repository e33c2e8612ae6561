//! The README's program: two organizations, one table, and a client that states an organization that is not its own.
//!
//! `cargo run -p quickstart` needs no server; `DATABASE_URL=postgres://…` runs the same service on PostgreSQL.

mod data;
mod keys;
mod postgres;
mod schema;
mod show;
mod sqlite;

use axum::http::Method;
use show::Client;
use std::error::Error;

/// What the compiler says of `invoices::table.load(conn)`: the file is a link to the expected output of a case in `ui-tests`, so that the two
/// cannot drift apart.
const UNSCOPED: &str = include_str!("unscoped.stderr");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let door = keys::door()?;
    let service = match std::env::var("DATABASE_URL") {
        Ok(url) => postgres::start(&url, door).await?,
        Err(_) => sqlite::start(door).await?,
    };
    let client = Client { service };
    let (get, post) = (Method::GET, Method::POST);

    println!("Ada works for Harbour Trading, Bo for Freewheel. Both ask for the same thing:\n");
    client.show("ada", &get, "/invoices", "").await?;
    client.show("bo", &get, "/invoices", "").await?;
    client.show("ada", &get, "/owed", "").await?;
    client.show("bo", &get, "/owed", "").await?;

    println!("Bo says that he belongs to Harbour Trading, in the query and in a header. It has no effect:\n");
    client.show("bo", &get, &format!("/invoices?org={}", data::HARBOUR), "").await?;

    println!("Bo writes an invoice and names Harbour's organization in it. It becomes Freewheel's:\n");
    let (org, rest) = (data::HARBOUR, r#""id":7,"number":"F-2293","cents":99000,"currency":"EUR","paid":false"#);
    client.show("bo", &post, "/invoices", &format!(r#"{{"org_id":"{org}","customer_id":4,{rest}}}"#)).await?;
    client.show("bo", &get, "/invoices", "").await?;
    client.show("ada", &get, "/invoices", "").await?;

    println!("Bo writes one for Harbour's customer 3, which for him does not exist:\n");
    let rest = rest.replace(":7", ":8").replace("2293", "2294");
    client.show("bo", &post, "/invoices", &format!(r#"{{"customer_id":3,{rest}}}"#)).await?;

    println!("A key that the service never gave out:\n");
    client.show("eve", &get, "/invoices", "").await?;

    println!("And this is the service without its scope. It does not compile:\n");
    let error = UNSCOPED.split("\nnote: required by").next().unwrap_or(UNSCOPED);
    println!("{error}");
    Ok(())
}
