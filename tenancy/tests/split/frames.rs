//! HTTP/2 by hand: it sends what no library lets one write.

use rustls::ClientConfig;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const GO_AWAY: u8 = 7;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// Names and values, in order, as they go over the wire: pseudo-headers too.
pub(crate) type Fields<'a> = &'a [(&'a [u8], &'a [u8])];

/// How the server ended a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Answered(u16, String),
    /// The stream alone.
    Reset(u32),
    /// The whole connection.
    GoneAway(u32),
    Closed,
}

impl End {
    /// The status, if there was an answer.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            End::Answered(status, _) => Some(*status),
            _ => None,
        }
    }
}

/// A connection over TLS that speaks HTTP/2.
pub(crate) struct Frames {
    stream: TlsStream<TcpStream>,
    next: u32,
}

impl Frames {
    pub(crate) async fn connect(address: SocketAddr, mut config: ClientConfig) -> Frames {
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = crate::tls::site::connect(address, config).await.expect("connected");
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]), "it is offered");
        let mut frames = Frames { stream, next: 1 };
        frames.stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.expect("written");
        // Answers without a table: each says its status in full.
        frames.write(SETTINGS, 0, 0, &[0, 1, 0, 0, 0, 0]).await;
        frames
    }

    async fn write(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
        let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
        // The server may have closed already: what it said is read all the same.
        let _ = self.stream.write_all(&[&head, payload].concat()).await;
    }

    /// One request; the body in frames of 3 bytes, if there is one, and then the trailers.
    pub(crate) async fn ask(&mut self, fields: Fields<'_>, body: Option<&[u8]>, trailers: Fields<'_>) -> End {
        let stream = self.next;
        self.next += 2;
        let last = |is: bool| if is { END_STREAM } else { 0 };
        let ends = body.is_none() && trailers.is_empty();
        self.write(HEADERS, END_HEADERS | last(ends), stream, &block(fields)).await;
        let pieces: Vec<&[u8]> = body.unwrap_or_default().chunks(3).collect();
        for (at, piece) in pieces.iter().enumerate() {
            self.write(DATA, last(at + 1 == pieces.len() && trailers.is_empty()), stream, piece).await;
        }
        if body.is_some_and(<[u8]>::is_empty) && trailers.is_empty() {
            self.write(DATA, END_STREAM, stream, &[]).await;
        }
        if !trailers.is_empty() {
            self.write(HEADERS, END_HEADERS | END_STREAM, stream, &block(trailers)).await;
        }
        let _ = self.stream.flush().await;
        tokio::time::timeout(Duration::from_secs(20), self.end(stream)).await.expect("an end")
    }

    async fn end(&mut self, asked: u32) -> End {
        let (mut status, mut body) = (0, Vec::new());
        loop {
            let Some((kind, flags, stream, payload)) = self.read().await else { return End::Closed };
            let number =
                |at: usize| payload.get(at..at + 4).map_or(0, |four| u32::from_be_bytes(four.try_into().unwrap()));
            match kind {
                SETTINGS if flags == 0 => self.write(SETTINGS, 1, 0, &[]).await,
                GO_AWAY => return End::GoneAway(number(4)),
                RESET if stream == asked => return End::Reset(number(0)),
                HEADERS if stream == asked => status = status_of(&payload),
                DATA if stream == asked => body.extend_from_slice(&payload),
                _ => {}
            }
            if stream == asked && (kind == HEADERS || kind == DATA) && flags & END_STREAM != 0 {
                return End::Answered(status, String::from_utf8_lossy(&body).into_owned());
            }
        }
    }

    async fn read(&mut self) -> Option<(u8, u8, u32, Vec<u8>)> {
        let mut head = [0; 9];
        self.stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        self.stream.read_exact(&mut payload).await.ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        Some((head[3], head[4], stream, payload))
    }
}

/// Literals without a table and without Huffman's code: any byte may stand in them.
fn block(fields: Fields<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        out.push(0);
        for text in [name, value] {
            length(text.len(), &mut out);
            out.extend_from_slice(text);
        }
    }
    out
}

/// An integer with a prefix of seven bits (RFC 7541, 5.1).
fn length(mut length: usize, out: &mut Vec<u8>) {
    if length < 127 {
        out.push(length as u8);
        return;
    }
    out.push(127);
    length -= 127;
    while length >= 128 {
        out.push((length % 128) as u8 | 128);
        length /= 128;
    }
    out.push(length as u8);
}

/// The status, which comes first: indexed, or three digits in Huffman's code or plain.
fn status_of(block: &[u8]) -> u16 {
    // The size of the table, which we set.
    let block = &block[block.iter().take_while(|byte| **byte & 0xe0 == 0x20).count()..];
    let known = [200, 204, 206, 304, 400, 404, 500];
    match *block {
        [byte @ 0x88..=0x8e, ..] => known[usize::from(byte - 0x88)],
        [0x08 | 0x18 | 0x48, length, ref rest @ ..] if length & 0x80 == 0 => {
            std::str::from_utf8(&rest[..usize::from(length)]).unwrap().parse().unwrap()
        }
        [0x08 | 0x18 | 0x48, length, ref rest @ ..] => {
            let bits: String = rest[..usize::from(length & 0x7f)].iter().map(|byte| format!("{byte:08b}")).collect();
            digits(&bits)
        }
        _ => panic!("no status first: {block:?}"),
    }
}

/// 0, 1 and 2 are their number in five bits, the others 22 more than their number in six.
fn digits(mut bits: &str) -> u16 {
    let mut number = 0;
    for _ in 0..3 {
        let five = u16::from_str_radix(&bits[..5], 2).unwrap();
        let (digit, width) = if five <= 2 { (five, 5) } else { (u16::from_str_radix(&bits[..6], 2).unwrap() - 22, 6) };
        number = number * 10 + digit;
        bits = &bits[width..];
    }
    number
}
