//! The numbers of all clients as the text of Prometheus.

use super::OidcClient;
use super::counts::Kind;
use tenancy_service::__private::metrics::MetricsText;

/// What is counted, and how its label is called.
const KINDS: [(Kind, &str, &str); 6] = [
    (Kind::SignIn, "sign_ins_total", ""),
    (Kind::SignInRefused, "sign_ins_refused_total", "reason"),
    (Kind::Logout, "logouts_total", "token"),
    (Kind::LogoutRefused, "logouts_refused_total", "reason"),
    (Kind::Refresh, "refreshes_total", ""),
    (Kind::RefreshRefused, "refreshes_refused_total", "reason"),
];

/// What these clients took and refused since they were discovered, in the text format of Prometheus: sign-ins, provider logouts and
/// refreshes, and refusals by reason. A reason appears when it was counted once. Serve it where browsers cannot reach it.
///
/// A callback for a sign-in that is not known does not reach a client; [`Gateway::metrics`](crate::Gateway::metrics) counts it
/// as `sign_in_unknown`.
pub fn metrics<'c>(clients: impl IntoIterator<Item = &'c OidcClient>) -> String {
    let clients: Vec<_> = clients.into_iter().map(|client| (client.issuer(), client.counts.snapshot())).collect();
    let mut text = MetricsText::default();
    for (kind, name, label) in KINDS {
        let name = format!("tenancy_oidc_{name}");
        text.counter(&name);
        for (issuer, counts) in &clients {
            let of_kind = counts.iter().filter(|((of, _), _)| *of == kind);
            let mut written = false;
            for ((_, value), count) in of_kind {
                let labels = [("issuer", *issuer), (label, *value)];
                text.sample(&name, if label.is_empty() { &labels[..1] } else { &labels }, *count);
                written = true;
            }
            if label.is_empty() && !written {
                text.sample(&name, &[("issuer", *issuer)], 0);
            }
        }
    }
    text.finish()
}
