//! nginx, HAProxy, Caddy and Envoy, each with a configuration of ours in a folder of its own, ended by its own id.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A proxy in front of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    Haproxy,
    Caddy,
    Envoy,
}

/// One that runs; it ends with the value.
pub(crate) struct Front {
    process: Child,
    folder: PathBuf,
    pub(crate) address: SocketAddr,
}

impl Kind {
    fn program(self) -> PathBuf {
        let name = match self {
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
            Self::Caddy => "caddy",
            Self::Envoy => return envoy(),
        };
        let folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
        let found = folders.iter().map(|folder| Path::new(folder).join(name)).find(|program| program.exists());
        found.unwrap_or_else(|| {
            panic!("{name} is not installed: apt-get install -y --no-install-recommends nginx haproxy caddy")
        })
    }

    /// The least that an operator would write: pass everything on, with the browser's host.
    fn configuration(self, folder: &Path, own: SocketAddr, gateway: SocketAddr) -> String {
        let folder = folder.display();
        match self {
            Self::Nginx => format!(
                "daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n\
                 events {{ worker_connections 128; }}\n\
                 http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n\
                 fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n\
                 underscores_in_headers on; ignore_invalid_headers off;\n\
                 server {{ listen {own}; location / {{ proxy_pass http://{gateway}; proxy_http_version 1.1;\n\
                 proxy_set_header Host $http_host; proxy_set_header Connection \"\"; }} }} }}\n"
            ),
            Self::Haproxy => format!(
                "global\n  maxconn 128\n  log stderr local0 err\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  \
                 timeout server 20s\nfrontend in\n  bind {own}\n  default_backend out\nbackend out\n  http-reuse always\n  \
                 server gateway {gateway}\n"
            ),
            Self::Caddy => format!(
                "{{\n admin off\n auto_https off\n storage file_system {folder}/storage\n}}\n\
                 http://:{} {{\n bind 127.0.0.1\n reverse_proxy {gateway}\n}}\n",
                own.port()
            ),
            Self::Envoy => {
                ENVOY.replace("OWN", &own.port().to_string()).replace("GATEWAY", &gateway.port().to_string())
            }
        }
    }

    /// Starts one in front of the gateway.
    pub(crate) async fn before(self, gateway: SocketAddr) -> Front {
        let program = self.program();
        let folder = std::env::temp_dir().join(format!("tenancy-{self:?}-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).unwrap();
        // A port that nobody has now; the listener is closed before the proxy opens it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let name = match self {
            Self::Nginx | Self::Haproxy => "conf",
            Self::Caddy => "Caddyfile",
            Self::Envoy => "envoy.yaml",
        };
        let file = folder.join(name);
        fs::write(&file, self.configuration(&folder, address, gateway)).unwrap();
        let mut command = Command::new(program);
        match self {
            Self::Nginx => command.arg("-p").arg(&folder).arg("-c").arg(&file),
            Self::Haproxy => command.arg("-db").arg("-f").arg(&file),
            Self::Caddy => command.arg("run").arg("--config").arg(&file).arg("--adapter").arg("caddyfile"),
            // Nothing that two of them would share.
            Self::Envoy => command.arg("-c").arg(&file).args(["--disable-hot-restart", "--concurrency", "1"]),
        };
        let log = fs::File::create(folder.join("out")).unwrap();
        command.env("HOME", &folder).env("XDG_DATA_HOME", &folder).env("XDG_CONFIG_HOME", &folder);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut front = Front { process: command.spawn().unwrap(), folder, address };
        front.wait().await;
        front
    }
}

/// Debian has none.
fn envoy() -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/test-support/envoy.sh");
    let done = Command::new(script).stdin(Stdio::null()).output().expect("bash runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    PathBuf::from(String::from_utf8_lossy(&done.stdout).trim())
}

const ENVOY: &str = r#"
static_resources:
  listeners:
  - address: { socket_address: { address: 127.0.0.1, port_value: OWN } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: in
          http_filters:
          - name: envoy.filters.http.router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes: [ { match: { prefix: "/" }, route: { cluster: gateway } } ]
  clusters:
  - name: gateway
    connect_timeout: 5s
    load_assignment:
      cluster_name: gateway
      endpoints:
      - lb_endpoints:
        - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: GATEWAY } } }
"#;

impl Front {
    async fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            let said = || fs::read_to_string(self.folder.join("out")).unwrap_or_default();
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "the proxy ended: {}", said());
            assert!(begun.elapsed() < Duration::from_secs(20), "the proxy does not listen: {}", said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
