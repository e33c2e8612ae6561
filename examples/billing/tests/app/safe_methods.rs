//! 3.5.3: what a link or an image can cause changes nothing.

use crate::world::World;
use reqwest::Method;
use std::collections::BTreeMap;
use std::path::Path;

/// The routes of `src/web/mod.rs`, and whether each answers GET.
fn routes() -> BTreeMap<String, bool> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/mod.rs");
    let source = std::fs::read_to_string(path).expect("the source");
    let (source, _) = source.split_once("/// Probes and counters").expect("what browsers do not reach is last");
    let routes = source.split("(\"/").skip(1).map(|rest| {
        let (path, methods) = rest.split_once("\", ").expect("a path and its methods");
        (format!("/{path}"), methods.starts_with("get("))
    });
    routes.collect()
}

/// Begin and end of a sign-in are the provider's to shape: they change sign-ins and sessions, and nothing else.
const SIGN_IN: [&str; 3] = ["/login", "/login/callback", "/settings/prove"];

#[tokio::test(flavor = "multi_thread")]
async fn no_get_changes_anything_but_a_sign_in() {
    let world = World::on_both_walls().await;
    let mut ada = world.signed_in("ada").await;
    let invoice = ada.get("/invoices").await.invoices()[0];
    let rows = |tables: &[&str]| -> Vec<String> {
        let each =
            |table: &&str| world.psql(&format!("SELECT string_agg(t::text, '|' ORDER BY t::text) FROM {table} t"));
        tables.iter().map(each).collect()
    };
    let lasting = [
        "invoices",
        "payouts",
        "permission_relationships",
        "permission_epochs",
        "permission_log",
        "customers",
        "letterheads",
        "gateway_users",
        "gateway_organizations",
        "gateway_memberships",
        "gateway_provider_organizations",
        "gateway_removed_members",
    ];
    // That a session was seen is written down by the minute.
    let sessions = "(SELECT id_hash, handle, org_id, version, ended_at FROM gateway_sessions)";
    let passing = [sessions, "gateway_logins", "(SELECT event, reason, session FROM gateway_audit)"];
    let before = rows(&lasting);
    let routes = routes();
    assert!(routes.len() >= 17 && routes["/settings"] && !routes["/sign-out"], "{routes:?}");
    for (route, answers_get) in &routes {
        let path = route.replace("{id}", &invoice.to_string());
        for method in [Method::GET, Method::HEAD] {
            let passed = rows(&passing);
            let answer = ada.one(method.clone(), ada.address(&path), None).await;
            let expected = if *answers_get { [200, 303, 403] } else { [405; 3] };
            assert!(expected.contains(&answer.status), "{method} {path}: {}", answer.status);
            assert_eq!(rows(&lasting), before, "{method} {path}");
            if !SIGN_IN.contains(&route.as_str()) {
                assert_eq!(rows(&passing), passed, "{method} {path}");
            }
        }
    }
    assert_eq!(ada.get("/invoices").await.status, 200);
}
