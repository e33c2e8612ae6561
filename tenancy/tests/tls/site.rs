//! A gateway that is served on loopback, and a client that speaks HTTP/1.1 to it.

use crate::authority::{Authority, Pair};
use crate::support::folder::Folder;
use axum::Router;
use axum::routing::get;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tenancy_secrets::{FileSource, Scheme, SecretError, SecretRef, Secrets};
use tenancy_tls::{Clients, Listener, ListenerHandle, ServerTls, client_config};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) fn socket() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a port")
}

/// A volume with a certificate, its key and, where there are clients, their roots.
pub(crate) struct Volume {
    pub(crate) folder: Folder,
    generation: std::cell::Cell<u32>,
}

impl Volume {
    pub(crate) fn new() -> Volume {
        Volume { folder: Folder::new(), generation: std::cell::Cell::new(0) }
    }

    pub(crate) fn swap(&self, certificate: &str, key: &str, roots: &str) {
        let files = [("tls.crt", certificate, 0o440), ("tls.key", key, 0o440), ("ca.crt", roots, 0o440)];
        self.folder.swap(self.generation.get(), &files);
        self.generation.set(self.generation.get() + 1);
    }

    pub(crate) fn reference(&self, name: &str) -> SecretRef {
        self.folder.reference(name)
    }

    pub(crate) async fn load(&self, clients: Option<Clients>) -> Result<ServerTls, SecretError> {
        let builder = ServerTls::builder(self.reference("tls.crt"), self.reference("tls.key"));
        let builder = match clients {
            Some(clients) => builder.clients(clients, self.reference("ca.crt")),
            None => builder,
        };
        builder.load(&Secrets::new().with(Scheme::File, FileSource::polling(Duration::from_secs(60)))).await
    }
}

/// Its listener ends with it.
pub(crate) struct Site {
    pub(crate) authority: Authority,
    pub(crate) volume: Volume,
    pub(crate) tls: ServerTls,
    pub(crate) address: SocketAddr,
    pub(crate) handle: ListenerHandle,
}

impl Site {
    pub(crate) async fn serve(app: Router, clients: Option<Clients>) -> Site {
        Self::serve_with(app, clients, |listener| listener).await
    }

    pub(crate) async fn serve_with(
        app: Router,
        clients: Option<Clients>,
        settings: impl FnOnce(Listener) -> Listener,
    ) -> Site {
        let authority = Authority::new();
        let volume = Volume::new();
        let Pair { certificate, key } = authority.server();
        volume.swap(&certificate, &key, &authority.pem);
        let tls = volume.load(clients).await.expect("it is loaded");
        let socket = socket();
        let address = socket.local_addr().expect("bound");
        let listener = settings(Listener::tls(socket, tls.clone()));
        let handle = listener.handle();
        tokio::spawn(listener.serve(app));
        Site { authority, volume, tls, address, handle }
    }

    pub(crate) async fn hello() -> Site {
        Site::serve(Router::new().route("/", get(async || "hello")), None).await
    }

    pub(crate) fn client(&self) -> ClientConfig {
        client_config(&self.authority.pem, None).expect("roots")
    }

    pub(crate) async fn connect(&self, config: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
        connect(self.address, config).await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.handle.shut_down(Duration::ZERO);
    }
}

pub(crate) async fn connect(address: SocketAddr, config: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(address).await?).await
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// One request on a connection that stays open.
pub(crate) async fn ask<S>(stream: &mut S, request: &str) -> std::io::Result<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        text.extend_from_slice(&piece[..read]);
        let said = String::from_utf8_lossy(&text);
        let Some((head, body)) = said.split_once("\r\n\r\n") else { continue };
        let status = head[9..12].parse().expect("a status");
        let answer = Answer { status, head: head.to_owned(), body: body.to_owned() };
        let length = answer.header("content-length").map_or(0, |length| length.parse().expect("a number"));
        if request.starts_with("HEAD") || body.len() >= length {
            return Ok(answer);
        }
    }
}

pub(crate) const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
