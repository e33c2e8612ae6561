//! Requests to the service, printed.

use crate::data;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;
use std::error::Error;
use tower::ServiceExt;

pub(crate) struct Client {
    pub(crate) service: Router,
}

impl Client {
    /// Sends a request with a person's key and prints the answer.
    ///
    /// Every request also states an organization in a header, to show that it changes nothing.
    pub(crate) async fn show(&self, who: &str, method: &Method, path: &str, body: &str) -> Result<(), Box<dyn Error>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer key-of-{who}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-org-id", data::HARBOUR)
            .body(Body::from(body.to_owned()))?;
        let response = self.service.clone().oneshot(request).await?;
        let status = response.status();
        let answer = to_bytes(response.into_body(), 1 << 20).await?;
        println!("{}", format!("  {who}: {method} {path} {body}").trim_end());
        print(status, &answer)?;
        Ok(())
    }
}

/// One line for each row.
fn print(status: StatusCode, answer: &[u8]) -> Result<(), serde_json::Error> {
    if status != StatusCode::OK {
        println!("    {status}\n");
        return Ok(());
    }
    let rows = match serde_json::from_slice(answer)? {
        Value::Array(rows) => rows,
        row => vec![row],
    };
    for row in rows {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let paid = row.get("paid").and_then(Value::as_bool);
        let paid = paid.map_or("", |paid| if paid { "paid" } else { "open" });
        let row = format!("    {:<12}{:<20}{:>14}  {paid}", text("number"), text("customer"), text("amount"));
        println!("{}", row.trim_end());
    }
    println!();
    Ok(())
}
