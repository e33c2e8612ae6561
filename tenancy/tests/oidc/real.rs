//! The certified provider: npm's `oidc-provider`, started by `provider/server.mjs`, one process a test.

use crate::oidc::browser::{Arrival, Browser};
use openidconnect::url::Url;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs};
use tenancy_gateway::oidc::{Algorithm, Begun, Callback, LoginRequest, OidcClient, OidcConfig, Profile};
use tenancy_gateway::oidc::{SignIn, SignInError};

pub const PROJECT: &str = "900000000000000001";
pub const CLIENT: &str = "billing";
pub const REDIRECT: &str = "http://127.0.0.1:9/callback";
pub const AFTER_LOGOUT: &str = "http://127.0.0.1:9/bye";

/// A running provider. It ends with this value: its standard input closes.
pub struct Real {
    pub issuer: String,
    settings: Value,
    process: Child,
}

impl Real {
    pub fn start() -> Real {
        Real::with(json!({}))
    }

    /// With some settings of `server.mjs` changed.
    pub fn with(changes: Value) -> Real {
        let mut settings = json!({ "port": 0, "alg": "RS256", "kid": "first", "client": CLIENT, "secret": "a-client-secret",
            "redirect": REDIRECT, "afterLogout": AFTER_LOGOUT, "project": PROJECT });
        settings.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let (process, issuer) = run(&settings);
        Real { issuer, settings, process }
    }

    /// Ends it and starts it at the same address with another key, as a provider looks after a rotation.
    pub fn restart_with_key(&mut self, id: &str) {
        self.stop();
        self.settings["kid"] = id.into();
        self.settings["port"] = Url::parse(&self.issuer).unwrap().port().unwrap().into();
        (self.process, self.issuer) = run(&self.settings);
    }

    /// The same, with another secret of the client.
    pub fn restart_with_secret(&mut self, secret: &str) {
        self.settings["secret"] = secret.into();
        self.restart_with_key(secret);
    }

    pub fn stop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }

    pub fn config(&self) -> OidcConfig {
        let config =
            OidcConfig::new(&self.issuer, CLIENT, REDIRECT).plain_http_on_loopback().after_logout(AFTER_LOGOUT);
        let config = config.profile(Profile::Zitadel { project: PROJECT.into() });
        let config = config.algorithms(&[Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa]);
        match self.settings["secret"].as_str() {
            Some(secret) => config.secret(secret.into()),
            None => config,
        }
    }

    pub async fn client(&self) -> OidcClient {
        OidcClient::discover(self.config()).await.unwrap()
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn run(settings: &Value) -> (Child, String) {
    let mut process = Command::new("node")
        .arg("server.mjs")
        .arg(settings.to_string())
        .current_dir(installed())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node runs");
    // Its faults are shown; that it would rather have a newer Node and a database is known.
    let faults = BufReader::new(process.stderr.take().unwrap()).lines();
    let faults = faults.map_while(Result::ok).filter(|line| !line.starts_with("oidc-provider WARNING"));
    std::thread::spawn(move || faults.for_each(|line| eprintln!("provider: {line}")));
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let issuer = lines.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix("ready ").map(str::to_owned));
    let issuer = issuer.expect("the provider did not start: what it said is above");
    // Its output is read to the end, so that it never waits for us.
    std::thread::spawn(move || lines.for_each(drop));
    (process, issuer)
}

/// The folder with the provider's program and its packages, as the lock file names them.
fn installed() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc/provider");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oidc-provider");
        fs::create_dir_all(&folder).unwrap();
        let lock = fs::read(source.join("package-lock.json")).unwrap();
        for file in ["package.json", "package-lock.json", "server.mjs"] {
            fs::copy(source.join(file), folder.join(file)).unwrap();
        }
        let stamp = folder.join("node_modules/.installed-lock");
        if fs::read(&stamp).ok().as_ref() != Some(&lock) {
            install(&folder);
            fs::write(&stamp, lock).unwrap();
        }
        folder
    })
}

fn install(folder: &Path) {
    let missing = "these tests run a certified OpenID provider from npm: they need Node 20 or newer with `npm` \
                   (`apt-get install nodejs npm`) and, once, a reachable package registry";
    let output = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{missing}; `npm` did not start: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{missing}; `npm ci` in {} failed:\n{said}", folder.display());
}

/// A sign-in that has not come back yet.
pub struct Started {
    pub begun: Begun,
    pub query: String,
}

/// Begins a sign-in and lets `person` sign in at the provider; the answer is still to be handed in.
pub async fn start(client: &OidcClient, browser: &mut Browser, person: &str, request: LoginRequest) -> Started {
    let begun = client.begin(request).unwrap();
    let query = browser.open(as_person(&begun.location, person)).await.query();
    Started { begun, query }
}

/// The address with the person's name, which the provider takes instead of a form.
pub fn as_person(location: &Url, person: &str) -> Url {
    let mut location = location.clone();
    location.query_pairs_mut().append_pair("login_hint", person);
    location
}

impl Started {
    pub async fn finish(self, client: &OidcClient) -> Result<SignIn, SignInError> {
        let callback = Callback::parse(&self.query).unwrap();
        client.finish(self.begun.transaction, &self.begun.browser, callback).await
    }
}

/// Signs a person in from beginning to end.
pub async fn sign_in(client: &OidcClient, person: &str) -> SignIn {
    start(client, &mut Browser::new(), person, LoginRequest::default()).await.finish(client).await.unwrap()
}

/// Opens an address that the provider refuses, and gives its page or the query with which it sends the browser back.
pub async fn refused_at(address: Url) -> String {
    match Browser::new().open(address).await {
        Arrival::Page(page) => page,
        Arrival::Ours(address) => address.query().unwrap().to_owned(),
    }
}
