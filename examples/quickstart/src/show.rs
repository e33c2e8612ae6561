//! Requests through the gateway, printed.

use crate::data;
use crate::gateway::Gateway;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;
use std::error::Error;
use tenancy::scope::{RequestBody, RequestContext};
use tower::ServiceExt;

const HOST: &str = "invoices.internal";

pub(crate) struct Client {
    pub(crate) gateway: Gateway,
    pub(crate) service: Router,
}

impl Client {
    /// Sends a request of somebody's session through the gateway and prints the answer.
    ///
    /// Every request also lies in a header, to show that it changes nothing.
    pub(crate) async fn show(&self, who: &str, method: &Method, path: &str, body: &str) -> Result<(), Box<dyn Error>> {
        let context = RequestContext {
            method: method.as_str(),
            authority: HOST,
            path_and_query: path,
            body: RequestBody::Bytes(body.as_bytes()),
            certificate: None,
        };
        let token = self.gateway.grant(&format!("session-of-{who}"), &context).ok_or("no such session")?;
        self.send(who, method, path, body, &token).await
    }

    /// Sends a grant that was made for one path to another.
    pub(crate) async fn replay(&self, who: &str, granted: &str, path: &str) -> Result<(), Box<dyn Error>> {
        let body = RequestBody::Bytes(&[]);
        let context =
            RequestContext { method: "GET", authority: HOST, path_and_query: granted, body, certificate: None };
        let token = self.gateway.grant(&format!("session-of-{who}"), &context).ok_or("no such session")?;
        self.send(&format!("bo with the token of {who}"), &Method::GET, path, "", &token).await
    }

    async fn send(
        &self,
        who: &str,
        method: &Method,
        path: &str,
        body: &str,
        token: &str,
    ) -> Result<(), Box<dyn Error>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
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

/// One line a row.
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
