#![allow(dead_code)] // each test binary uses a part of it
//! Who vouches for the servers of a test.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// An authority and the certificate of `localhost` by it, which stands in for a home too.
pub struct Authority {
    dir: tempfile::TempDir,
}

impl Authority {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // Another name than the server's: OpenSSL takes a certificate whose issuer is called like itself for its own authority.
        authority.distinguished_name = DistinguishedName::new();
        authority
            .distinguished_name
            .push(DnType::CommonName, "The test's authority");
        let ca = authority.self_signed(&key).unwrap();
        let issuer = Issuer::from_params(&authority, &key);
        let server_key = KeyPair::generate().unwrap();
        let server =
            CertificateParams::new(["localhost", "toxmail.local"].map(str::to_owned)).unwrap();
        let server = server.signed_by(&server_key, &issuer).unwrap();
        fs::write(dir.path().join("ca.pem"), ca.pem()).unwrap();
        let chain = server_key.serialize_pem() + &server.pem();
        fs::write(dir.path().join("server.pem"), chain).unwrap();
        fs::set_permissions(
            dir.path().join("server.pem"),
            fs::Permissions::from_mode(0o600),
        )
        .unwrap();
        Self { dir }
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Its certificate.
    pub fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// Key and certificate of the server.
    pub fn server(&self) -> PathBuf {
        self.dir.path().join("server.pem")
    }

    /// What a server of the test shows itself by.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        let chain = CertificateDer::pem_file_iter(self.server()).unwrap();
        let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
        let key = PrivateKeyDer::from_pem_file(self.server()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Arc::new(config)
    }
}
