//! What is refused, and what the answer gives away.

use crate::browser::form;
use crate::on_each_database;
use crate::world::World;
use reqwest::Method;

on_each_database!(
    a_foreign_invoice_is_answered_like_an_absent_one,
    a_foreign_customer_is_answered_like_an_absent_one,
    a_form_of_elsewhere_changes_nothing,
    a_form_of_before_a_switch_is_out_of_date,
);

async fn a_foreign_invoice_is_answered_like_an_absent_one(world: World) {
    let foreign = world.signed_in("bo").await.get("/invoices").await.invoices()[0];
    let mut browser = world.signed_in("ada").await;
    let own = browser.get("/invoices").await.invoices()[0];
    assert_eq!(browser.get(&format!("/invoices/{own}")).await.status, 200);
    let foreign_page = browser.get(&format!("/invoices/{foreign}")).await;
    for absent in ["999999", "0", "-1", "99999999999", "x"] {
        let page = browser.get(&format!("/invoices/{absent}")).await;
        assert_eq!((page.status, &page.text), (404, &foreign_page.text), "{absent}");
    }
    assert_eq!(foreign_page.status, 404);
    assert_eq!(browser.get("/no/such/page").await.text, foreign_page.text);
    // Nor can it be paid: the first answer is looked at, before any redirect.
    let token = browser.get("/settings").await.field("form_token");
    let mut pay = async |id: i32| {
        let at = browser.address(&format!("/invoices/{id}/pay"));
        let page = browser.one(Method::POST, at, Some(form(&[("form_token", &token)]))).await;
        (page.status, page.text)
    };
    let foreign_answer = pay(foreign).await;
    assert_eq!(foreign_answer.0, 404);
    assert_eq!(foreign_answer, pay(999_999).await);
    assert_eq!(pay(own).await.0, 303);
    let theirs = world.signed_in("bo").await.get(&format!("/invoices/{foreign}")).await;
    assert!(theirs.text.contains("<dd>open</dd>"), "{}", theirs.text);
}

async fn a_foreign_customer_is_answered_like_an_absent_one(world: World) {
    let foreign = crate::pages::customer_of(&world.signed_in("bo").await.get("/invoices").await.text, "Velo Kontor");
    let mut browser = world.signed_in("ada").await;
    let mut write = async |customer: &str| {
        let fields =
            [("customer", customer), ("number", "1"), ("period", "2026-11"), ("amount", "1"), ("currency", "EUR")];
        let page = browser.post("/invoices", "/invoices", &fields).await;
        (page.status, page.text)
    };
    let foreign = write(&foreign).await;
    assert_eq!(foreign.0, 404);
    assert_eq!(foreign, write("999999").await);
}

async fn a_form_of_elsewhere_changes_nothing(world: World) {
    let mut browser = world.signed_in("ada").await;
    let token = browser.get("/customers").await.field("form_token");
    let other = world.signed_in("bo").await.get("/customers").await.field("form_token");
    let named = |token: &str| form(&[("form_token", token), ("name", "Planted")]);
    for body in [form(&[("name", "Planted")]), named(""), named("x"), named(&other)] {
        let at = browser.address("/customers");
        let page = browser.one(Method::POST, at, Some(body)).await;
        assert!(page.status == 403 && page.text.contains("out of date"), "{}", page.text);
    }
    // The right token from another site.
    let cookie = format!("__Host-tenancy={}", browser.cookie("__Host-tenancy").unwrap());
    let client = reqwest::Client::new();
    let post = |origin: &str| {
        let request = client.post(browser.address("/customers")).header("cookie", &cookie).header("origin", origin);
        request.header("content-type", "application/x-www-form-urlencoded").body(named(&token))
    };
    for origin in ["https://evil.example", "http://localhost", "null", world.service.provider().unwrap()] {
        assert_eq!(post(origin).send().await.unwrap().status(), 403, "{origin}");
    }
    for path in ["/sign-out", "/sign-out/everywhere", "/organizations/switch", "/isolation/claim", "/settings/end"] {
        assert_eq!(browser.post_as_is(path, &[("organization", "freewheel")]).await.status, 403, "{path}");
    }
    assert!(!browser.get("/customers").await.text.contains("Planted"));
}

