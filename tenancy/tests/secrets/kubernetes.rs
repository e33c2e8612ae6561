//! Signing in with a pod's service account: a real OpenBao, against a TokenReview of our own.
//!
//! There is no cluster here. What OpenBao asks Kubernetes is answered by a few lines that know two tokens.

use crate::support::folder::Folder;
use crate::support::openbao::Bao;
use crate::vault::VALUE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{SystemTime, UNIX_EPOCH};
use tenancy_secrets::{ExposeSecret as _, Scheme, Secrets, SourceError, VaultAuth, VaultSource};

/// The form of a service account's token. OpenBao reads it and leaves the signature to Kubernetes.
fn token(account: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let claims = serde_json::json!({
        "iss": "https://kubernetes.default.svc", "sub": format!("system:serviceaccount:billing:{account}"),
        "aud": ["openbao"], "iat": now - 5, "nbf": now - 5, "exp": now + 600,
        "kubernetes.io": {"namespace": "billing", "serviceaccount": {"name": account, "uid": format!("uid-{account}")}},
    });
    let parts = [r#"{"alg":"RS256","kid":"k"}"#.to_owned(), claims.to_string(), "signature".to_owned()];
    parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
}

/// Answers reviews of the tokens of these accounts; any other is not authenticated.
fn token_review(known: Vec<(String, String)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            review(stream, &known);
        }
    });
    address
}

fn review(mut stream: TcpStream, known: &[(String, String)]) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    let body = loop {
        let read = stream.read(&mut piece).expect("a request");
        request.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && let Ok(review) = serde_json::from_str::<serde_json::Value>(body)
        {
            break review;
        }
        assert!(read > 0, "half a request");
    };
    let asked = body["spec"]["token"].as_str().expect("a token");
    let status = match known.iter().find(|(token, _)| token == asked) {
        Some((_, account)) => serde_json::json!({
            "authenticated": true, "audiences": body["spec"]["audiences"],
            "user": {"username": format!("system:serviceaccount:billing:{account}"), "uid": format!("uid-{account}"),
                     "groups": ["system:serviceaccounts"]},
        }),
        None => serde_json::json!({"authenticated": false, "error": "unknown"}),
    };
    let answer = serde_json::json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status});
    let answer = answer.to_string();
    let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close";
    let _ = stream.write_all(format!("{head}\r\nContent-Length: {}\r\n\r\n{answer}", answer.len()).as_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_account_signs_in_and_no_other() {
    let (ours, other) = (token("gateway"), token("intruder"));
    let known = vec![(ours.clone(), "gateway".to_owned()), (other.clone(), "intruder".to_owned())];
    let bao = Bao::start();
    bao.run(&["auth", "enable", "kubernetes"]);
    // It wants a certificate even for plain HTTP.
    let certificate = rcgen::generate_simple_self_signed(["kubernetes".to_owned()]).expect("a certificate").cert.pem();
    let (host, certificate) =
        (format!("kubernetes_host={}", token_review(known)), format!("kubernetes_ca_cert={certificate}"));
    bao.run(&["write", "auth/kubernetes/config", &host, &certificate, "token_reviewer_jwt=reviewer"]);
    bao.allow("billing", "secret/data/billing/*");
    let role = ["bound_service_account_names=gateway", "bound_service_account_namespaces=billing"];
    bao.run(&[&["write", "auth/kubernetes/role/gateway", "token_policies=billing"], &role[..]].concat());
    bao.run(&["kv", "put", "-mount=secret", "billing/db", &format!("password={VALUE}")]);

    let pod = Folder::new();
    let sign_in = async |token: &str| {
        let proof = pod.write("token", token);
        VaultSource::builder(bao.address(), VaultAuth::kubernetes("gateway").proof(proof)).connect().await
    };
    let secrets = Secrets::new().with(Scheme::Vault, sign_in(&ours).await.expect("it signs in"));
    let value = secrets.read(&"vault:secret/billing/db#password".parse().expect("a reference")).await;
    assert_eq!(value.expect("it is read").expose_secret(), VALUE);
    for wrong in [other.as_str(), token("nobody").as_str(), "no token at all"] {
        assert_eq!(sign_in(wrong).await.expect_err("refused").fault(), &SourceError::Denied);
    }
    let elsewhere = VaultAuth::kubernetes("payroll").proof(pod.write("token", &ours));
    let refused = VaultSource::builder(bao.address(), elsewhere).connect().await.expect_err("no such role");
    assert_eq!(refused.fault(), &SourceError::Denied);
}
