//! The home's own certificate authority, and the certificate that its servers show.
//!
//! ```text
//! DIR/tls/ca.pem      the authority's certificate: people install it on their devices, once
//! DIR/tls/ca.key      its key, mode 0600
//! DIR/tls/server.pem  the servers' certificate, made again when it grows old or the home's addresses change
//! DIR/tls/server.key  its key, mode 0600
//! ```
//!
//! # What the authority can do
//! Little, so that nobody has to fear installing it. It is bound by critical name constraints to `toxmail.local`, the
//! configured host name, and addresses that exist only inside homes; it can make no second authority (path length 0) and
//! nothing but server certificates. Who steals its key still cannot pretend to be a bank.
//!
//! # Clocks
//! A Pi has no clock of its own and may start in the past. The authority's dates are therefore constants. The server
//! certificate begins a month before now and lives for less than the 825 days that Apple's devices accept; "now" is never
//! before [`EARLIEST`], and [`Tls::refresh`] makes another as soon as a corrected clock shows that it is not valid.
//!
//! # Known limits
//! When the host name changes to one outside the constraints, a new authority is made, and devices have to trust again:
//! a certificate with a forbidden name in it would be refused whole.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SanType, SerialNumber,
};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::X509Certificate;

use crate::durable;

/// No correct clock shows less than this (2026-11-01): this program did not exist before.
pub const EARLIEST: Duration = Duration::from_secs(1_793_491_200);

const DAY: Duration = Duration::from_secs(24 * 3600);
/// A device whose clock is behind must not see a certificate from the future.
const BEFORE: Duration = Duration::from_secs(30 * 24 * 3600);
/// With [`BEFORE`] 790 days: Apple's devices refuse more than 825.
const AFTER: Duration = Duration::from_secs(760 * 24 * 3600);
/// With less than this left it is made again.
const RENEW: Duration = Duration::from_secs(90 * 24 * 3600);

/// The name by which every home knows itself.
const LOCAL_NAME: &str = "toxmail.local";

/// Networks that exist only inside homes, and so may be named by anybody's authority.
const NETWORKS: [&str; 8] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk refuses; the operator must act.
    #[error("{0}")]
    Disk(#[from] io::Error),
    /// A file in DIR/tls is not what it should be; the operator must restore or remove it.
    #[error(
        "{path}: {problem}; restore this file from a backup, or remove the folder to make a new authority that every device has to trust again"
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The host name or the cryptography refuses; a fault of the configuration or of this program.
    #[error("no certificate for this home: {0}")]
    Refused(String),
}

/// The authority, the certificate, and what the servers need of them.
#[derive(Debug)]
pub struct Tls {
    dir: PathBuf,
    hostname: String,
    provider: Arc<CryptoProvider>,
    authority: Authority,
    shown: Arc<Shown>,
    /// One renewal at a time.
    renewing: Mutex<()>,
}

#[derive(Debug)]
struct Authority {
    certificate: CertificateDer<'static>,
    key_pem: zeroize::Zeroizing<String>,
}

/// What clients are shown. Replaced whole; connections that stand keep theirs.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(
            self.0
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        )
    }
}

/// What [`Tls::refresh`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The certificate is still good.
    Kept,
    /// A new one is shown from now on.
    Renewed,
}

impl Tls {
    /// Opens DIR/tls; makes the authority and the certificate where they are missing or no longer right.
    ///
    /// `addresses` are the home's own ([`crate::net::networks::home_addresses`]); `now` is the wall clock.
    ///
    /// # Errors
    /// [`Error`].
    pub fn open(
        dir: &Path,
        hostname: &str,
        addresses: &[IpAddr],
        now: SystemTime,
    ) -> Result<Self, Error> {
        durable::make_folder(dir)?;
        let hostname = hostname.trim_end_matches('.').to_ascii_lowercase();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let authority = Authority::open(dir, &hostname)?;
        let wanted = wanted_names(&hostname, addresses);
        let kept = read_server(dir, &authority, &provider)
            .filter(|(_, facts)| facts.good(&wanted, since_epoch(now)));
        let certified = match kept {
            Some((certified, _)) => certified,
            None => make_server(dir, &authority, &provider, &wanted, now)?,
        };
        Ok(Self {
            dir: dir.to_owned(),
            hostname,
            provider,
            authority,
            shown: Arc::new(Shown(RwLock::new(Arc::new(certified)))),
            renewing: Mutex::new(()),
        })
    }

