//! A browser without a screen: cookies by host, redirects, forms.

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, Url, redirect::Policy};
use std::collections::BTreeMap;

/// One browser.
pub(crate) struct Browser {
    client: Client,
    service: Url,
    provider: String,
    /// Of a host, whatever its port, as browsers keep them.
    cookies: BTreeMap<(String, String), String>,
}

/// A page that was arrived at.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) at: Url,
}

impl Page {
    /// The value of the first hidden or typed field of a name.
    pub(crate) fn field(&self, name: &str) -> String {
        let at = self.text.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {}", self.text));
        let rest = &self.text[at..];
        let from = rest.find("value=\"").expect("a value") + 7;
        rest[from..].split('"').next().expect("its end").to_owned()
    }

    /// The ids of the invoices that the page links to.
    pub(crate) fn invoices(&self) -> Vec<i32> {
        let links = self.text.split("href=\"/invoices/").skip(1);
        links.map(|rest| rest.split('"').next().expect("its end").parse().expect("a number")).collect()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

impl Browser {
    pub(crate) fn new(service: &str, provider: &str) -> Browser {
        let client = Client::builder().redirect(Policy::none()).user_agent("Testfox/1").build().expect("a client");
        Browser::with(client, service, provider)
    }

    /// With a client of the test's own.
    pub(crate) fn with(client: Client, service: &str, provider: &str) -> Browser {
        let service = service.parse().expect("a URL");
        Browser { client, service, provider: provider.to_owned(), cookies: BTreeMap::new() }
    }

    pub(crate) fn address(&self, path: &str) -> Url {
        self.service.join(path).expect("a path")
    }

    /// Opens a path of the service and follows.
    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let at = self.address(path);
        self.follow(Method::GET, at, None).await
    }

    /// Posts a form to a path of the service, with the form token of the page at `from`, and follows.
    pub(crate) async fn post(&mut self, from: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get(from).await.field("form_token");
        let fields = [&[("form_token", token.as_str())], fields].concat();
        self.post_as_is(path, &fields).await
    }

    /// Posts exactly these fields.
    pub(crate) async fn post_as_is(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let at = self.address(path);
        self.follow(Method::POST, at, Some(form(fields))).await
    }

    /// Follows redirects, on the service and at the provider.
    pub(crate) async fn follow(&mut self, method: Method, address: Url, body: Option<String>) -> Page {
        let (mut method, mut at, mut body) = (method, address, body);
        for _ in 0..10 {
            let page = self.one(method, at.clone(), body.take()).await;
            let Some(to) = page.headers.get(LOCATION) else { return page };
            at = at.join(to.to_str().expect("text")).expect("an address");
            method = Method::GET;
        }
        panic!("redirected for ever, lastly to {at}")
    }

    /// One request, not followed.
    pub(crate) async fn one(&mut self, method: Method, at: Url, body: Option<String>) -> Page {
        let mut request = self.client.request(method.clone(), at.clone());
        let host = at.host_str().expect("a host").to_owned();
        let own = self.cookies.iter().filter(|((of, _), _)| *of == host);
        let line: Vec<String> = own.map(|((_, name), value)| format!("{name}={value}")).collect();
        if !line.is_empty() {
            request = request.header(COOKIE, line.join("; "));
        }
        if method == Method::POST {
            request = request.header(ORIGIN, at.origin().ascii_serialization());
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        }
        let answer = request.send().await.expect("an answer");
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
            assert!(cookie.contains("; Path=/") && !cookie.contains("Domain"), "{cookie}");
            assert!(cookie.len() < 4096, "browsers keep no longer one: {}", cookie.len());
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            let key = (host.clone(), name.to_owned());
            if value.is_empty() {
                self.cookies.remove(&key)
            } else {
                self.cookies.insert(key, value.to_owned())
            };
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Page { status, headers, text: answer.text().await.expect("text"), at }
    }

    /// The whole sign-in: to the provider, somebody's button, and back to `to`.
    pub(crate) async fn sign_in(&mut self, subject: &str, to: &str) -> Page {
        let page = self.get(&format!("/login?to={to}")).await;
        self.choose(&page, subject).await
    }

    /// Presses a button of the provider's page.
    pub(crate) async fn choose(&mut self, page: &Page, subject: &str) -> Page {
        assert!(page.at.as_str().starts_with(&self.provider), "not at the provider: {}", page.at);
        let fields = form(&[("request", &page.field("request")), ("user", subject)]);
        let at = format!("{}/authorize", self.provider).parse().expect("an address");
        self.follow(Method::POST, at, Some(fields)).await
    }

    pub(crate) async fn switch(&mut self, organization: &str) -> Page {
        self.post("/organizations", "/organizations/switch", &[("organization", organization)]).await
    }

    /// The cookies of the service.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|((_, one), _)| one == name).map(|(_, value)| value.as_str())
    }

    /// How many cookies of the service have names that begin like this.
    pub(crate) fn cookies_like(&self, beginning: &str) -> usize {
        self.cookies.keys().filter(|(_, name)| name.starts_with(beginning)).count()
    }

    /// A copy with the same cookies: what a thief, or an old tab, has.
    pub(crate) fn copy(&self) -> Browser {
        let mut copy = Browser::new(self.service.as_str(), &self.provider);
        copy.cookies.clone_from(&self.cookies);
        copy
    }
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
