//! The README's program: two organizations, one table, and a client that lies about which one it belongs to.
//!
//! `cargo run -p quickstart` needs no server; `DATABASE_URL=postgres://…` runs the same service on PostgreSQL.

mod data;
mod gateway;
mod postgres;
mod schema;
mod show;
mod sqlite;

use axum::http::Method;
use gateway::Gateway;
use show::Client;
use std::error::Error;
use std::sync::Arc;

/// What the compiler says of `invoices::table.load(conn)`: the blessed output of the case in `ui-tests`, so that the two
/// cannot drift apart.
const UNSCOPED: &str = include_str!("../../../ui-tests/tests/fail/a_unscoped/load_a_table_directly.stderr");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = Gateway::new();
    let authority = Arc::new(gateway.authority());
    let service = match std::env::var("DATABASE_URL") {
        Ok(url) => postgres::start(&url, authority).await?,
        Err(_) => sqlite::start(authority).await?,
    };
    let client = Client { gateway, service };
    let (get, post) = (Method::GET, Method::POST);

    println!("Ada works for Harbour Trading, Bo for Freewheel. Both ask for the same thing:\n");
    client.show("ada", &get, "/invoices", "").await?;
    client.show("bo", &get, "/invoices", "").await?;
    client.show("ada", &get, "/owed", "").await?;
    client.show("bo", &get, "/owed", "").await?;

    println!("Bo says that he belongs to Harbour Trading, in the query and in a header. Nobody reads it:\n");
    client.show("bo", &get, &format!("/invoices?org={}", data::HARBOUR), "").await?;

    println!("Bo writes an invoice and names Harbour's organization in it. It becomes Freewheel's:\n");
    let (org, rest) = (data::HARBOUR, r#""id":7,"number":"F-2293","cents":99000,"currency":"EUR","paid":false"#);
    client.show("bo", &post, "/invoices", &format!(r#"{{"org_id":"{org}","customer_id":4,{rest}}}"#)).await?;
    client.show("bo", &get, "/invoices", "").await?;
    client.show("ada", &get, "/invoices", "").await?;

    println!("Bo writes one for Harbour's customer 3, which for him does not exist:\n");
    let rest = rest.replace(":7", ":8").replace("2293", "2294");
    client.show("bo", &post, "/invoices", &format!(r#"{{"customer_id":3,{rest}}}"#)).await?;

    println!("Bo steals Ada's token and uses it for a request of his own:\n");
    client.replay("ada", "/owed", "/invoices").await?;

    println!("And this is the service without its scope. It does not compile:\n");
    let error = UNSCOPED.split("\nnote: required by").next().unwrap_or(UNSCOPED);
    println!("{error}");
    Ok(())
}
