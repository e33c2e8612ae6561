//! The smallest service with a gateway: people sign in, and see and write the notes of their organization.
//!
//! Read this after `examples/quickstart`, which authenticates API keys itself, and before `examples/billing`, which signs people in
//! at an OpenID Connect provider, runs on PostgreSQL behind both walls and serves TLS. Here the sign-in asks for no password.
#![forbid(unsafe_code)]

use axum::Router;
use axum::extract::{Form, Json, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{get, post};
use std::error::Error;
use std::time::SystemTime;
use tenancy::db::Sqlite;
use tenancy::diesel;
use tenancy::prelude::*;
use tenancy::scope::{Subject, Tier};
use tenancy::{OrgId, OrgScope, TenantDb};
use tenancy_gateway::{FORM_FIELD, Gateway, GatewayDb, Rejection, Session, SessionKey, SessionKeys, VerifiedIdentity};

tenancy::schema! {
    diesel::table! {
        notes (id) {
            id -> Text,
            org_id -> Binary,
            text -> Text,
        }
    }
}

/// An id is random: one that counts over all organizations tells each how much the others write.
const TABLES: &str = "CREATE TABLE notes (id TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(16)))),
        org_id BLOB NOT NULL, text TEXT NOT NULL);
    INSERT INTO notes (org_id, text) VALUES
        (X'018f2d4e7a107c3b9d553f6a1c0e8b01', 'ship the tea on Monday'),
        (X'018f2d4e7a107c3b9d553f6a1c0e8b02', 'order forty saddles');";

/// The issuer of the development sign-in. At an identity provider it is the provider's.
const ISSUER: &str = "https://sign-in.example";

/// Each person, their organization and its name.
const PEOPLE: [(&str, &str, &str); 2] = [
    ("ada", "018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b01", "harbour"),
    ("bo", "018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b02", "freewheel"),
];

#[derive(Clone)]
struct App {
    db: TenantDb<Sqlite>,
    gateway: Gateway,
}

/// The whole service, for browsers that reach it at `origin`.
///
/// # Errors
/// When the databases in memory cannot be set up, or `origin` is not an origin such as `http://localhost:3001`.
pub async fn app(origin: &str) -> Result<Router, Box<dyn Error>> {
    // The gateway's own tables: sessions, people, organizations, memberships, the audit log.
    let tables = GatewayDb::sqlite(":memory:").await?;
    tables.migrate().await?;
    // A service reads its key from a secret store, so that sessions outlive the process: `tenancy_gateway::follow_session_keys`.
    let gateway = Gateway::builder(tables, SessionKeys::new(SessionKey::generate()?), origin).build()?;
    for (person, org, slug) in PEOPLE {
        let (org, directory): (OrgId, _) = (org.parse()?, gateway.directory("examples/axum"));
        directory.create_organization(org, slug).await?;
        directory.add_member(&subject(person), org, Tier::Org).await?;
    }
    // The database runs statements for scopes of this gateway alone.
    let db = TenantDb::sqlite(":memory:", gateway.authority()).schema(schema_manifest());
    let db = db.migrations(&[TABLES]).build().await?;

    // Without a session no handler of these runs.
    let inside = Router::new().route("/notes", get(list).post(add)).layer(gateway.layer());
    // These run without a session too. The layer still checks the host, the origin and the form token.
    let open = Router::new().route("/", get(home)).route("/sign-in", post(sign_in)).route("/sign-out", post(sign_out));
    let open = open.fallback(async || StatusCode::NOT_FOUND).layer(gateway.open_layer());
    Ok(inside.merge(open).with_state(App { db, gateway }))
}

fn subject(person: &str) -> Subject {
    Subject { issuer: ISSUER.to_owned(), subject: person.to_owned() }
}

#[derive(serde::Serialize, Queryable, Selectable)]
#[diesel(table_name = notes)]
struct Note {
    id: String,
    text: String,
}

/// `GET /notes`: the notes of the session's organization.
async fn list(State(app): State<App>, scope: OrgScope) -> Result<Json<Vec<Note>>, StatusCode> {
    let mut conn = app.db.scoped(&scope).await.map_err(failed)?;
    let notes = scope.from(notes::table).select(Note::as_select()).order(notes::text);
    notes.load(&mut conn).await.map(Json).map_err(failed)
}

/// The fields of the form. `org_id` is not one of them, and a form that has it changes nothing by that.
#[derive(serde::Deserialize, Insertable)]
#[diesel(table_name = notes)]
struct NewNote {
    text: String,
}

/// `POST /notes`: a new note of the session's organization.
async fn add(State(app): State<App>, scope: OrgScope, Form(new): Form<NewNote>) -> Result<Redirect, StatusCode> {
    let mut conn = app.db.scoped(&scope).await.map_err(failed)?;
    scope.insert_into(notes::table).values(&new).execute(&mut conn).await.map_err(failed)?;
    Ok(Redirect::to("/notes"))
}

/// Returns the client's status, and writes the reason to the log.
fn failed(error: impl Into<tenancy::Error>) -> StatusCode {
    let error = error.into();
    tracing::error!(code = error.code(), "a statement failed");
    StatusCode::INTERNAL_SERVER_ERROR
}

/// `GET /`: a button for each person, or a form for a note. The form token shows that a form is the service's own.
async fn home(session: Option<Session>) -> Result<Html<String>, Rejection> {
    let Some(session) = session else {
        let button = |(person, _, slug)| format!("<button name=person value={person}>{person} of {slug}</button> ");
        let buttons: String = PEOPLE.map(button).concat();
        return Ok(Html(format!("<h1>Notes</h1><form method=post action=/sign-in>{buttons}</form>")));
    };
    let token = format!("<input type=hidden name={FORM_FIELD} value={}>", session.form_token()?);
    Ok(Html(format!(
        "<h1>Notes</h1><p><a href=/notes>All notes</a></p>\
         <form method=post action=/notes>{token}<input name=text> <button>Add</button></form>\
         <form method=post action=/sign-out>{token}<button>Sign out</button></form>"
    )))
}

#[derive(serde::Deserialize)]
struct SignIn {
    person: String,
}

/// `POST /sign-in`, for development: who presses the button is that person. `tenancy_gateway::oidc` verifies a provider's sign-in.
async fn sign_in(
    State(app): State<App>,
    before: Option<Session>,
    Form(form): Form<SignIn>,
) -> Result<impl IntoResponse, Rejection> {
    let proved = VerifiedIdentity {
        issuer: ISSUER.to_owned(),
        subject: form.person,
        authenticated_at: Some(SystemTime::now()),
        methods: Vec::new(),
        assurance: None,
        provider_session: None,
        id_token: None,
        refresh_token: None,
    };
    let (_session, cookie) = app.gateway.sessions().sign_in(&proved, before.as_ref(), None).await?;
    Ok((cookie, Redirect::to("/")))
}

/// `POST /sign-out`: ends the session.
async fn sign_out(State(app): State<App>, session: Session) -> Result<impl IntoResponse, Rejection> {
    Ok((app.gateway.sessions().end(&session).await?, Redirect::to("/")))
}
