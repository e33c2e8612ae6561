//! A throwaway PgBouncer in transaction mode, in front of one database.

use super::pg::{Folder, free_port};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

const MISSING: &str = "PgBouncer is not installed: `apt-get install pgbouncer`";

/// Ends with its owner: the shell in front of it waits for the end of its input.
const KEEPER: &str = r#"
    "$1" -q "$2/pgbouncer.ini" < /dev/null >> "$2/log" 2>&1 &
    pooler=$!
    read -r _
    kill -INT "$pooler" 2> /dev/null
    wait "$pooler"
    cd / && rm -rf "$2"
"#;

pub struct PgBouncer {
    port: u16,
    keeper: Child,
    log: PathBuf,
}

impl PgBouncer {
    /// In front of the database that the URL names, with this many connections to the server.
    ///
    /// # Panics
    /// When PgBouncer is not installed or does not start.
    pub fn start(url: &str, servers: usize) -> PgBouncer {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].into_iter().find(|path| Path::new(path).exists());
        let program = program.expect(MISSING);
        let (user, password, place, database) = parts(url);
        let (host, server_port) = place.split_once(':').expect("a port");
        let port = free_port().expect("a port");
        let folder = Folder::create().expect("a folder");
        let path = folder.path.display();
        folder.write("users", &format!("\"{user}\" \"{password}\"\n")).expect("the list of users");
        let settings = format!(
            "[databases]\n{database} = host={host} port={server_port} dbname={database} pool_size={servers}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = plain\nauth_file = {path}/users\npool_mode = transaction\nlogfile = {path}/pgbouncer.log\n"
        );
        folder.write("pgbouncer.ini", &settings).expect("the settings");
        let log = folder.path.join("pgbouncer.log");
        let keeper = folder.keep(KEEPER, &[Path::new(program)]).expect("a keeper");
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "PgBouncer did not start");
            thread::sleep(Duration::from_millis(20));
        }
        PgBouncer { port, keeper, log }
    }

    /// The URL that leads through it.
    pub fn url(&self, url: &str) -> String {
        let (_, _, place, _) = parts(url);
        url.replacen(&place, &format!("127.0.0.1:{}", self.port), 1)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("PgBouncer's log:\n{}", std::fs::read_to_string(&self.log).unwrap_or_default());
        }
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// User, password, host and port, database.
fn parts(url: &str) -> (String, String, String, String) {
    let rest = url.split_once("://").expect("a URL").1;
    let (who, rest) = rest.rsplit_once('@').expect("a URL with a user");
    let (user, password) = who.split_once(':').expect("a URL with a password");
    let (place, database) = rest.split_once('/').expect("a URL with a database");
    (user.replace("%20", " "), password.to_owned(), place.to_owned(), database.to_owned())
}
