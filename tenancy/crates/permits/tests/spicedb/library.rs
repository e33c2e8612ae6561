//! The real SpiceDB in a process of its own, which `driver.py` runs.

use bytes::Bytes;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
use tonic::{Code, Status};

type Reply = Result<Bytes, Status>;

/// The calls that wait for a reply, by number.
type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Reply>>>>;

pub(crate) struct Library {
    process: Mutex<Child>,
    /// `None` once it is to end.
    calls: Mutex<Option<ChildStdin>>,
    waiting: Waiting,
    next: AtomicU64,
    /// The socket that serves the streams.
    pub(crate) streams: String,
}

impl Library {
    /// Fetches the library if it is missing, and starts it. A machine without it fails the test.
    pub(crate) fn start() -> Self {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let install = Command::new(tests.join("oracle/install.sh")).stderr(Stdio::inherit()).output();
        let installed = install.expect("install.sh");
        assert!(installed.status.success(), "SpiceDB is not available: see the message of install.sh");
        let library = String::from_utf8(installed.stdout).expect("a path");
        let mut process = Command::new("python3")
            .arg(tests.join("spicedb/driver.py"))
            .arg(library.trim())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3");
        let calls = Mutex::new(process.stdin.take());
        let mut replies = process.stdout.take().expect("piped");
        let (_, streams) = frame(&mut replies).expect("SpiceDB starts");
        let streams = String::from_utf8(streams.expect("no error").to_vec()).expect("a path");
        let waiting = Waiting::default();
        let to = Arc::clone(&waiting);
        std::thread::spawn(move || {
            while let Some((number, reply)) = frame(&mut replies) {
                if let Some(caller) = to.lock().expect("not poisoned").remove(&number) {
                    // A caller that went away misses nothing.
                    let _ = caller.send(reply);
                }
            }
            to.lock().expect("not poisoned").clear();
        });
        Self { process: Mutex::new(process), calls, waiting, next: AtomicU64::new(1), streams }
    }

    /// Calls a method of the library: `permissions_check_permission`.
    pub(crate) async fn call(&self, method: &str, message: &[u8]) -> Reply {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, reply) = oneshot::channel();
        self.waiting.lock().expect("not poisoned").insert(number, sender);
        let length = 9 + method.len() + message.len();
        let mut frame = u32::try_from(length).expect("a small message").to_le_bytes().to_vec();
        frame.extend(number.to_le_bytes());
        frame.push(u8::try_from(method.len()).expect("a short name"));
        frame.extend(method.as_bytes());
        frame.extend(message);
        {
            let mut calls = self.calls.lock().expect("not poisoned");
            calls.as_mut().expect("running").write_all(&frame).expect("SpiceDB reads");
        }
        reply.await.unwrap_or_else(|_| Err(Status::unavailable("SpiceDB ended")))
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        *self.calls.lock().expect("not poisoned") = None;
        drop(self.process.lock().expect("not poisoned").wait());
    }
}

fn frame(from: &mut ChildStdout) -> Option<(u64, Reply)> {
    let mut head = [0; 13];
    from.read_exact(&mut head).ok()?;
    let length = u32::from_le_bytes(head[..4].try_into().expect("four")) as usize - 9;
    let number = u64::from_le_bytes(head[4..12].try_into().expect("eight"));
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    let reply = if head[12] == 0 { Ok(Bytes::from(body)) } else { Err(status(&String::from_utf8_lossy(&body))) };
    Some((number, reply))
}

/// The library writes the code into the text: `rpc error: code = NotFound desc = No schema has been defined`.
fn status(text: &str) -> Status {
    let found = (0..17).map(Code::from).find(|code| text.contains(&format!("code = {code:?} ")));
    let message = text.split_once("desc = ").map_or(text, |(_, message)| message);
    Status::new(found.unwrap_or(Code::Unknown), message)
}
