//! A throwaway PostgreSQL server for tests: one a test process, a fresh database a test.
//!
//! `TENANCY_TEST_DATABASE_URL` names a server to use instead (a role that may create databases). Without it, PostgreSQL
//! must be installed: a test that finds no server fails and says what to install; it never passes unrun.
//!
//! The server is the child of a small shell that waits for our end of a pipe to close. That happens when the test
//! process ends, however it ends, so nothing is left running and no other process is ever signalled: the shell stops
//! the one process that it started, by its id, and removes the folder.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

const MISSING: &str = "PostgreSQL is not installed: `apt-get install postgresql` (or set TENANCY_TEST_DATABASE_URL \
                       to a server on which databases may be created, or TENANCY_PG_BIN to the folder of its programs)";

/// A database of one test's own; dropped with it.
pub struct Database {
    url: String,
    name: String,
}

impl Database {
    /// Creates an empty database, starting the server first if this process has none yet.
    pub fn create() -> Database {
        Database::made_by("")
    }

    /// Creates a database like another, to which no client may be connected.
    pub fn copy(template: &str) -> Database {
        Database::made_by(&format!(" TEMPLATE {template}"))
    }

    fn made_by(how: &str) -> Database {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tenancy_test_{}_{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        psql(server(), &format!("CREATE DATABASE {name}{how}"));
        Database { url: with_database(server(), &name), name }
    }

    /// `postgres://user:password@host:port/name`, as the server's owner.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same database as another role.
    pub fn url_as(&self, user: &str, password: &str) -> String {
        let (scheme, rest) = self.url.split_once("://").expect("a URL");
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        format!("{scheme}://{user}:{password}@{place}")
    }

    /// Runs SQL through `psql` and returns what it prints: rows as lines, columns separated by `|`.
    pub fn psql(&self, sql: &str) -> String {
        psql(&self.url, sql)
    }

    /// The same, when the server may not answer.
    pub fn try_psql(&self, sql: &str) -> Result<String, String> {
        run_psql(&self.url, sql)
    }

    /// Runs a script as `psql -X -f FILE` does: nothing but the script says what happens after an error. What it complained of is
    /// an error, also where it went on.
    pub fn psql_script(&self, script: &str) -> Result<(), String> {
        let mut child = psql_program()
            .args(["-X", "-q", "-f", "-", &self.url])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run `psql`: {error}"))?;
        let mut input = child.stdin.take().ok_or("psql has no input")?;
        // It reads no more after an error that stops it.
        let _ = input.write_all(script.as_bytes());
        drop(input);
        let done = child.wait_with_output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        if done.status.success() && !said.contains("ERROR:") { Ok(()) } else { Err(said) }
    }
}

/// Whether this process started the server.
pub fn is_ours() -> bool {
    !env::var("TENANCY_TEST_DATABASE_URL").is_ok_and(|url| !url.is_empty())
}

impl Drop for Database {
    fn drop(&mut self) {
        // With a throwaway server the folder goes anyway; on a borrowed one nothing may be left. No panic in a drop.
        let _ = run_psql(server(), &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// The URL of this process's server, started on first use.
fn server() -> &'static str {
    static SERVER: OnceLock<(String, Option<Cluster>)> = OnceLock::new();
    let (url, _) = SERVER.get_or_init(|| match env::var("TENANCY_TEST_DATABASE_URL") {
        Ok(url) if !url.is_empty() => (url, None),
        _ => {
            let cluster = Cluster::start().unwrap_or_else(|why| panic!("{why}"));
            (cluster.url.clone(), Some(cluster))
        }
    });
    url
}

/// A server of one test's own, never a borrowed one: its settings may be changed. It stops with it.
pub struct OwnServer(Cluster);

impl OwnServer {
    pub fn start() -> OwnServer {
        OwnServer(Cluster::start().unwrap_or_else(|why| panic!("{why}")))
    }

    /// `postgres://owner:password@127.0.0.1:port/postgres`, as the server's owner.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    pub fn psql(&self, sql: &str) -> String {
        psql(&self.0.url, sql)
    }

    /// As the server's owner, when the server may not answer.
    pub fn try_as_owner(&self, sql: &str) -> Result<String, String> {
        run_psql(&self.0.url, sql)
    }

    /// Gives it a certificate and its key, in PEM form. It takes plaintext as before.
    pub fn encrypt_with(&self, certificate: &str, key: &str) {
        self.writes("server.crt", certificate);
        self.writes("server.key", key);
        self.encrypt(true);
    }

    /// The server writes it itself, into its folder: it must own its key.
    fn writes(&self, name: &str, pem: &str) {
        let text = format!("replace(encode(convert_to('{pem}', 'utf8'), 'base64'), E'\\n', '')");
        self.psql(&format!("COPY (SELECT {text}) TO PROGRAM 'umask 077; base64 -d > {name}'"));
    }

    /// From now on these roles come in by certificates of this authority and in no other way, and no client connects in plaintext.
    pub fn demand_certificates(&self, authority: &str, roles: &str) {
        self.writes("clients.crt", authority);
        self.psql("ALTER SYSTEM SET ssl_ca_file = 'clients.crt'");
        self.psql(&format!(
            "COPY (VALUES ('hostnossl all all all reject'), ('hostssl all {roles} all cert'),
                          ('hostssl all all all scram-sha-256'))
               TO PROGRAM 'cat > pg_hba.conf'",
        ));
        self.reload();
    }