    /// Makes another server certificate when the one that is shown grows old, is not valid now, or lacks one of
    /// `addresses`. Cheap when there is nothing to do: call it now and then, and after the clock was set. Blocks.
    ///
    /// # Errors
    /// [`Error`]; the old certificate stays.
    pub fn refresh(&self, addresses: &[IpAddr], now: SystemTime) -> Result<Refreshed, Error> {
        let _one = self.renewing.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = wanted_names(&self.hostname, addresses);
        let good = self
            .current()
            .cert
            .first()
            .and_then(|certificate| Facts::read(certificate))
            .is_some_and(|facts| facts.good(&wanted, since_epoch(now)));
        if good {
            return Ok(Refreshed::Kept);
        }
        let fresh = make_server(&self.dir, &self.authority, &self.provider, &wanted, now)?;
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(Refreshed::Renewed)
    }

    /// What a server needs. `alpn` are the names of its protocol: a client that asks for another one (a browser that was
    /// lured to a mail port) is refused, one that asks for none is welcome.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub fn server_config(&self, alpn: &[&str]) -> Result<Arc<ServerConfig>, Error> {
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|e| Error::Refused(e.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(self.shown.clone());
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        // A mail program connects seldom: a small cache of sessions serves a home.
        config.session_storage = rustls::server::ServerSessionMemoryCache::new(64);
        Ok(Arc::new(config))
    }

    /// The authority's certificate in PEM, as devices install it.
    pub fn ca_pem(&self) -> String {
        pem("CERTIFICATE", &self.authority.certificate)
    }

    /// The authority's certificate in DER: what a device is given to trust.
    pub fn ca_der(&self) -> &[u8] {
        &self.authority.certificate
    }

    /// SHA-256 of the authority's certificate, as devices show it: `AB:CD:…`.
    pub fn ca_fingerprint(&self) -> String {
        fingerprint(&self.authority.certificate)
    }

    /// SHA-256 of the certificate that is shown now.
    pub fn server_fingerprint(&self) -> String {
        self.current()
            .cert
            .first()
            .map(|c| fingerprint(c))
            .unwrap_or_default()
    }

    /// When the certificate that is shown now ends.
    #[cfg(test)]
    pub fn server_ends(&self) -> Option<SystemTime> {
        let current = self.current();
        let facts = Facts::read(current.cert.first()?)?;
        Some(UNIX_EPOCH + facts.ends)
    }

    fn current(&self) -> Arc<CertifiedKey> {
        self.shown
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Authority {
    fn open(dir: &Path, hostname: &str) -> Result<Self, Error> {
        let (certificate_path, key_path) = (dir.join("ca.pem"), dir.join("ca.key"));
        if !certificate_path.exists() {
            return Self::create(dir, hostname);
        }
        let broken = |path: &Path, problem: &str| Error::Broken {
            path: path.to_owned(),
            problem: problem.to_owned(),
        };
        let certificate = CertificateDer::from_pem_slice(&read(&certificate_path)?)
            .map_err(|e| broken(&certificate_path, &e.to_string()))?;
        let constrained = permitted_names(&certificate)
            .ok_or_else(|| broken(&certificate_path, "not a certificate of ours"))?;
        let allows = |name: &str| {
            constrained
                .iter()
                .any(|base| name == base || name.ends_with(&format!(".{base}")))
        };
        if !allows(hostname) {
            return Self::create(dir, hostname);
        }
        let key_pem = String::from_utf8(read(&key_path)?)
            .map(zeroize::Zeroizing::new)
            .map_err(|_| broken(&key_path, "not a key"))?;
        let key = KeyPair::from_pem(&key_pem).map_err(|e| broken(&key_path, &e.to_string()))?;
        let matches = x509_parser::parse_x509_certificate(&certificate).is_ok_and(|(_, parsed)| {
            parsed.public_key().subject_public_key.data.as_ref() == key.public_key_raw()
        });
        if !matches {
            return Err(broken(&key_path, "not the key of ca.pem"));
        }
        Ok(Self {
            certificate,
            key_pem,
        })
    }

    fn create(dir: &Path, hostname: &str) -> Result<Self, Error> {
        let key = KeyPair::generate().map_err(refused)?;
        let mut params = CertificateParams::default();
        params.not_before = rcgen::date_time_ymd(2025, 1, 1);
        params.not_after = rcgen::date_time_ymd(2065, 1, 1);
        params.serial_number = Some(serial()?);
        // A device shows this name in its list: two homes must not look the same there.
        let told = fingerprint(key.public_key_raw());
        params.distinguished_name = named(&format!("Toxmail home {}", &told[..11]));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let mut permitted = vec![GeneralSubtree::DnsName(LOCAL_NAME.into())];
        if !under(hostname, LOCAL_NAME) {
            permitted.push(GeneralSubtree::DnsName(hostname.to_owned()));
        }
        for network in NETWORKS {
            let subnet: CidrSubnet = network
                .parse()
                .map_err(|()| Error::Refused(format!("{network} is no network")))?;
            permitted.push(GeneralSubtree::IpAddress(subnet));
        }
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted,
            excluded_subtrees: Vec::new(),
        });
        let certificate = params.self_signed(&key).map_err(refused)?;
        let key_pem = zeroize::Zeroizing::new(key.serialize_pem());
        // The key first: a certificate without a key would be a broken home, a key without a certificate is nothing.
        durable::write(&dir.join("ca.key"), key_pem.as_bytes())?;
        durable::write(
            &dir.join("ca.pem"),
            pem("CERTIFICATE", certificate.der()).as_bytes(),
        )?;
        Ok(Self {
            certificate: certificate.der().clone(),
            key_pem,
        })
    }
}

