//! A gRPC server on the loopback interface: SpiceDB's services in front of the library, or answers of a script.

use crate::library::Library;
use bytes::{Buf, BufMut, Bytes};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt as _};
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Response, Status, Streaming};

/// The pre-shared key.
pub(crate) const KEY: &str = "a-key-of-the-tests";

/// What the server does with a call.
pub(crate) enum Script {
    /// Asks the library.
    Forward,
    /// Asks the library, and keeps its answer until it is notified.
    Hold(Arc<Notify>),
    /// Asks the library once it is notified.
    Delay(Arc<Notify>),
    /// Asks the library, and answers with an error instead of its answer.
    Lose(Status),
    Never,
    Reply(Bytes),
    /// A stream of messages, and what ends it.
    Stream(Vec<Bytes>, End),
    Fail(Status),
    /// Closes the connection.
    Cut,
}

pub(crate) enum End {
    Complete,
    Fail(Status),
    Cut,
}

/// Decides by the method's name and the message.
pub(crate) type Decide = Box<dyn Fn(&str, &Bytes) -> Script + Send + Sync>;

struct Shared {
    library: Option<Library>,
    decide: Mutex<Arc<Decide>>,
    calls: Mutex<HashMap<String, usize>>,
}

/// A running server. It ends when it is dropped.
pub(crate) struct Front {
    shared: Arc<Shared>,
    pub(crate) port: u16,
    task: tokio::task::JoinHandle<()>,
}

impl Front {
    /// In front of a new SpiceDB.
    pub(crate) async fn of_library() -> Self {
        Self::serve(Some(Library::start()), Box::new(|_, _| Script::Forward), None).await
    }

    /// With answers of a script.
    pub(crate) async fn scripted(decide: impl Fn(&str, &Bytes) -> Script + Send + Sync + 'static) -> Self {
        Self::serve(None, Box::new(decide), None).await
    }

    pub(crate) async fn over_tls(tls: rustls::ServerConfig) -> Self {
        Self::serve(Some(Library::start()), Box::new(|_, _| Script::Forward), Some(tls)).await
    }

    async fn serve(library: Option<Library>, decide: Decide, tls: Option<rustls::ServerConfig>) -> Self {
        let shared = Shared { library, decide: Mutex::new(Arc::new(decide)), calls: Mutex::default() };
        let shared = Arc::new(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let tls = tls.map(|config| tokio_rustls::TlsAcceptor::from(Arc::new(config)));
        let of = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            // Aborted with this task, so that a dropped server closes its connections.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).expect("a connection");
                let (shared, tls) = (Arc::clone(&of), tls.clone());
                connections.spawn(async move {
                    match tls {
                        None => connection(stream, shared).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                connection(stream, shared).await;
                            }
                        }
                    }
                });
            }
        });
        Self { shared, port, task }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What happens to calls from here on.
    pub(crate) fn decide(&self, decide: impl Fn(&str, &Bytes) -> Script + Send + Sync + 'static) {
        *self.shared.decide.lock().expect("not poisoned") = Arc::new(Box::new(decide));
    }

    pub(crate) fn forward(&self) {
        self.decide(|_, _| Script::Forward);
    }

    /// How often a method was called.
    pub(crate) fn calls(&self, method: &str) -> usize {
        self.shared.calls.lock().expect("not poisoned").get(method).copied().unwrap_or_default()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, shared: Arc<Shared>) {
    let cut = Arc::new(Notify::new());
    let of = Arc::clone(&cut);
    let service = hyper::service::service_fn(move |request| {
        let (shared, cut) = (Arc::clone(&shared), Arc::clone(&of));
        async move { Ok::<_, Infallible>(serve(request, shared, cut).await) }
    });
    let serving =
        hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = serving => {}
        () = cut.notified() => {}
    }
}

type Messages = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

/// Every call, as one that streams: a reply of one message looks the same.
struct Call {
    path: String,
    shared: Arc<Shared>,
    cut: Arc<Notify>,
}

async fn serve(
    request: http::Request<hyper::body::Incoming>,
    shared: Arc<Shared>,
    cut: Arc<Notify>,
) -> http::Response<Body> {
    let path = request.uri().path().to_owned();
    tonic::server::Grpc::new(Raw).server_streaming(Call { path, shared, cut }, request).await
}

