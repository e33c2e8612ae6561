//! A network with a fixed latency: bytes are handed on some time after they came. The threads sleep for most of it, so that they
//! leave the cores to client and server, and watch the clock at the end, because timers are coarser than that.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How late a timer may be.
const TIMER: Duration = Duration::from_micros(80);

/// The URL with a line in between that takes so long each way.
pub fn delayed(url: &str, one_way: Duration) -> String {
    let place = url.rsplit_once('@').expect("a password").1.split_once('/').expect("a database").0.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let server = place.clone();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(&server).expect("the server answers");
            for end in [&client, &server] {
                end.set_nodelay(true).expect("a socket");
            }
            let clone = |end: &TcpStream| end.try_clone().expect("a socket");
            carry(clone(&client), clone(&server), one_way);
            carry(server, client, one_way);
        }
    });
    url.replacen(&place, &format!("127.0.0.1:{port}"), 1)
}

fn carry(mut from: TcpStream, mut to: TcpStream, one_way: Duration) {
    let (sent, received) = channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if sent.send((Instant::now() + one_way, buffer[..read].to_vec())).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        let mut waiting: VecDeque<(Instant, Vec<u8>)> = VecDeque::new();
        loop {
            if waiting.is_empty() {
                match received.recv() {
                    Ok(bytes) => waiting.push_back(bytes),
                    Err(_) => return,
                }
            }
            match received.try_recv() {
                Ok(bytes) => waiting.push_back(bytes),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
            }
            let Some((due, _)) = waiting.front() else { continue };
            let left = due.saturating_duration_since(Instant::now());
            if left > TIMER {
                thread::sleep(left - TIMER);
                continue;
            }
            if !left.is_zero() {
                std::hint::spin_loop();
                continue;
            }
            let (_, bytes) = waiting.pop_front().expect("it was there");
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
    });
}