    pub fn encrypt(&self, on: bool) {
        self.psql(&format!("ALTER SYSTEM SET ssl = {on}"));
        self.reload();
    }

    /// Only encrypted connections from now on.
    pub fn demand_tls(&self) {
        self.psql(
            "COPY (VALUES ('hostnossl all all all reject'), ('hostssl all all all scram-sha-256'))
               TO PROGRAM 'cat > pg_hba.conf'",
        );
        self.reload();
    }

    fn reload(&self) {
        self.psql("SELECT pg_reload_conf()");
        // Each new connection asks again; the postmaster needs a moment.
        thread::sleep(Duration::from_millis(300));
    }

    /// As another role, on another database, or in another way: what it prints, or complains of.
    pub fn try_psql(
        &self,
        role: &str,
        password: &str,
        database: &str,
        options: &str,
        sql: &str,
    ) -> Result<String, String> {
        let place = self.0.url.rsplit_once('@').map_or("", |(_, place)| place);
        let host = place.split('/').next().unwrap_or_default();
        run_psql(&format!("postgres://{role}:{password}@{host}/{database}?{options}"), sql)
    }
}

/// A server that we started. Dropping it closes the pipe that its keeper waits on.
struct Cluster {
    url: String,
    keeper: Child,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Starts the server named by `$1` in the folder `$2` on the port `$3`, and stops it when standard input ends.
const KEEPER: &str = r#"
    "$1" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 \
        < /dev/null >> "$2/log" 2>&1 &
    server=$!
    read -r _
    kill -INT "$server" 2> /dev/null
    wait "$server"
    cd / && rm -rf "$2"
"#;

impl Cluster {
    fn start() -> Result<Cluster, String> {
        // Another process may take the port between our look and the server's start: try again with another.
        let mut last = String::new();
        for _ in 0..3 {
            match Cluster::start_once() {
                Err(why) if why.contains("could not bind") => last = why,
                started_or_hopeless => return started_or_hopeless,
            }
        }
        Err(last)
    }

