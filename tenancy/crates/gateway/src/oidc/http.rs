//! The one HTTP client that speaks to a provider: no redirects, no proxies, bounded in time and size, JSON only.

use super::{ConfigError, DiscoveryError, FetchError, Limits, strict_json};
use openidconnect::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use openidconnect::url::{Host, Url};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::Certificate;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

/// The client.
pub(super) struct Http {
    client: reqwest::Client,
    answer: usize,
}

impl Http {
    /// Trusts `roots` alone, or the platform's.
    ///
    /// # Errors
    /// [`ConfigError::Roots`]: those that were given are no certificates. [`FetchError::NoTls`]: the platform's are not available.
    pub(super) fn new(limits: &Limits, roots: Option<Vec<Certificate>>) -> Result<Self, DiscoveryError> {
        let fault = match roots {
            Some(_) => DiscoveryError::Config(ConfigError::Roots),
            None => DiscoveryError::Document(FetchError::NoTls),
        };
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .dns_resolver(Arc::new(Names))
            .connect_timeout(limits.connect)
            .timeout(limits.request)
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .user_agent("tenancy-oidc");
        if let Some(roots) = roots {
            client = client.tls_certs_only(roots);
        }
        let client = client.build().map_err(|_| fault)?;
        Ok(Self { client, answer: limits.answer })
    }

    /// Gets a JSON document in which no object repeats a key.
    pub(super) async fn get(&self, url: &Url) -> Result<Vec<u8>, FetchError> {
        let request = openidconnect::http::Request::get(url.as_str())
            .header(ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| FetchError::Unreachable(origin(url)))?;
        let answer = self.send(request).await?;
        match answer.status().as_u16() {
            200 => Ok(answer.into_body()),
            other => Err(FetchError::Status(other)),
        }
    }

    /// Sends one request. An answer of any status but a redirect is given, if it is JSON of allowed size.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let place = request.uri().to_string();
        let request = reqwest::Request::try_from(request).map_err(|_| FetchError::Unreachable(place))?;
        let place = origin(request.url());
        let mut answer = self.client.execute(request).await.map_err(|error| fault(&error, &place))?;
        if answer.status().is_redirection() {
            return Err(FetchError::Redirect);
        }
        if answer.headers().contains_key(CONTENT_ENCODING) {
            return Err(FetchError::Encoding);
        }
        if answer.content_length().is_some_and(|length| length > self.answer as u64) {
            return Err(FetchError::TooLarge);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| fault(&error, &place))? {
            if body.len() + chunk.len() > self.answer {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        checked(&answer, &body)?;
        let mut built = openidconnect::http::Response::new(body);
        *built.status_mut() = answer.status();
        *built.headers_mut() = answer.headers().clone();
        Ok(built)
    }
}

/// One request of the `oauth2` crate to the token endpoint, with the status of its answer, which the crate keeps from its caller.
pub(super) struct OneExchange<'h> {
    http: &'h Http,
    status: AtomicU16,
}

impl<'h> OneExchange<'h> {
    pub(super) fn new(http: &'h Http) -> Self {
        Self { http, status: AtomicU16::new(0) }
    }

    /// Of the answer; 0 when there was none.
    pub(super) fn status(&self) -> u16 {
        self.status.load(Ordering::Relaxed)
    }
}

/// Boxed, so that a handler that awaits one may move between threads.
impl<'c> AsyncHttpClient<'c> for OneExchange<'_> {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.http.send(request).await;
            let status = match &answer {
                Ok(answer) => answer.status().as_u16(),
                Err(FetchError::Status(status)) => *status,
                Err(_) => 0,
            };
            self.status.store(status, Ordering::Relaxed);
            answer
        })
    }
}

/// The system's resolver, with an error of our own, which tells an unknown name from a machine that does not answer.
struct Names;

#[derive(Debug, thiserror::Error)]
#[error("the name is unknown")]
struct UnknownName;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| UnknownName)?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// An error page of a proxy is no JSON; its status says more than that.
fn checked(answer: &reqwest::Response, body: &[u8]) -> Result<(), FetchError> {
    let fault = if is_json(answer.headers()) {
        strict_json::check(body).err()
    } else {
        Some(strict_json::JsonError::Malformed)
    };
    match fault {
        None => Ok(()),
        Some(strict_json::JsonError::Malformed) if !answer.status().is_success() => {
            Err(FetchError::Status(answer.status().as_u16()))
        }
        Some(strict_json::JsonError::Malformed) => Err(FetchError::NotJson),
        Some(strict_json::JsonError::DuplicateKey) => Err(FetchError::DuplicateKey),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/jwk-set+json"].iter().any(|json| kind.eq_ignore_ascii_case(json))
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn fault(error: &reqwest::Error, place: &str) -> FetchError {
    let place = place.to_owned();
    if error.is_timeout() {
        return FetchError::Timeout;
    }
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(under) = cause {
        if under.is::<UnknownName>() {
            return FetchError::UnknownName(place);
        }
        if let Some(rustls::Error::InvalidCertificate(_)) = under.downcast_ref() {
            return FetchError::Untrusted(place);
        }
        // The source of an I/O error is that of the error in it, and not that error.
        let inner = under.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = inner.map_or_else(|| under.source(), |inner| Some(inner));
    }
    FetchError::Unreachable(place)
}

/// Whether an address may be used: https, or plain http on loopback where that was chosen; no user, no fragment.
pub(super) fn allowed(url: &Url, loopback: bool) -> bool {
    let plain = !url.username().is_empty() || url.password().is_some() || url.fragment().is_some();
    let on_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    !plain && (url.scheme() == "https" || (url.scheme() == "http" && loopback && on_loopback))
}
