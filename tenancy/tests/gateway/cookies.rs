//! C: the cookie. One, of one shape, or a refusal.

use crate::gateway::world::{COOKIE, World};
use axum::body::Body;
use axum::http::{Request, header};
use tenancy_gateway::RejectionReason;

on_both!(
    the_cookie_belongs_to_the_host_alone,
    two_cookies_of_the_name_are_refused,
    other_spellings_of_the_cookie_are_refused,
    malformed_values_never_pass,
    more_than_8_kib_of_cookies_are_refused,
    handlers_do_not_see_the_cookie,
    a_session_is_named_by_its_cookie_alone,
    random_cookies_never_pass,
);

/// 29 (3.3.1, 3.3.2, 3.3.3, 3.3.4): what browsers hold the cookie to.
async fn the_cookie_belongs_to_the_host_alone(world: World) {
    let mut browser = world.browser("alice").await;
    let set = browser.post("/renew", "").await.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    let (value, attributes) = set.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax");
    assert_eq!(value.len(), COOKIE.len() + 1 + 43);
    assert!(value.starts_with("__Host-"));
    let answer = browser.post("/sign-out", "").await;
    assert_eq!(
        answer.headers[header::SET_COOKIE],
        "__Host-tenancy=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
    assert_eq!(answer.headers["clear-site-data"], "\"cache\", \"cookies\", \"storage\"");
}

/// 27, 28: a sibling host tosses a cookie before or after ours; neither wins.
async fn two_cookies_of_the_name_are_refused(world: World) {
    let (alice, bob) = (world.browser("alice").await, world.browser("bob").await);
    let (ours, tossed) = (alice.cookie.clone().unwrap(), bob.cookie.clone().unwrap());
    for cookies in [
        vec![format!("{COOKIE}={ours}; {COOKIE}={tossed}")],
        vec![format!("{COOKIE}={tossed}; {COOKIE}={ours}")],
        vec![format!("{COOKIE}={ours}"), format!("{COOKIE}={tossed}")],
        vec![format!("{COOKIE}={ours}; {COOKIE}={ours}")],
        vec![format!("{COOKIE}={ours}; {COOKIE}")],
        vec![format!("{COOKIE}={ours};{COOKIE} ={tossed}")],
    ] {
        for path in ["/whoami", "/hello"] {
            sent(&world, path, &cookies).await.is(400, "Bad Request");
        }
    }
    // Ours between strangers' is found.
    sent(&world, "/whoami", &[format!("a=b; {COOKIE}={ours}; theme=dark")]).await.is(200, "alice");
}

async fn sent(world: &World, path: &str, cookies: &[String]) -> crate::gateway::world::Answer {
    let mut request = Request::builder().uri(path).header(header::HOST, "billing.test");
    for cookie in cookies {
        request = request.header(header::COOKIE, cookie);
    }
    world.stranger().send(request.body(Body::empty()).unwrap()).await
}

/// 28: browsers compare `__Host-` without case, so another case is another's cookie.
async fn other_spellings_of_the_cookie_are_refused(world: World) {
    let id = world.browser("alice").await.cookie.unwrap();
    for name in ["__host-tenancy", "__HOST-TENANCY", "__Host-Tenancy"] {
        for cookies in [format!("{name}={id}"), format!("{COOKIE}={id}; {name}={id}")] {
            sent(&world, "/whoami", &[cookies]).await.is(400, "Bad Request");
        }
    }
    // Without the prefix a cookie is not ours, and says nothing.
    for name in ["tenancy", "__Secure-tenancy", "__Host-tenancy-login", "x__Host-tenancy"] {
        sent(&world, "/whoami", &[format!("{name}={id}")]).await.is(401, "Unauthorized");
    }
}

/// 17, 28: a malformed cookie is never taken for none, and is taken away so that the next request is readable.
async fn malformed_values_never_pass(world: World) {
    let id = world.browser("alice").await.cookie.unwrap();
    for value in [
        String::new(),
        format!("\"{id}\""),
        format!("{id}="),
        format!("{id} "),
        format!(" {id}x"),
        id[1..].to_owned(),
        format!("{}%3D", &id[..40]),
        id.replace(|letter: char| letter.is_ascii_alphabetic(), "+"),
        "null".to_owned(),
        "00000000-0000-0000-0000-000000000000".to_owned(),
        "' OR 1=1 --".to_owned(),
    ] {
        // Blanks at the end belong to the header, not to the value.
        let expected = if value == format!("{id} ") { 200 } else { 400 };
        for path in ["/whoami", "/hello"] {
            let answer = sent(&world, path, &[format!("{COOKIE}={value}")]).await;
            assert_eq!(answer.status, expected, "{value}");
            if expected == 400 {
                assert!(answer.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
            }
        }
    }
    assert!(world.refused(RejectionReason::Cookie) >= 20);
}

/// 28 (3.3.5): a jar that overflows evicts sessions, so it is refused as a whole; the session's own cookie stays, because another
/// site's page may have had the others planted.
async fn more_than_8_kib_of_cookies_are_refused(world: World) {
    let id = world.browser("alice").await.cookie.unwrap();
    let ours = format!("{COOKIE}={id}");
    let fits = format!("a={}", "x".repeat(8 * 1024 - ours.len() - 2));
    sent(&world, "/whoami", &[ours.clone(), fits.clone()]).await.is(200, "alice");
    for (path, cookies) in
        [("/whoami", vec![ours.clone(), format!("{fits}x")]), ("/hello", vec![format!("{fits}{}", "x".repeat(100))])]
    {
        let answer = sent(&world, path, &cookies).await;
        answer.is(431, "Request Header Fields Too Large");
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
    }
    assert_eq!((world.refused(RejectionReason::Cookies), world.refused(RejectionReason::Cookie)), (2, 0));
}

/// A handler that logs its headers, or sends them on, gives no session away. Other cookies go on.
async fn handlers_do_not_see_the_cookie(world: World) {
    let id = world.browser("alice").await.cookie.unwrap();
    let answer = sent(&world, "/seen", &[format!("a=b; {COOKIE}={id}; c=d")]).await;
    assert!(answer.body.contains("cookie: a=b; c=d\n") && !answer.body.contains(&id), "{}", answer.body);
    let answer = sent(&world, "/seen", &[format!("{COOKIE}={id}")]).await;
    assert!(!answer.body.contains("cookie"), "{}", answer.body);
}

/// Wherever else an id is put, as some frameworks look for it there: it is no session, with another's cookie neither.
async fn a_session_is_named_by_its_cookie_alone(world: World) {
    let (alice, bob) = (world.browser("alice").await.cookie.unwrap(), world.browser("bob").await.cookie.unwrap());
    let named = format!("{COOKIE}={bob}");
    for (name, value) in [
        ("cookie2", named.as_str()),
        ("x-cookie", &named),
        ("set-cookie", &named),
        ("_cookie", &named),
        ("x-session-id", &bob),
        ("session", &bob),
        (COOKIE, &bob),
        ("authorization", &format!("Session {bob}")),
        ("authorization", &format!("Basic {bob}")),
        ("proxy-authorization", &format!("Bearer {bob}")),
        ("sec-websocket-protocol", &bob),
    ] {
        let request = || Request::builder().header(header::HOST, "billing.test").header(name, value);
        let alone = request().uri(format!("/whoami?{named}&session={bob}&access_token={bob}"));
        let mut stranger = world.stranger();
        stranger.send(alone.body(Body::empty()).unwrap()).await.is(401, "Unauthorized");
        let beside = request().uri(format!("/invoices?{named}")).header(header::COOKIE, format!("{COOKIE}={alice}"));
        stranger.send(beside.body(Body::empty()).unwrap()).await.is(200, "acme-1");
    }
}

/// 17: cookies that resemble ours.
async fn random_cookies_never_pass(world: World) {
    let id = world.browser("alice").await.cookie.unwrap();
    let mut dice = fastrand::Rng::with_seed(7);
    for _ in 0..200 {
        let mut cookie = format!("{COOKIE}={id}").into_bytes();
        for _ in 0..dice.usize(1..4) {
            let at = dice.usize(..cookie.len());
            match dice.u8(..3) {
                0 => cookie[at] = dice.u8(32..127),
                1 => drop(cookie.remove(at)),
                _ => cookie.insert(at, dice.u8(32..255)),
            }
        }
        let Ok(value) = axum::http::HeaderValue::from_bytes(&cookie) else { continue };
        let same = cookie.trim_ascii_end() == format!("{COOKIE}={id}").as_bytes();
        let mut request = Request::builder().uri("/whoami").header(header::HOST, "billing.test");
        request = request.header(header::COOKIE, value);
        let status = world.stranger().send(request.body(Body::empty()).unwrap()).await.status;
        // A separator beside our cookie leaves it as it is.
        let beside =
            cookie.split(|byte| *byte == b';').any(|one| one.trim_ascii() == format!("{COOKIE}={id}").as_bytes());
        assert!(status == 400 || status == 401 || same || beside, "{status} {:?}", String::from_utf8_lossy(&cookie));
    }
}
