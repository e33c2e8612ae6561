//! A service behind a gateway links nothing that signs: `tenancy-service` does not turn the feature that signs on, unless it asks for
//! `local-door`, its own authentication, and compiles nothing that only a gateway needs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a service behind a gateway asks for.
const SERVICE: [&str; 2] = ["tenancy-service", "postgres"];
/// And one that ends TLS itself.
const OVER_TLS: [&str; 2] = ["tenancy-service", "postgres,postgres-tls,sqlite,tls"];
const GATEWAY: [&str; 2] = ["tenancy-gateway", "postgres,proxy"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn cargo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo")
}

fn tree([package, features]: [&str; 2]) -> String {
    let arguments = [
        "tree",
        "--offline",
        "-p",
        package,
        "--features",
        features,
        "-e",
        "normal",
        "--prefix",
        "none",
        "-f",
        "{p} [{f}]",
    ];
    let output = cargo(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The features of `tenancy` that a build turns on.
fn features(tree: &str) -> Vec<String> {
    let line = tree.lines().find(|line| line.starts_with("tenancy v")).expect("the crate itself");
    let listed = line.rsplit_once('[').unwrap().1.trim_end_matches(']');
    listed.split(',').map(str::to_owned).collect()
}

/// The feature that signs is off, and with it jobs, which sign too; a gateway has both.
#[test]
fn a_services_features_turn_no_signer_on() {
    for asked in [SERVICE, OVER_TLS] {
        let service = features(&tree(asked));
        assert!(service.contains(&"axum".to_owned()), "{service:?}");
        for signs in ["signing", "jobs"] {
            assert!(!service.contains(&signs.to_owned()), "{signs}: {service:?}");
        }
    }
    let gateway = features(&tree(GATEWAY));
    assert!(["signing", "jobs", "axum"].iter().all(|name| gateway.contains(&(*name).to_owned())), "{gateway:?}");
}

/// The crates that only a gateway needs are not in a service's build: what seals sessions, what makes keys from randomness.
#[test]
fn a_service_links_none_of_the_gateways_crates() {
    let (service, gateway) = (tree(SERVICE), tree(GATEWAY));
    for krate in ["tenancy-gateway v", "chacha20poly1305 v", "secrecy v"] {
        assert!(!service.contains(krate) && gateway.contains(krate), "{krate}");
    }
    let over_tls = tree(OVER_TLS);
    assert!(!over_tls.contains("chacha20poly1305 v") && !over_tls.contains("tenancy-gateway v"));
}

/// In a crate that depends on this one as a service does, names that sign do not exist, and names that admit do.
#[test]
fn a_service_cannot_name_what_signs() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("a-service");
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"a-service\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         tenancy = {{ path = {:?} }}\ntenancy-service = {{ path = {:?} }}\n\n[workspace]\n",
        root().join("tenancy"),
        root().join("tenancy/crates/service")
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let check = |source: &str| {
        std::fs::write(folder.join("src/lib.rs"), source).unwrap();
        let target = folder.join("target");
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--quiet", "--message-format", "short"])
            .env("CARGO_TARGET_DIR", target)
            .current_dir(&folder)
            .output()
            .expect("cargo");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let good = "pub use tenancy::scope::Authority;\npub use tenancy_service::{KeyRing, Service, ServiceLayer};\n";
    let (compiles, said) = check(good);
    assert!(compiles, "{said}");
    for name in [
        "tenancy::scope::GrantSigner",
        "tenancy::scope::Grant",
        "tenancy::scope::SignerError",
        "tenancy_gateway::Gateway",
        "tenancy_gateway::split::SigningKeys",
    ] {
        let (compiles, said) = check(&format!("{good}pub use {name};\n"));
        assert!(!compiles && (said.contains("error[E0432]") || said.contains("error[E0433]")), "{name}: {said}");
    }
}
