//! The driver's bytes and the server's, cut in every way.

use super::super::context_sql::{SEPARATE_REQUEST, SET_CONTEXT};
use super::incoming::Incoming;
use super::outgoing::Outgoing;
use fastrand::Rng;
use std::collections::VecDeque;
use tokio::io::ReadBuf;

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind], length.as_slice(), body].concat()
}

fn parse(name: &str, text: &str) -> Vec<u8> {
    message(b'P', &[name.as_bytes(), b"\0", text.as_bytes(), b"\0\0\0"].concat())
}

fn bind(name: &str) -> Vec<u8> {
    message(b'B', &[b"\0", name.as_bytes(), b"\0\0\0\0\0\0\0"].concat())
}

fn sync() -> Vec<u8> {
    message(b'S', b"")
}

/// A connection's first message, which has no kind.
fn startup() -> Vec<u8> {
    message(b'!', b"user\0app\0\0")[1..].to_vec()
}

/// What goes out of what the driver writes in pieces of these lengths, and which requests were joined.
fn sent(bytes: &[u8], pieces: &[usize]) -> (Vec<u8>, Vec<u64>) {
    let (mut outgoing, mut joined) = (Outgoing::default(), VecDeque::new());
    for piece in cut(bytes, pieces) {
        outgoing.take(piece, &mut joined).unwrap();
    }
    (outgoing.ready.to_vec(), joined.into())
}

/// What the driver reads of what the server answers in pieces of these lengths, into buffers of these lengths.
fn read(bytes: &[u8], pieces: &[usize], room: &[usize], joined: &[u64]) -> Vec<u8> {
    let (mut incoming, mut joined) = (Incoming::default(), joined.iter().copied().collect());
    let mut read = Vec::new();
    let mut room = room.iter().cycle();
    let mut buffers = || vec![0; *room.next().unwrap()];
    for mut piece in cut(bytes, pieces) {
        loop {
            let mut storage = buffers();
            let mut buffer = ReadBuf::new(&mut storage);
            if incoming.keeps() {
                incoming.give(&mut buffer, &mut joined).unwrap();
            } else {
                if piece.is_empty() {
                    break;
                }
                let now = piece.len().min(buffer.remaining());
                buffer.put_slice(&piece[..now]);
                piece = &piece[now..];
                incoming.pass(&mut buffer, 0, &mut joined).unwrap();
            }
            read.extend_from_slice(buffer.filled());
        }
    }
    read
}

fn cut<'b>(mut bytes: &'b [u8], pieces: &[usize]) -> Vec<&'b [u8]> {
    let mut cut = Vec::new();
    for piece in pieces.iter().cycle() {
        if bytes.is_empty() {
            return cut;
        }
        let (now, rest) = bytes.split_at(bytes.len().min(*piece));
        cut.push(now);
        bytes = rest;
    }
    unreachable!("there is a piece")
}

fn lengths(dice: &mut Rng) -> Vec<usize> {
    (0..dice.usize(1..6)).map(|_| dice.usize(1..40)).collect()
}

/// Text, names and values that look like messages do not count as messages.
const HARD: &[u8] = b"S\0\0\0\x04Z\0\0\0\x05TC\0\0\0\x09E\0\0\0\x04";

#[derive(Clone, Copy, Debug)]
enum Asked {
    /// A token, and a statement in the same request.
    Armed,
    /// The same, when the server refuses the token.
    Refused,
    /// A statement.
    Statement,
    /// A token that is a request of its own.
    Alone,
}

const KINDS: [Asked; 4] = [Asked::Armed, Asked::Refused, Asked::Statement, Asked::Alone];

const READY: [u8; 6] = [b'Z', 0, 0, 0, 5, b'I'];
const MADE: [u8; 6] = [b'Z', 0, 0, 0, 5, b'T'];

impl Asked {
    /// What the driver writes, and what goes out.
    fn question(self) -> (Vec<u8>, Vec<u8>) {
        let execute = message(b'E', b"\0\0\0\0\0");
        let statement = [message(b'B', &[b"\0s7\0", HARD].concat()), execute.clone(), sync()].concat();
        let token = [bind("s1"), execute.clone()].concat();
        match self {
            Asked::Armed | Asked::Refused => {
                ([&token[..], &sync(), &statement].concat(), [&token[..], &statement].concat())
            }
            Asked::Statement => (statement.clone(), statement),
            Asked::Alone => {
                let alone =
                    [parse("", &format!("{SEPARATE_REQUEST}{SET_CONTEXT}")), bind(""), execute, sync()].concat();
                (alone.clone(), alone)
            }
        }
    }

    /// What the server answers, and what the driver reads.
    fn answer(self) -> (Vec<u8>, Vec<u8>) {
        let rows = [message(b'2', b""), message(b'D', HARD), message(b'C', b"SELECT 1\0")].concat();
        let end = READY.to_vec();
        match self {
            Asked::Armed => ([&rows[..], &rows, &end].concat(), [&rows[..], &MADE, &rows, &end].concat()),
            Asked::Refused => {
                let error = message(b'E', HARD);
                ([&error[..], &end].concat(), [&error[..], &MADE, &end].concat())
            }
            Asked::Statement | Asked::Alone => ([&rows[..], &end].concat(), [&rows[..], &end].concat()),
        }
    }
}

#[test]
fn a_token_is_one_request_with_its_statement() {
    for seed in 0..3000 {
        let dice = &mut Rng::with_seed(seed);
        let begin = [startup(), parse("s1", SET_CONTEXT), sync()].concat();
        let (mut written, mut expected) = (begin.clone(), begin);
        // The begin of the connection, and the request that prepared the token's statement.
        let (mut answered, mut readable) = ([READY, READY].concat(), [READY, READY].concat());
        for _ in 0..dice.usize(0..8) {
            let one = KINDS[dice.usize(..KINDS.len())];
            let (question, goes) = one.question();
            written.extend(question);
            expected.extend(goes);
            let (answer, reads) = one.answer();
            answered.extend(answer);
            readable.extend(reads);
        }
        let (went, joined) = sent(&written, &lengths(dice));
        assert_eq!(went, expected, "seed {seed}");
        assert_eq!(read(&answered, &lengths(dice), &lengths(dice), &joined), readable, "seed {seed}");
    }
}

#[test]
fn a_token_without_a_name_is_joined_until_another_text_takes_its_place() {
    let token = [parse("", SET_CONTEXT), bind("")].concat();
    let other = [parse("", "SELECT 1"), bind(""), sync()].concat();
    let (went, joined) = sent(&[startup(), token.clone(), sync(), other.clone(), other.clone()].concat(), &[9]);
    assert_eq!(went, [startup(), token, other.clone(), other].concat());
    assert_eq!(joined, [1]);
}

#[test]
fn what_is_no_message_ends_the_connection() {
    let mut joined = VecDeque::new();
    assert!(Outgoing::default().take(&[0, 0, 0, 3], &mut joined).is_err());
    let mut storage = [b'Z', 0, 0, 0, 0];
    let mut buffer = ReadBuf::new(&mut storage);
    buffer.set_filled(5);
    assert!(Incoming::default().pass(&mut buffer, 0, &mut joined).is_err());
}
