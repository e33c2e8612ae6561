//! From a token to a scope, against the bare check of its signature. Both in turn, medians of their ratios.
//!
//!     cargo bench -p tenancy --features sqlite --bench split -- --max 1.2
#![allow(missing_docs, reason = "a program")]

#[path = "../../tests/split/forge.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod forge;

use axum::body::Body;
use axum::http::{Request, header};
use pasetors::keys::AsymmetricPublicKey;
use pasetors::token::{Public, UntrustedToken};
use pasetors::version4::{PublicToken, V4};
use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tenancy::OrgScope;
use tenancy::scope::{RequestBody, RequestContext, RequestGuard};
use tenancy_service::KeyRing;
use tenancy_service::{BoxFuture, Service, ServiceKeys, StatementSource, StatementSourceError};
use tower::ServiceExt as _;
use uuid::Uuid;

const ROUNDS: usize = 300;
/// Tokens a round; each side checks all of them.
const TOKENS: usize = 20;

struct Board(String);

impl StatementSource for Board {
    fn statements(&self) -> BoxFuture<'_, Result<Vec<String>, StatementSourceError>> {
        Box::pin(std::future::ready(Ok(vec![self.0.clone()])))
    }
}

fn main() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    let (root, key) = (forge::Key::of(1), forge::Key::of(2));
    let ring = KeyRing::new("gateway", "billing", [root.public()]);
    let statement = root.statement(&forge::stated(&[&key], 1, now));
    ring.accept(&statement, SystemTime::now()).expect("a statement");
    let authority = ring.authority();
    let tokens: Vec<String> = (0..TOKENS)
        .map(|number| {
            let mut said = forge::payload(Uuid::from_u128(number as u128 + 1).into(), now);
            said["exp"] = (now + 60).into();
            key.grant(&said, &forge::LIST)
        })
        .collect();

    let (footer, assertion) = (key.footer(), forge::LIST.assertion("billing"));
    let public = AsymmetricPublicKey::<V4>::try_from(&*key.public().to_string()).expect("a key");
    let bare = |token: &str| {
        let token = UntrustedToken::<Public, V4>::try_from(token).expect("a token");
        let verified = PublicToken::verify(&public, &token, Some(footer.as_bytes()), Some(&assertion));
        black_box(verified.expect("a signature"));
    };
    let request = RequestGuard::new();
    let context = RequestContext {
        method: "GET",
        authority: "billing.test",
        path_and_query: "/invoices",
        body: RequestBody::Bytes(b""),
        certificate: None,
    };
    let admit = |token: &str| drop(black_box(authority.admit(token, &context, &request).expect("a scope")));
    let (mut alone, mut whole, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (first, second) = (time(&tokens, bare), time(&tokens, admit));
        alone.push(first);
        whole.push(second);
        ratios.push(second.as_secs_f64() / first.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    let ratio = ratios[ROUNDS / 2];
    println!("signature alone {:>7.1} us", median(&mut alone));
    println!("token to scope  {:>7.1} us, ratio {ratio:.3}", median(&mut whole));
    println!("through the layer {:>5.1} us", through_the_layer(ring, statement, &tokens));
    let limit = std::env::args().skip_while(|argument| argument != "--max").nth(1);
    if let Some(limit) = limit.map(|limit| limit.parse::<f64>().expect("a number")) {
        assert!(ratio <= limit, "token to scope costs {ratio:.3} times the signature, more than {limit}");
    }
}

/// The time for one token.
fn time(tokens: &[String], check: impl Fn(&str)) -> Duration {
    let begun = Instant::now();
    tokens.iter().for_each(|token| check(token));
    begun.elapsed() / tokens.len() as u32
}

/// In microseconds.
fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}

/// A whole request through a router with the layer, in microseconds.
fn through_the_layer(ring: KeyRing, statement: String, tokens: &[String]) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let service = Service::builder(ServiceKeys::new(ring, Board(statement))).build();
    let handler = axum::routing::get(async |_: OrgScope| "");
    let router: axum::Router = axum::Router::new().route("/invoices", handler).layer(service.layer());
    let mut times = Vec::new();
    for number in 0..ROUNDS * 10 {
        let request = Request::builder().uri("/invoices").header(header::HOST, "billing.test");
        let request = request.header("tenancy-grant", &tokens[number % tokens.len()]).body(Body::empty());
        let begun = Instant::now();
        let answer = runtime.block_on(router.clone().oneshot(request.expect("a request"))).expect("an answer");
        times.push(begun.elapsed());
        assert_eq!(answer.status(), 200);
    }
    median(&mut times)
}