/// What a server certificate says of itself.
struct Facts {
    names: Vec<SanType>,
    begins: Duration,
    ends: Duration,
}

impl Facts {
    fn read(certificate: &[u8]) -> Option<Self> {
        let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
        let seconds = |time: x509_parser::time::ASN1Time| {
            Duration::from_secs(u64::try_from(time.timestamp()).unwrap_or(0))
        };
        Some(Self {
            names: subject_names(&parsed)?,
            begins: seconds(parsed.validity().not_before),
            ends: seconds(parsed.validity().not_after),
        })
    }

    /// Valid now and for a while, with every name in it that is wanted.
    fn good(&self, wanted: &[SanType], now: Duration) -> bool {
        self.begins <= now
            && self.ends > now + RENEW
            && wanted.iter().all(|name| self.names.contains(name))
    }
}

fn subject_names(certificate: &X509Certificate<'_>) -> Option<Vec<SanType>> {
    let extension = certificate.subject_alternative_name().ok()??;
    let names = extension
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(SanType::DnsName((*name).try_into().ok()?)),
            GeneralName::IPAddress(bytes) => ip_from(bytes).map(SanType::IpAddress),
            _ => None,
        });
    Some(names.collect())
}

fn ip_from(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}

/// The host names that an authority may speak for.
fn permitted_names(certificate: &[u8]) -> Option<Vec<String>> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let constraints = parsed.name_constraints().ok()??;
    let names = constraints.value.permitted_subtrees.as_ref()?.iter();
    Some(
        names
            .filter_map(|subtree| match subtree.base {
                GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
                _ => None,
            })
            .collect(),
    )
}

fn under(name: &str, base: &str) -> bool {
    name == base
        || name
            .strip_suffix(base)
            .is_some_and(|rest| rest.ends_with('.'))
}

/// Every name and address that the servers should answer to. A host name that cannot stand in a certificate (an address
/// literal, a name with a blank) is left out.
fn wanted_names(hostname: &str, addresses: &[IpAddr]) -> Vec<SanType> {
    let mut names: Vec<String> = vec![
        LOCAL_NAME.into(),
        format!("autoconfig.{LOCAL_NAME}"),
        hostname.into(),
    ];
    if !under(hostname, LOCAL_NAME) {
        names.push(format!("autoconfig.{hostname}"));
    }
    names.sort();
    names.dedup();
    let loopback = ["127.0.0.1", "::1"]
        .iter()
        .filter_map(|text| text.parse().ok());
    let mut ours: Vec<IpAddr> = addresses
        .iter()
        .map(IpAddr::to_canonical)
        .filter(|address| super::networks::is_home(*address))
        // A home with more addresses than this is no home.
        .take(32)
        .chain(loopback)
        .collect();
    ours.sort_unstable();
    ours.dedup();
    names
        .into_iter()
        .filter_map(|name| Some(SanType::DnsName(name.try_into().ok()?)))
        .chain(ours.into_iter().map(SanType::IpAddress))
        .collect()
}

