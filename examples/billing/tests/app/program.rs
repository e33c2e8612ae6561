//! The program itself, as a process.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

fn program(arguments: &[&str]) -> Child {
    let mut program = Command::new(env!("CARGO_BIN_EXE_billing"));
    program.args(["--dev-provider-listen", "127.0.0.1:0"]).args(arguments);
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_where_it_is_and_stops_when_it_is_told() {
    let mut running = program(&["--listen", "127.0.0.1:0"]);
    let mut said = BufReader::new(running.stdout.take().expect("its output")).lines();
    let mut line = || said.next().expect("a line").expect("text");
    let url = line().trim_start_matches("billing is at ").to_owned();
    assert!(line().contains("any visitor can sign in as any user"));
    assert_eq!(reqwest::get(&url).await.expect("it answers").status(), 200);

    // The same port again: a code and a sentence.
    let port = url.rsplit(':').next().expect("a port");
    let second = program(&["--listen", &format!("127.0.0.1:{port}")]).wait_with_output().expect("it ends");
    assert_eq!(second.status.code(), Some(3));
    let text = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(text.contains(port) && text.contains("--listen") && !text.contains("panicked"), "{text}");

    let told = Command::new("kill").args(["-TERM", &running.id().to_string()]).status().expect("kill");
    assert!(told.success());
    assert_eq!(running.wait().expect("it ends").code(), Some(0));
}

#[test]
fn what_it_cannot_understand_ends_with_two() {
    let ended = program(&["--both-walls"]).wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("--seal-key"));
    let help = program(&["--help"]).wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    assert_eq!(help.status.code(), Some(0));
    for part in
        ["Examples:", "Exit codes:", "http://localhost:3000", "--setup-postgres", "--oidc-issuer", "vault:", "--trust"]
    {
        assert!(text.contains(part), "{part}");
    }
}

/// More clients than there are descriptors, of several addresses, each of which sends one request and stays: a new client is still served.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_stay_shut_nobody_out() {
    let mut program = Command::new("sh");
    program.args([
        "-c",
        "ulimit -n 256 && exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_billing"),
        "--listen",
        "127.0.0.1:0",
    ]);
    program.args(["--dev-provider-listen", "127.0.0.1:0"]);
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Ended(program.spawn().expect("it runs"));
    let mut said = BufReader::new(running.0.stdout.take().expect("its output")).lines();
    let line = said.next().expect("a line").expect("text");
    let url = line.trim_start_matches("billing is at ").to_owned();
    let port = url.rsplit(':').next().expect("a port");
    let at: SocketAddr = format!("127.0.0.1:{port}").parse().expect("an address");
    let mut held = Vec::new();
    for number in 0..372 {
        let socket = TcpSocket::new_v4().expect("a socket");
        let from = SocketAddr::from(([127, 0, 0, 2 + u8::from(number % 2 == 0)], 0));
        socket.bind(from).expect("loopback is a whole network");
        let mut client = socket.connect(at).await.expect("it listens");
        let request = format!("GET /style.css HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
        client.write_all(request.as_bytes()).await.expect("sent");
        let mut first = [0];
        let read = tokio::time::timeout(Duration::from_secs(60), client.read(&mut first)).await;
        assert!(matches!(read, Ok(Ok(1))), "{number}: {read:?}");
        held.push(client);
    }
    assert_eq!(reqwest::get(&url).await.expect("it answers").status(), 200);
}

/// Ended with its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