async fn a_form_of_before_a_switch_is_out_of_date(world: World) {
    let mut browser = world.acting("cleo", "harbour-trading").await;
    let token = browser.get("/customers").await.field("form_token");
    browser.switch("freewheel").await;
    let page = browser.post_as_is("/customers", &[("form_token", &token), ("name", "Late <b>")]).await;
    // What was typed is not lost, and nobody guesses for whom it was meant.
    assert!(page.status == 409 && page.text.contains("Late &lt;b&gt;"), "{}", page.text);
    assert!(page.text.contains("href=\"/customers\"") && !page.text.contains(&token), "{}", page.text);
    assert!(!browser.get("/customers").await.text.contains("Late"));
    browser.switch("harbour-trading").await;
    assert!(!browser.get("/customers").await.text.contains("Late"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_carries_the_policy_and_no_script() {
    let world = World::on_sqlite().await;
    let mut browser = world.browser();
    let mut pages = vec![browser.get("/").await, browser.get("/invoices").await, browser.get("/nothing").await];
    browser.sign_in("ada", "/").await;
    for path in ["/invoices", "/customers", "/roll-up", "/isolation", "/settings", "/organizations", "/invoices/999999"]
    {
        pages.push(browser.get(path).await);
    }
    for page in pages {
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "style-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{} {policy}", page.at);
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
        assert!(page.header("content-type").starts_with("text/html"), "{}", page.at);
        assert_eq!(page.header("cache-control"), "no-store", "{}", page.at);
        assert!(!page.text.contains("<script") && !page.text.contains("style=\"") && page.text.contains("lang=\"en\""));
        assert!(page.text.contains("color-scheme"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_there_is_nothing_but_the_sign_in() {
    let world = World::on_sqlite().await;
    let mut browser = world.browser();
    for path in ["/invoices", "/invoices/1", "/customers", "/roll-up", "/isolation", "/settings", "/organizations"] {
        let page = browser.get(path).await;
        assert!(page.status == 401 && page.text.contains("Sign in"), "{path}");
        assert!(page.invoices().is_empty());
    }
    // A host of somebody else's, who points a name at this machine.
    let client = reqwest::Client::new();
    let rebound = client.get(browser.address("/")).header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), 400);
}

/// 7.6.2: a provider that knows the browser would finish a sign-in without asking anybody.
#[tokio::test(flavor = "multi_thread")]
async fn another_sites_link_begins_no_sign_in() {
    let world = World::on_sqlite().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let asked = async |site: Option<&str>| {
        let request = client.get(world.browser().address("/login?to=/customers"));
        let request = site.into_iter().fold(request, |request, site| request.header("sec-fetch-site", site));
        let answer = request.send().await.expect("an answer");
        let begun = answer.headers().contains_key("location") && answer.headers().contains_key("set-cookie");
        (answer.status().as_u16(), begun, answer.text().await.expect("text"))
    };
    for elsewhere in ["cross-site", "same-site", "something-new"] {
        let (status, begun, text) = asked(Some(elsewhere)).await;
        assert!(status == 200 && !begun && text.contains("href=\"/login?to=%2Fcustomers\""), "{elsewhere}: {text}");
    }
    for own in [Some("same-origin"), Some("none"), None] {
        let (status, begun, _) = asked(own).await;
        assert!(status == 303 && begun, "{own:?}");
    }
}

/// A page of another site leads a hundred times to where cookies of sign-ins are given. None is, and where a browser has too many
/// the session stays.
#[tokio::test(flavor = "multi_thread")]
async fn another_sites_page_plants_no_cookies() {
    let world = World::on_sqlite().await;
    let mut ada = world.signed_in("ada").await;
    let session = ada.cookie("__Host-tenancy").expect("a session").to_owned();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let asked = async |path: &str, site: &str, cookies: &str| {
        let request =
            client.get(format!("{}{path}", world.url())).header("sec-fetch-site", site).header("cookie", cookies);
        request
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .send()
            .await
            .expect("an answer")
    };
    let own = format!("__Host-tenancy={session}");
    for path in ["/settings/prove", "/login"] {
        for site in ["cross-site", "same-site"] {
            let answer = asked(path, site, &own).await;
            assert!(answer.status() == 200 && !answer.headers().contains_key("set-cookie"), "{path} {site}");
            assert!(answer.text().await.expect("text").contains(&format!("href=\"{path}")), "{path}");
        }
    }
    // A few in a browser; the oldest go.
    for _ in 0..9 {
        ada.one(Method::GET, ada.address("/settings/prove"), None).await;
    }
    assert_eq!(ada.cookies_like("__Host-billing-login-"), 3);
    // Too many all the same: of an older version, or of a test's making.
    let planted = (0..99).map(|at| format!("; __Host-billing-login-{at:016}={}", "x".repeat(100)));
    let answer = asked("/invoices", "none", &planted.fold(own.clone(), |all, one| all + &one)).await;
    assert_eq!(answer.status(), 431);
    let taken: Vec<_> =
        answer.headers().get_all("set-cookie").iter().map(|one| one.to_str().expect("text").to_owned()).collect();
    assert_eq!(taken.len(), 50, "as many as clients read");
    let gone = |one: &String| one.starts_with("__Host-billing-login-") && one.contains("Max-Age=0");
    assert!(taken.iter().all(gone), "{taken:?}");
    let text = answer.text().await.expect("text");
    assert!(text.contains("load the page again") && text.contains("stay signed in"), "{text}");
    assert_eq!(ada.get("/invoices").await.status, 200);
}

/// `http://127.0.0.1` reaches the service and is not where it is: the page says where that is, and its button leads there.
#[tokio::test(flavor = "multi_thread")]
async fn another_host_is_told_where_the_service_is() {
    let world = World::on_sqlite().await;
    let port = world.browser().address("/").port().expect("a port");
    let answer = reqwest::get(format!("http://127.0.0.1:{port}/invoices?x=1")).await.expect("an answer");
    assert_eq!(answer.status(), 400);
    let text = answer.text().await.expect("text");
    let there = format!("href=\"{}\"", world.url());
    assert!(text.contains(&there) && !text.contains("127.0.0.1"), "{text}");
}

/// Strangers and people without an organization are told what is so for them.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_what_is_so() {
    let world = World::on_sqlite().await;
    let page = world.browser().get("/no/such/page").await;
    assert!(page.status == 404 && !page.text.contains("your organization"), "{}", page.text);
    let page = world.signed_in("dag").await.get("/invoices").await;
    assert!(page.status == 409 && page.text.contains("act for none at the moment"), "{}", page.text);
    assert!(page.text.contains("href=\"/organizations\""), "{}", page.text);
}