fn read_server(
    dir: &Path,
    authority: &Authority,
    provider: &CryptoProvider,
) -> Option<(CertifiedKey, Facts)> {
    let certificate =
        CertificateDer::from_pem_slice(&fs::read(dir.join("server.pem")).ok()?).ok()?;
    let key = PrivateKeyDer::from_pem_slice(&fs::read(dir.join("server.key")).ok()?).ok()?;
    let facts = Facts::read(&certificate)?;
    let (_, ours) = x509_parser::parse_x509_certificate(&authority.certificate).ok()?;
    let (_, parsed) = x509_parser::parse_x509_certificate(&certificate).ok()?;
    if parsed.issuer() != ours.subject() {
        return None;
    }
    // A crash between the two files leaves a pair that does not match: it is made again.
    let chain = vec![certificate, authority.certificate.clone()];
    Some((certified(chain, key, provider).ok()?, facts))
}

fn make_server(
    dir: &Path,
    authority: &Authority,
    provider: &CryptoProvider,
    names: &[SanType],
    now: SystemTime,
) -> Result<CertifiedKey, Error> {
    let signer = KeyPair::from_pem(&authority.key_pem).map_err(refused)?;
    let issuer = Issuer::from_ca_cert_der(&authority.certificate, signer).map_err(refused)?;
    let key = KeyPair::generate().map_err(refused)?;
    let now = since_epoch(now);
    let mut params = CertificateParams::default();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + whole(now - BEFORE);
    params.not_after = epoch + whole(now + AFTER);
    params.serial_number = Some(serial()?);
    params.distinguished_name = named(LOCAL_NAME);
    params.subject_alt_names = names.to_vec();
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let certificate = params.signed_by(&key, &issuer).map_err(refused)?;
    let key_pem = zeroize::Zeroizing::new(key.serialize_pem());
    durable::write(&dir.join("server.key"), key_pem.as_bytes())?;
    durable::write(
        &dir.join("server.pem"),
        pem("CERTIFICATE", certificate.der()).as_bytes(),
    )?;
    let chain = vec![certificate.der().clone(), authority.certificate.clone()];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    certified(chain, key, provider)
}

fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, Error> {
    CertifiedKey::from_der(chain, key, provider).map_err(|e| Error::Refused(e.to_string()))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path).map_err(|e| io::Error::new(e.kind(), format!("read {}: {e}", path.display())))
}

fn since_epoch(now: SystemTime) -> Duration {
    now.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .max(EARLIEST)
}

/// Whole days: two certificates of one day differ in nothing that tells when the box was started.
fn whole(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs() / DAY.as_secs() * DAY.as_secs())
}

fn serial() -> Result<SerialNumber, Error> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| Error::Refused(e.to_string()))?;
    // Positive and not zero (RFC 5280 section 4.1.2.2).
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn named(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Toxmail");
    name.push(DnType::CommonName, common);
    name
}

fn fingerprint(der: &[u8]) -> String {
    let mut text = String::new();
    for (i, byte) in Sha256::digest(der).iter().enumerate() {
        let _ = write!(text, "{}{byte:02X}", if i == 0 { "" } else { ":" });
    }
    text
}

fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in data_encoding::BASE64.encode(der).as_bytes().chunks(64) {
        text.extend(line.iter().map(|&b| char::from(b)));
        text.push('\n');
    }
    let _ = writeln!(text, "-----END {label}-----");
    text
}

