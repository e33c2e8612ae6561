//! What TLS to PostgreSQL rests on: one provider of cryptography, TLS 1.2 and 1.3, and the roots that were given. Listeners
//! have the same in `tenancy/crates/tls/src/rustls_config.rs`.

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use std::sync::Arc;

pub(crate) const VERSIONS: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];

/// Never the process's default, which any dependency may install.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// The certificates of a PEM text; `None` when one of them cannot be read, or the text holds none.
pub(crate) fn roots(pem: &str) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.ok()?).ok()?;
    }
    Some(roots).filter(|roots| !roots.is_empty())
}

/// A client that trusts these roots and no others, before its own certificate, if any, is added.
pub(crate) fn client(
    roots: RootCertStore,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>, rustls::Error> {
    let versions = ClientConfig::builder_with_provider(provider()).with_protocol_versions(VERSIONS)?;
    Ok(versions.with_root_certificates(roots))
}
