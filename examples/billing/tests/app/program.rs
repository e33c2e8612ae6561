//! The program itself, as a process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

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
    assert!(line().contains("anybody may be anybody"));
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
