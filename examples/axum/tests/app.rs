//! The service over HTTP, as a browser and an attacker reach it.

use reqwest::{Client, Response, StatusCode, header, redirect};
use serde::Deserialize;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

const HARBOUR: &str = "018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b01";

/// Starts the service on a free port of its own.
async fn start() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let origin = format!("http://localhost:{}", listener.local_addr().expect("it is bound").port());
    let app = axum_example::app(&origin).await.expect("it starts");
    tokio::spawn(async move { axum::serve(listener, app).await });
    origin
}

#[derive(Debug, PartialEq, Deserialize)]
struct Note {
    id: String,
    text: String,
}

/// A browser: it keeps the session's cookie, and sends its origin with each form.
struct Browser {
    origin: String,
    client: Client,
    cookie: String,
}

impl Browser {
    async fn signed_in(origin: &str, person: &str) -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
        let mut browser = Self { origin: origin.to_owned(), client, cookie: String::new() };
        let response = browser.post("/sign-in", &[("person", person)]).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let cookie = response.headers()[header::SET_COOKIE].to_str().expect("text");
        browser.cookie = cookie.split(';').next().expect("its name and value").to_owned();
        browser
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.origin)).header(header::COOKIE, &self.cookie);
        request.header("x-org-id", HARBOUR).send().await.expect("an answer")
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.origin)).header(header::ORIGIN, &self.origin);
        let request = request.header("x-org-id", HARBOUR).header(header::COOKIE, &self.cookie);
        request.form(fields).send().await.expect("an answer")
    }

    async fn notes(&self, path: &str) -> Vec<String> {
        let notes: Vec<Note> = self.get(path).await.json().await.expect("notes");
        notes.into_iter().map(|note| note.text).collect()
    }

    /// The token in the page's forms.
    async fn form_token(&self) -> String {
        let page = self.get("/").await.text().await.expect("a page");
        let (_, rest) = page.split_once("name=form_token value=").expect("a form");
        rest.split_once('>').expect("the field ends").0.to_owned()
    }
}

#[tokio::test]
async fn a_session_sees_the_notes_of_its_organization_only() {
    let origin = start().await;
    let (ada, bo) = (Browser::signed_in(&origin, "ada").await, Browser::signed_in(&origin, "bo").await);
    assert_eq!(ada.notes("/notes").await, ["ship the tea on Monday"]);
    assert_eq!(bo.notes("/notes").await, ["order forty saddles"]);
}

/// In the query, in a header (each request here has one), in a form: nothing reads it.
#[tokio::test]
async fn an_organization_that_the_client_states_has_no_effect() {
    let origin = start().await;
    let (ada, bo) = (Browser::signed_in(&origin, "ada").await, Browser::signed_in(&origin, "bo").await);
    assert_eq!(bo.notes(&format!("/notes?org_id={HARBOUR}&org={HARBOUR}")).await, ["order forty saddles"]);
    let token = bo.form_token().await;
    let fields = [("form_token", token.as_str()), ("text", "grease the chains"), ("org_id", HARBOUR)];
    assert_eq!(bo.post("/notes", &fields).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(bo.notes("/notes").await, ["grease the chains", "order forty saddles"]);
    assert_eq!(ada.notes("/notes").await, ["ship the tea on Monday"]);
}

#[tokio::test]
async fn without_a_session_or_a_membership_there_are_no_notes() {
    let origin = start().await;
    let mut bo = Browser::signed_in(&origin, "bo").await;
    // A person of no organization may sign in, and acts for none.
    let eve = Browser::signed_in(&origin, "eve").await;
    assert_eq!(eve.get("/notes").await.status(), StatusCode::CONFLICT);
    let token = bo.form_token().await;
    assert_eq!(bo.post("/sign-out", &[("form_token", &token)]).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(bo.get("/notes").await.status(), StatusCode::UNAUTHORIZED);
    bo.cookie.clear();
    assert_eq!(bo.get("/notes").await.status(), StatusCode::UNAUTHORIZED);
}

/// Another site's page makes the browser send a form, with its cookie; or takes the token of its own session.
#[tokio::test]
async fn a_form_of_another_page_writes_nothing() {
    let origin = start().await;
    let (ada, bo) = (Browser::signed_in(&origin, "ada").await, Browser::signed_in(&origin, "bo").await);
    let stolen = bo.form_token().await;
    for fields in [vec![("text", "x")], vec![("text", "x"), ("form_token", &stolen)]] {
        assert_eq!(ada.post("/notes", &fields).await.status(), StatusCode::FORBIDDEN);
    }
    let token = ada.form_token().await;
    let request = ada.client.post(format!("{origin}/notes")).header(header::ORIGIN, "http://evil.example");
    let request = request.header(header::COOKIE, &ada.cookie).form(&[("text", "x"), ("form_token", &token)]);
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    assert_eq!(ada.notes("/notes").await, ["ship the tea on Monday"]);
}