#[allow(clippy::needless_pass_by_value)] // the shape that map_err wants
fn refused(error: rcgen::Error) -> Error {
    Error::Refused(error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::pki_types::{ServerName, UnixTime};
    use std::os::unix::fs::PermissionsExt;

    fn now() -> SystemTime {
        UNIX_EPOCH + EARLIEST + 100 * DAY
    }

    fn open(dir: &Path, host: &str, addresses: &[&str]) -> Tls {
        let addresses: Vec<IpAddr> = addresses.iter().map(|a| a.parse().unwrap()).collect();
        Tls::open(dir, host, &addresses, now()).unwrap()
    }

    /// What a device that trusts the authority of `tls` says of `chain` for `name`.
    fn trusts(tls: &Tls, chain: &[CertificateDer<'_>], name: &str, at: SystemTime) -> bool {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(tls.authority.certificate.clone()).unwrap();
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), tls.provider.clone())
                .build()
                .unwrap();
        let at = UnixTime::since_unix_epoch(at.duration_since(UNIX_EPOCH).unwrap());
        let name = ServerName::try_from(name.to_owned()).unwrap();
        verifier
            .verify_server_cert(&chain[0], &chain[1..], &name, &[], at)
            .is_ok()
    }

    #[test]
    fn a_device_trusts_every_name_of_the_home_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let tls = open(
            dir.path(),
            "post.example.org",
            &["192.168.7.7", "fd00::7", "8.8.8.8"],
        );
        let chain = tls.current().cert.clone();
        for name in [
            "toxmail.local",
            "autoconfig.toxmail.local",
            "post.example.org",
            "192.168.7.7",
            "fd00::7",
            "127.0.0.1",
            "::1",
        ] {
            assert!(trusts(&tls, &chain, name, now()), "{name}");
        }
        for name in ["8.8.8.8", "example.org", "toxmail.example"] {
            assert!(!trusts(&tls, &chain, name, now()), "{name}");
        }
        assert!(!trusts(&tls, &chain, "toxmail.local", now() + 800 * DAY));
        for file in ["ca.key", "server.key"] {
            let mode = fs::metadata(dir.path().join(file))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }

    #[test]
    fn the_authority_cannot_speak_for_a_bank() {
        let dir = tempfile::tempdir().unwrap();
        let tls = open(dir.path(), "toxmail.local", &[]);
        let bank = [SanType::DnsName("bank.example".try_into().unwrap())];
        let forged = make_server(dir.path(), &tls.authority, &tls.provider, &bank, now()).unwrap();
        assert!(!trusts(&tls, &forged.cert, "bank.example", now()));
    }

    #[test]
    fn it_is_kept_across_starts_and_made_again_when_something_changed() {
        let dir = tempfile::tempdir().unwrap();
        let tls = open(dir.path(), "toxmail.local", &["192.168.7.7"]);
        let (authority, first) = (tls.ca_fingerprint(), tls.server_fingerprint());
        drop(tls);
        let tls = open(dir.path(), "toxmail.local", &[]);
        assert_eq!(
            (tls.ca_fingerprint(), tls.server_fingerprint()),
            (authority.clone(), first)
        );

        let address = ["10.0.0.5".parse().unwrap()];
        assert_eq!(tls.refresh(&address, now()).unwrap(), Refreshed::Renewed);
        assert_eq!(tls.refresh(&address, now()).unwrap(), Refreshed::Kept);
        assert_eq!(
            tls.refresh(&address, now() + 700 * DAY).unwrap(),
            Refreshed::Renewed
        );
        // The clock went back: what begins in the future is not valid.
        assert_eq!(tls.refresh(&address, now()).unwrap(), Refreshed::Renewed);
        assert_eq!(tls.ca_fingerprint(), authority);

        fs::write(dir.path().join("server.pem"), "cut sho").unwrap();
        let tls = open(dir.path(), "toxmail.local", &[]);
        assert_eq!(tls.ca_fingerprint(), authority);
        let tls = open(dir.path(), "post.example.org", &[]);
        assert_ne!(tls.ca_fingerprint(), authority);
        assert!(trusts(&tls, &tls.current().cert, "post.example.org", now()));
    }

    #[test]
    fn a_start_in_1970_makes_a_certificate_for_today() {
        let dir = tempfile::tempdir().unwrap();
        let tls = Tls::open(dir.path(), "toxmail.local", &[], UNIX_EPOCH).unwrap();
        let today = UNIX_EPOCH + EARLIEST + 30 * DAY;
        assert!(trusts(&tls, &tls.current().cert, "toxmail.local", today));
    }

    #[test]
    fn a_foreign_key_is_refused_with_advice() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path(), "toxmail.local", &[]);
        let other = KeyPair::generate().unwrap().serialize_pem();
        fs::write(dir.path().join("ca.key"), other).unwrap();
        let error = Tls::open(dir.path(), "toxmail.local", &[], now()).unwrap_err();
        assert!(error.to_string().contains("restore"), "{error}");
    }
}
