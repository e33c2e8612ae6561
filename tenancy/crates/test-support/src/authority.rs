//! A certificate authority of one test's own.

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType};
use std::time::{Duration, SystemTime};

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub pem: String,
}

/// A certificate and its key, in PEM form.
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("it signs");
        Authority { pem: certificate.pem(), issuer: Issuer::new(params, key) }
    }

    /// For `localhost` and 127.0.0.1, from yesterday until tomorrow.
    pub fn server(&self) -> Pair {
        self.server_until(SystemTime::now() + DAY)
    }

    pub fn server_until(&self, end: SystemTime) -> Pair {
        self.sign(&["localhost", "127.0.0.1"], &[], end - 3 * DAY, end, ExtendedKeyUsagePurpose::ServerAuth)
    }

    pub fn server_from(&self, begin: SystemTime) -> Pair {
        self.sign(&["localhost"], &[], begin, begin + DAY, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// For a service account.
    pub fn client(&self, uri: &str) -> Pair {
        let end = SystemTime::now() + DAY;
        self.sign(&["gateway.billing"], &[uri], end - 2 * DAY, end, ExtendedKeyUsagePurpose::ClientAuth)
    }

    pub fn expired_client(&self, uri: &str) -> Pair {
        let end = SystemTime::now() - DAY;
        self.sign(&[], &[uri], end - DAY, end, ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// For a role of PostgreSQL, which reads the common name.
    pub fn role(&self, name: &str) -> Pair {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        let now = SystemTime::now();
        (params.not_before, params.not_after) = ((now - DAY).into(), (now + DAY).into());
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.signed(&params)
    }

    fn sign(
        &self,
        names: &[&str],
        uris: &[&str],
        begin: SystemTime,
        end: SystemTime,
        purpose: ExtendedKeyUsagePurpose,
    ) -> Pair {
        let names: Vec<_> = names.iter().copied().map(str::to_owned).collect();
        let mut params = CertificateParams::new(names).expect("parameters");
        let uris = uris.iter().map(|uri| SanType::URI((*uri).try_into().expect("ASCII")));
        params.subject_alt_names.extend(uris);
        (params.not_before, params.not_after) = (begin.into(), end.into());
        params.extended_key_usages = vec![purpose];
        self.signed(&params)
    }

    fn signed(&self, params: &CertificateParams) -> Pair {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("it signs");
        Pair { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}
