//! The reverse proxy: one grant for one request, and both on to the service.

use super::client_certificate::ShownCertificate;
use super::headers;
use super::pool::{Connections, Failed, Pool};
use super::signing_keys::SigningKeys;
use super::upstream::Upstream;
use crate::Gateway;
use crate::request::extract;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, Uri, header, request::Parts};
use axum::response::{IntoResponse as _, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Limited};
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tenancy::scope::{Grant, RequestBody, RequestContext};
use tenancy_service::__private::body;
use tenancy_service::__private::metrics::Event;
use tenancy_service::__private::rejection::{Rejection, RejectionReason};
use tenancy_service::BoxFuture;

/// How long to wait for a connection.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// Passes requests on to services, each with a grant. From [`Gateway::proxy`]; cloning it is cheap.
#[derive(Clone)]
pub struct Proxy {
    keys: SigningKeys,
    connections: Arc<dyn Connections>,
}

impl Gateway {
    /// A reverse proxy that grants with these keys, over plain HTTP: see [`Upstream`] for where that is allowed.
    pub fn proxy(&self, keys: SigningKeys) -> Proxy {
        self.proxy_over(keys, tcp())
    }

    /// A reverse proxy that reaches services through `connector`, for instance a mesh's. It is asked for the addresses of the
    /// [`Upstream`]s: `http://`, and `https://` for those over TLS. One that shows a certificate says which:
    /// [`ShownCertificate`](super::ShownCertificate).
    pub fn proxy_over<C, T>(&self, keys: SigningKeys, connector: C) -> Proxy
    where
        C: tower_service::Service<Uri, Response = T> + Clone + Send + Sync + 'static,
        C::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        C::Future: Send,
        T: Read + Write + Connection + Unpin + Send + 'static,
    {
        Proxy { keys, connections: Arc::new(Pool::over(connector)) }
    }
}

pub(super) fn tcp() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT));
    connector.set_nodelay(true);
    connector
}

impl Proxy {
    /// What passes a route's requests on to this service: `Router::new().route_service("/invoices", proxy.to(billing))`, under
    /// [`Gateway::layer`]. Without that layer every request is `500`.
    pub fn to(&self, upstream: Upstream) -> Forward {
        Forward { proxy: self.clone(), upstream: Arc::new(upstream) }
    }

    async fn pass(&self, upstream: &Upstream, request: Request) -> Result<Response, Rejection> {
        let (mut parts, body) = request.into_parts();
        let carried = extract::carried(&parts)?;
        let refuse = |reason| carried.inner().refuse(reason);
        // It would send the grant back to the client.
        if parts.method == Method::TRACE {
            return Err(refuse(RejectionReason::Method));
        }
        let wish = extract::wished(&carried, &mut parts, &()).await;
        let (bytes, body) = read(upstream, body).await.map_err(refuse)?;
        let (grant, _) = carried.grant(&upstream.audience, wish).await?;
        let decided = Instant::now();
        let context = RequestContext {
            method: parts.method.as_str(),
            authority: carried.authority(),
            path_and_query: path_and_query(&parts),
            body: bytes.as_deref().map_or(RequestBody::Streamed, RequestBody::Bytes),
            certificate: None,
        };
        let onward = onward(&parts, carried.authority(), body).ok_or_else(|| refuse(RejectionReason::Path))?;
        // No connection is made in vain.
        if !self.keys.is_ready() {
            return Err(refuse(RejectionReason::SigningKey));
        }
        let sign = |shown: Option<ShownCertificate>| {
            let certificate = shown.filter(|_| !upstream.ends_before).map(ShownCertificate::fingerprint);
            // The grant's life began when it was decided, not when a connection was available.
            let lifetime = grant.lifetime.checked_sub(Duration::from_secs(decided.elapsed().as_secs()))?;
            let grant = Grant { lifetime, ..grant.clone() };
            let token = self.keys.sign(&grant, &RequestContext { certificate, ..context })?;
            carried.inner().did(Event::Grant);
            sensitive(&token)
        };
        let answer = self.connections.send(&upstream.address, onward, &sign);
        answered(upstream, answer).await.map(back).map_err(refuse)
    }
}

/// The service's answer in its time, or why there is none.
async fn answered(
    upstream: &Upstream,
    answer: impl Future<Output = Result<Response, Failed>>,
) -> Result<Response, RejectionReason> {
    match tokio::time::timeout(upstream.answer_time, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(Failed::Unsigned)) => Err(RejectionReason::SigningKey),
        Ok(Err(Failed::Service(failure))) => {
            tracing::error!(target: "tenancy::gateway", audience = upstream.audience, %failure, "a service failed");
            Err(RejectionReason::Upstream)
        }
        Err(_) => Err(RejectionReason::UpstreamTime),
    }
}

/// The body's bytes, if the grant is to be bound to them, and the body for the service.
async fn read(upstream: &Upstream, body: Body) -> Result<(Option<Bytes>, Body), RejectionReason> {
    if upstream.streamed {
        // Trailers are headers that were not looked at.
        let data = Limited::new(body, upstream.body).map_frame(|frame| match frame.into_data() {
            Ok(data) => Frame::data(data),
            Err(_) => Frame::data(Bytes::new()),
        });
        return Ok((None, Body::new(data)));
    }
    let bytes = body::whole(body, upstream.body, upstream.body_time).await?;
    Ok((Some(bytes.clone()), Body::from(bytes)))
}

fn path_and_query(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("/", |path| path.as_str())
}

/// The request as it goes on: what is signed, and the headers that pass. The grant comes to it when its connection is known.
fn onward(parts: &Parts, authority: &str, body: Body) -> Option<Request> {
    let mut request = Request::new(body);
    *request.method_mut() = parts.method.clone();
    *request.uri_mut() = parts.uri.path_and_query().cloned().map_or_else(Uri::default, Uri::from);
    let headers = request.headers_mut();
    *headers = headers::inward(&parts.headers);
    headers.insert(header::HOST, HeaderValue::from_str(authority).ok()?);
    Some(request)
}

fn sensitive(token: &str) -> Option<HeaderValue> {
    let mut token = HeaderValue::from_str(token).ok()?;
    token.set_sensitive(true);
    Some(token)
}

/// A service's answer as the browser gets it.
fn back(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    parts.headers = headers::outward(&parts.headers);
    parts.extensions.clear();
    // Chunks or a length, as the gateway's own server writes them; trailers stay here.
    let length = body.size_hint().exact();
    parts.headers.remove(header::CONTENT_LENGTH);
    if let Some(length) = length.filter(|length| *length > 0) {
        parts.headers.insert(header::CONTENT_LENGTH, length.into());
    }
    let body = body.map_frame(|frame| match frame.into_data() {
        Ok(data) => Frame::data(data),
        Err(_) => Frame::data(Bytes::new()),
    });
    Response::from_parts(parts, Body::new(body))
}

/// A route's way to its service: a tower service, from [`Proxy::to`].
#[derive(Clone)]
pub struct Forward {
    proxy: Proxy,
    upstream: Arc<Upstream>,
}

impl tower_service::Service<Request> for Forward {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Self { proxy, upstream } = self.clone();
        Box::pin(async move {
            let answer = proxy.pass(&upstream, request).await;
            Ok(answer.unwrap_or_else(|refused| refused.into_response()))
        })
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl fmt::Debug for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forward").field("upstream", &self.upstream).finish_non_exhaustive()
    }
}
