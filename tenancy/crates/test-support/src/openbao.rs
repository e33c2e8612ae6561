//! OpenBao's real server, in its development mode: in memory, unsealed, on loopback.
//!
//! As with PostgreSQL, the server is the child of a shell that waits for our end of a pipe to close, and stops the one
//! process that it started, by its id.

use super::pg::free_port;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const KEEPER: &str = r#"
    "$@" < /dev/null > /dev/null 2>&1 &
    server=$!
    read -r _
    kill -KILL "$server" 2> /dev/null
    wait "$server"
"#;

const ROOT: &str = "the-root-token-of-a-test";

pub struct Bao {
    program: PathBuf,
    port: u16,
    address: String,
    roots: Option<PathBuf>,
    keeper: Child,
}

impl Bao {
    /// Starts a server; fetches the program first where it is not there yet.
    pub fn start() -> Bao {
        Bao::start_at(free_port().expect("a free port"))
    }

    /// The same on a port that a server had before.
    pub fn start_at(port: u16) -> Bao {
        Bao::launch(port, None)
    }

    /// The same with TLS; the folder gets the certificates.
    pub fn start_with_tls(folder: &Path) -> Bao {
        Bao::launch(free_port().expect("a free port"), Some(folder))
    }

    fn launch(port: u16, tls: Option<&Path>) -> Bao {
        let program = program();
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(&program).args(["server", "-dev", "-dev-no-store-token"]);
        keeper.arg(format!("-dev-root-token-id={ROOT}")).arg(format!("-dev-listen-address=127.0.0.1:{port}"));
        if let Some(folder) = tls {
            keeper.arg("-dev-tls").arg(format!("-dev-tls-cert-dir={}", folder.display()));
        }
        keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let keeper = keeper.spawn().expect("a shell");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let roots = tls.map(|folder| folder.join("vault-ca.pem"));
        let bao = Bao { program, port, address: format!("{scheme}://127.0.0.1:{port}"), roots, keeper };
        bao.wait();
        bao
    }

    fn wait(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.try_run(&["token", "lookup"]).is_err() {
            assert!(Instant::now() < deadline, "OpenBao did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its command line, as root. What it prints.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.try_run(arguments).unwrap_or_else(|why| panic!("bao {arguments:?}: {why}"))
    }

    pub fn try_run(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command.args(arguments).env("BAO_ADDR", &self.address).env("BAO_TOKEN", ROOT).stdin(Stdio::null());
        if let Some(roots) = &self.roots {
            command.env("BAO_CACERT", roots);
        }
        let done = command.output().expect("bao runs");
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned());
        }
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }

    /// Writes a policy.
    pub fn allow(&self, name: &str, path: &str) {
        let rules = format!(r#"path "{path}" {{ capabilities = ["read"] }}"#);
        let file = std::env::temp_dir().join(format!("tenancy-policy-{}-{name}", self.port));
        std::fs::write(&file, rules).expect("a file");
        self.run(&["policy", "write", name, file.to_str().expect("UTF-8")]);
        std::fs::remove_file(file).expect("it is there");
    }

    /// An AppRole with a policy and what else it needs: its role id and a secret id.
    pub fn app_role(&self, settings: &[&str]) -> (String, String) {
        // It is there already when this is the second role.
        let _ = self.try_run(&["auth", "enable", "approle"]);
        self.run(&[&["write", "auth/approle/role/app"], settings].concat());
        // Not a random one: a server that comes back in another's place knows the role.
        let role = "the-role-of-a-test".to_owned();
        self.run(&["write", "auth/approle/role/app/role-id", &format!("role_id={role}")]);
        let secret = self.run(&["write", "-f", "-field=secret_id", "auth/approle/role/app/secret-id"]);
        (role, secret)
    }

    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Bao {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

fn program() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("openbao.sh");
    let done = Command::new(script).stdin(Stdio::null()).output().expect("bash runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    PathBuf::from(String::from_utf8_lossy(&done.stdout).trim())
}