impl tonic::server::ServerStreamingService<Bytes> for Call {
    type Response = Bytes;
    type ResponseStream = Messages;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Messages>, Status>> + Send>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let Self { path, shared, cut } = self;
        let (path, shared, cut) = (path.clone(), Arc::clone(shared), Arc::clone(cut));
        Box::pin(async move { answered(&path, &shared, &cut, request).await.map(Response::new) })
    }
}

async fn answered(path: &str, shared: &Shared, cut: &Arc<Notify>, request: Request<Bytes>) -> Result<Messages, Status> {
    let key = request.metadata().get("authorization").and_then(|key| key.to_str().ok().map(str::to_owned));
    if key.as_deref() != Some(&format!("Bearer {KEY}")) {
        return Err(Status::unauthenticated("invalid preshared key"));
    }
    let (method, message) = (path.rsplit('/').next().unwrap_or_default().to_owned(), request.into_inner());
    *shared.calls.lock().expect("not poisoned").entry(method.clone()).or_default() += 1;
    let decide = Arc::clone(&shared.decide.lock().expect("not poisoned"));
    let script = decide(&method, &message);
    match script {
        Script::Forward => forwarded(shared, path, &method, message).await,
        Script::Hold(until) => {
            let reply = forwarded(shared, path, &method, message).await;
            until.notified().await;
            reply
        }
        Script::Delay(until) => {
            until.notified().await;
            forwarded(shared, path, &method, message).await
        }
        Script::Lose(status) => {
            drop(forwarded(shared, path, &method, message).await);
            Err(status)
        }
        Script::Never => std::future::pending().await,
        Script::Reply(reply) => Ok(Box::pin(tokio_stream::once(Ok(reply)))),
        Script::Stream(messages, end) => Ok(stream(messages, end, Arc::clone(cut))),
        Script::Fail(status) => Err(status),
        Script::Cut => {
            cut.notify_one();
            std::future::pending().await
        }
    }
}

fn stream(messages: Vec<Bytes>, end: End, cut: Arc<Notify>) -> Messages {
    let messages = tokio_stream::iter(messages.into_iter().map(Ok));
    match end {
        End::Complete => Box::pin(messages),
        End::Fail(status) => Box::pin(messages.chain(tokio_stream::once(Err(status)))),
        End::Cut => {
            let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, Status>>(1);
            tokio::spawn(async move {
                // What was sent before is on its way: the test reads it, or does not.
                tokio::task::yield_now().await;
                cut.notify_one();
                sender.closed().await;
            });
            Box::pin(messages.chain(tokio_stream::wrappers::ReceiverStream::new(receiver)))
        }
    }
}

async fn forwarded(shared: &Shared, path: &str, method: &str, message: Bytes) -> Result<Messages, Status> {
    let library = shared.library.as_ref().ok_or_else(|| Status::unimplemented("no library"))?;
    let function = match method {
        "CheckPermission" => "permissions_check_permission",
        "CheckBulkPermissions" => "permissions_check_bulk_permissions",
        "WriteRelationships" => "permissions_write_relationships",
        "DeleteRelationships" => "permissions_delete_relationships",
        "ReadSchema" => "schema_read_schema",
        "WriteSchema" => "schema_write_schema",
        _ => return streamed(&library.streams, path, message).await,
    };
    let reply = library.call(function, &message).await?;
    Ok(Box::pin(tokio_stream::once(Ok(reply))))
}

async fn streamed(socket: &str, path: &str, message: Bytes) -> Result<Messages, Status> {
    let socket = socket.to_owned();
    let connect = tower::service_fn(move |_: http::Uri| {
        let socket = socket.clone();
        async move { UnixStream::connect(socket).await.map(TokioIo::new) }
    });
    let endpoint = tonic::transport::Endpoint::from_static("http://socket");
    let channel =
        endpoint.connect_with_connector(connect).await.map_err(|error| Status::unavailable(error.to_string()))?;
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let path = path.parse().map_err(|_| Status::unimplemented("no such path"))?;
    let reply: Response<Streaming<Bytes>> = client.server_streaming(Request::new(message), path, Raw).await?;
    Ok(Box::pin(reply.into_inner()))
}

/// Messages as they are.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
