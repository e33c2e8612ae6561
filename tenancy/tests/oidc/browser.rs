//! A browser without a screen: cookies, redirects by hand, forms.

use openidconnect::url::Url;
use std::collections::HashMap;
use std::time::Duration;

/// One browser. It keeps cookies for one provider, whatever their path.
pub struct Browser {
    client: reqwest::Client,
    cookies: HashMap<String, String>,
    /// The last address that was asked for.
    at: Option<Url>,
}

/// Where a browser came to: a page, or an address of ours that nobody listens on.
pub enum Arrival {
    Page(String),
    Ours(Url),
}

impl Browser {
    pub fn new() -> Browser {
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Browser { client: builder.timeout(Duration::from_secs(20)).build().unwrap(), cookies: HashMap::new(), at: None }
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

    /// Opens an address, and fills in what each page asks for until it is led to us: `fields` by their names, every other
    /// field as the page has it. `asked` counts the pages.
    pub async fn fill_in(&mut self, address: Url, fields: &[(&str, &str)]) -> Filled {
        let mut arrival = self.open(address).await;
        let mut asked = 0;
        loop {
            match arrival {
                Arrival::Ours(address) => return Filled { address, asked },
                Arrival::Page(page) => {
                    asked += 1;
                    assert!(asked < 8, "asked for ever: {page}");
                    let (action, form) = form(&page, fields);
                    let at = self.at.as_ref().expect("a page was opened").join(&action).unwrap();
                    let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                    arrival = self.submit(at, &form).await;
                }
            }
        }
    }

    async fn send(
        &mut self,
        address: Url,
        first: impl Fn(&reqwest::Client, Url) -> reqwest::RequestBuilder,
    ) -> Arrival {
        let mut request = first(&self.client, address.clone());
        let mut at = address.clone();
        for _ in 0..20 {
            self.at = Some(at.clone());
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

/// Where forms led in the end, and over how many pages.
pub struct Filled {
    pub address: Url,
    pub asked: usize,
}

/// The action and the fields of the first form with a field of these names; of the last form, when there is none.
fn form(page: &str, fields: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    let forms = page.split("<form").skip(1).map(|form| form.split("</form").next().unwrap_or_default());
    let mut read: Vec<(String, Vec<(String, String)>)> = forms
        .map(|form| {
            let tags = form.split('<').skip(1).filter(|tag| tag.starts_with("input") || tag.starts_with("button"));
            let named =
                tags.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())));
            (attribute(form, "action").unwrap_or_default(), named.collect())
        })
        .collect();
    let known = |name: &str| fields.iter().find(|(known, _)| *known == name);
    let asks = |form: &(String, Vec<(String, String)>)| form.1.iter().any(|(name, _)| known(name).is_some());
    let at = read.iter().position(asks).or(read.len().checked_sub(1));
    let (action, mut form) = read.swap_remove(at.unwrap_or_else(|| panic!("no form in {page}")));
    for (name, value) in &mut form {
        if let Some((_, ours)) = known(name) {
            *value = (*ours).to_owned();
        }
    }
    (action, form)
}

/// An attribute of the tag that the text begins with.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\"")).or_else(|| tag.split_once(&format!("\n{name}=\"")))?;
    Some(rest.split('"').next()?.replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", "\""))
}
