//! A browser without a screen: cookies, redirects by hand, forms.

use openidconnect::url::Url;
use std::collections::HashMap;
use std::time::Duration;

/// One browser. It keeps cookies for one provider, whatever their path.
pub struct Browser {
    client: reqwest::Client,
    cookies: HashMap<String, String>,
}

/// Where a browser came to: a page, or an address of ours that nobody listens on.
pub enum Arrival {
    Page(String),
    Ours(Url),
}

impl Browser {
    pub fn new() -> Browser {
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Browser { client: builder.timeout(Duration::from_secs(20)).build().unwrap(), cookies: HashMap::new() }
    }

    /// Follows redirects from `address` while they stay on its origin.
    pub async fn open(&mut self, address: Url) -> Arrival {
        self.send(address.clone(), |client, at| client.get(at)).await
    }

    /// Posts a form and follows.
    pub async fn submit(&mut self, address: Url, fields: &[(&str, &str)]) -> Arrival {
        let form = openidconnect::url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(address, |client, at| {
            client.post(at).header("content-type", "application/x-www-form-urlencoded").body(form.clone())
        })
        .await
    }

    async fn send(
        &mut self,
        address: Url,
        first: impl Fn(&reqwest::Client, Url) -> reqwest::RequestBuilder,
    ) -> Arrival {
        let mut request = first(&self.client, address.clone());
        let mut at = address.clone();
        for _ in 0..20 {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
            self.remember(&answer);
            if !answer.status().is_redirection() {
                return Arrival::Page(answer.text().await.unwrap());
            }
            at = at.join(answer.headers()["location"].to_str().unwrap()).unwrap();
            if at.origin() != address.origin() {
                return Arrival::Ours(at);
            }
            request = self.client.get(at.clone());
        }
        panic!("redirected for ever, lastly to {at}")
    }

    fn remember(&mut self, answer: &reqwest::Response) {
        for line in answer.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.into(), value.into())
            };
        }
    }
}

impl Arrival {
    /// The query of the address of ours.
    pub fn query(self) -> String {
        match self {
            Arrival::Ours(address) => address.query().unwrap_or_default().to_owned(),
            Arrival::Page(page) => panic!("arrived at a page of the provider's: {page}"),
        }
    }

    pub fn page(self) -> String {
        match self {
            Arrival::Page(page) => page,
            Arrival::Ours(address) => panic!("arrived at {address}"),
        }
    }
}
