//! Notes of two organizations. `cargo run -p axum-example`, then open <http://localhost:3001>.

use std::error::Error;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

/// What browsers have in their address bar: the gateway rejects requests to another host and from other sites.
const ORIGIN: &str = "http://localhost:3001";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = axum_example::app(ORIGIN).await?;
    // On this machine only: the development sign-in asks for no password.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 3001)).await?;
    println!("{ORIGIN}");
    axum::serve(listener, app).await?;
    Ok(())
}