    fn start_once() -> Result<Cluster, String> {
        let bin = programs().ok_or(MISSING)?;
        let folder = Folder::create()?;
        let password = random_hex()?;
        let pwfile = folder.write("password", &password)?;
        let mut initdb = folder.command(&bin.join("initdb"));
        initdb.arg("-D").arg(folder.path.join("data")).arg("--pwfile").arg(pwfile);
        initdb.args(["--username=owner", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        output(&mut initdb).map_err(|why| format!("initdb failed: {why}"))?;

        let port = free_port()?;
        let log = folder.path.join("log");
        let url = format!("postgres://owner:{password}@127.0.0.1:{port}/postgres");
        let keeper = folder.keep(KEEPER, &[&bin.join("postgres"), Path::new(&port.to_string())])?;
        let cluster = Cluster { url, keeper };
        wait_until_ready(&cluster.url, &log).map_err(|log| format!("the PostgreSQL server did not start:\n{log}"))?;
        Ok(cluster)
    }
}

fn wait_until_ready(url: &str, log: &Path) -> Result<(), String> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if run_psql(url, "SELECT 1").is_ok() {
            return Ok(());
        }
        let said = fs::read_to_string(log).unwrap_or_default();
        if said.contains("database system is shut down") || said.contains("could not bind") || Instant::now() > deadline
        {
            return Err(said);
        }
        thread::sleep(Duration::from_millis(30));
    }
}

/// The server's folder, and the account that it runs under: PostgreSQL refuses to run as root.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    account: Option<&'static str>,
    kept: bool,
}

impl Folder {
    pub(super) fn create() -> Result<Folder, String> {
        let account = if output(Command::new("id").arg("-u"))?.trim() == "0" { Some(unprivileged()?) } else { None };
        // The account must be able to enter every folder above, which TMPDIR of root's session need not allow.
        let parent = if account.is_some() { PathBuf::from("/tmp") } else { env::temp_dir() };
        let path = parent.join(format!("tenancy-pg-{}-{}", process::id(), random_hex()?));
        fs::create_dir(&path).map_err(|error| format!("cannot create {}: {error}", path.display()))?;
        let folder = Folder { path, account, kept: false };
        fs::set_permissions(&folder.path, fs::Permissions::from_mode(0o700)).map_err(|error| error.to_string())?;
        folder.hand_over(&folder.path)?;
        Ok(folder)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.path.join(name);
        fs::write(&path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        self.hand_over(&path)?;
        Ok(path)
    }

    fn hand_over(&self, path: &Path) -> Result<(), String> {
        match self.account {
            Some(account) => output(Command::new("chown").arg(account).arg(path)).map(drop),
            None => Ok(()),
        }
    }

    /// A command that runs under the account, in the folder.
    fn command(&self, program: &Path) -> Command {
        let mut command = match self.account {
            Some(account) => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={account}")).arg("--regid").arg(group_of(account));
                command.args(["--clear-groups", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(&self.path).env("HOME", &self.path);
        command
    }

    /// Starts a shell that stops what it started when its input ends, and removes the folder; `$1` … are the arguments.
    pub(super) fn keep(mut self, script: &str, arguments: &[&Path]) -> Result<Child, String> {
        let mut keeper = self.command(Path::new("sh"));
        keeper.args(["-c", script, "keeper"]).args(&arguments[..1]).arg(&self.path).args(&arguments[1..]);
        // No output of ours: the reader of the tests' output must not wait for the server. And a process group of
        // its own: Ctrl-C ends the tests, whose end then stops the server in good order.
        keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let child = keeper.spawn().map_err(|error| format!("cannot start the server's keeper: {error}"))?;
        self.kept = true;
        Ok(child)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// An account to run under instead of root.
fn unprivileged() -> Result<&'static str, String> {
    let exists = |account: &&str| output(Command::new("id").args(["-u", account])).is_ok();
    let account = ["postgres", "nobody"].into_iter().find(exists);
    account.ok_or("running as root, and there is no account `postgres` or `nobody` to run PostgreSQL under".to_owned())
}

fn group_of(account: &str) -> String {
    output(Command::new("id").args(["-g", account])).map_or(account.to_owned(), |group| group.trim().to_owned())
}

/// The folder of PostgreSQL's programs: as told, release 15 where Debian puts it, the newest there, or from PATH.
fn programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    let told = env::var_os("TENANCY_PG_BIN").map(PathBuf::from);
    let mut debian: Vec<(u32, PathBuf)> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().filter_map(release).collect();
    debian.sort_by_key(|(release, _)| (*release == 15, *release));
    let debian = debian.into_iter().rev().map(|(_, folder)| folder);
    let path = env::var_os("PATH").unwrap_or_default();
    told.into_iter().chain(debian).chain(env::split_paths(&path)).find(complete)
}

fn release(entry: fs::DirEntry) -> Option<(u32, PathBuf)> {
    Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
}

fn psql(url: &str, sql: &str) -> String {
    run_psql(url, sql).unwrap_or_else(|why| panic!("psql: {why}\nin: {sql}"))
}

fn psql_program() -> Command {
    let ours = programs().map(|folder| folder.join("psql")).filter(|psql| psql.exists());
    Command::new(ours.unwrap_or_else(|| PathBuf::from("psql")))
}

fn run_psql(url: &str, sql: &str) -> Result<String, String> {
    let mut psql = psql_program();
    psql.arg(url).args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]);
    output(&mut psql)
}

/// What a command prints, or what it complains of.
fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command.stdin(Stdio::null()).output().map_err(|error| format!("cannot run `{program}`: {error}"))?;
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).trim_end().to_owned())
    } else {
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }
}

/// A port that is free. It lies below those that the system gives to outgoing connections and to listeners on port 0, so
/// that none of them takes it before its user does, or between two runs of it.
pub fn free_port() -> Result<u16, String> {
    for _ in 0..100 {
        let random = u16::from_str_radix(&random_hex()?[..4], 16).map_err(|error| error.to_string())?;
        let port = 20_000 + random % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err("no port between 20000 and 32000 is free".to_owned())
}

fn random_hex() -> Result<String, String> {
    let mut bytes = [0; 12];
    let read = fs::File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    read.map_err(|error| format!("cannot read /dev/urandom: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The same server and role, another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, ""), |(address, options)| (address, options));
    let (scheme, rest) = address.split_once("://").expect("a URL: postgres://user:password@host:port/name");
    let place = rest.split_once('/').map_or(rest, |(place, _)| place);
    let separator = if options.is_empty() { "" } else { "?" };
    format!("{scheme}://{place}/{name}{separator}{options}")
}
