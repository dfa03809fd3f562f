//! The age format (age-encryption.org/v1, <https://c2sp.org/age>): what a stock `age` reads and writes.
//!
//! # What happens here
//! [`seal`] and [`unseal`] are `age -p` and `age -d` for something small; [`Encrypt`] is `age -r` and [`Decrypt`] is
//! `age -d -i` for something of any length, in constant memory. Keys are written as age writes them ([`Identity`],
//! [`Recipient`]).
//!
//! # Rules
//! - Nothing of the cryptography is ours: X25519, scrypt, HKDF, HMAC and ChaCha20-Poly1305 come from libraries, how they are
//!   put together from the format. (The `age` crate brings a hundred more packages, most of them to translate its messages.)
//! - What [`Decrypt`] gives out is authentic, chunk by chunk; that it was all is known only when it has said "end": a file
//!   that was cut off ends in an error.
//! - Headers are read strictly: one that another program would not write is damaged.

use std::fmt;
use std::io::{self, Read, Write};

use bech32::Hrp;
use data_encoding::BASE64_NOPAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use zeroize::{Zeroize, Zeroizing};

const VERSION: &str = "age-encryption.org/v1";
const X25519_INFO: &str = "age-encryption.org/v1/X25519";
const SCRYPT_SALT: &str = "age-encryption.org/v1/scrypt";
/// Plaintext of one chunk, in bytes.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// 2^16 rounds: 64 MiB and a second or two on a Pi. age's own default of 2^18 takes 256 MiB, which a small Pi has not;
/// passphrases have to be long instead.
const WORK_FACTOR: u8 = 16;
/// Most work that is done for somebody else's file: what a stock `age` writes.
const MOST_WORK: u8 = 18;
/// Longest header that is read, in bytes: ours have some 250.
const LONGEST_HEADER: usize = 16 * 1024;

/// Why something could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such passphrase, or no such key.
    #[error("it was sealed with another passphrase or key")]
    NoMatch,
    /// It is not what age writes, or it was changed.
    #[error("it is damaged ({0})")]
    Damaged(&'static str),
    /// The system gave no random numbers.
    #[error("the system gave no random numbers")]
    Random,
    /// It could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => error,
            error => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}

/// The secret half of a key: `AGE-SECRET-KEY-1…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity([u8; 32]);

/// The public half: `age1…`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Recipient([u8; 32]);

impl Identity {
    /// A new one.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn new() -> Result<Self, Error> {
        Ok(Self(random()?))
    }

    /// What is encrypted to it.
    pub fn recipient(&self) -> Recipient {
        Recipient(x25519_dalek::x25519(
            self.0,
            x25519_dalek::X25519_BASEPOINT_BYTES,
        ))
    }

    /// Reads `AGE-SECRET-KEY-1…`; lines that begin with `#` before it are skipped, as `age -i` does.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        let line = lines.find(|line| !line.is_empty() && !line.starts_with('#'))?;
        // bech32 is one case throughout; age wants secrets in upper case.
        if line.bytes().any(|b| b.is_ascii_lowercase()) {
            return None;
        }
        key(line, "age-secret-key-").map(Self)
    }

    /// How age writes it.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = written(&self.0, "age-secret-key-");
        text.make_ascii_uppercase();
        Zeroizing::new(text)
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl Recipient {
    /// Reads `age1…`.
    pub fn parse(text: &str) -> Option<Self> {
        key(text, "age").map(Self)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(&self.0, "age"))
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({self})")
    }
}

fn key(text: &str, kind: &str) -> Option<[u8; 32]> {
    let checked = bech32::primitives::decode::CheckedHrpstring::new::<bech32::Bech32>(text).ok()?;
    if checked.hrp().to_lowercase() != kind {
        return None;
    }
    checked.byte_iter().collect::<Vec<_>>().try_into().ok()
}

fn written(bytes: &[u8; 32], kind: &str) -> String {
    Hrp::parse(kind)
        .ok()
        .and_then(|hrp| bech32::encode::<bech32::Bech32>(hrp, bytes).ok())
        .unwrap_or_default()
}

/// `age -p`: something small, sealed by a passphrase. Takes 64 MiB for a moment.
///
/// # Errors
/// [`Error::Random`].
pub fn seal(passphrase: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let salt: [u8; 16] = random()?;
    let wrap = stretched(passphrase, &salt, WORK_FACTOR)?;
    let file_key = Zeroizing::new(random::<16>()?);
    let stanza = Stanza {
        words: vec![
            "scrypt".into(),
            BASE64_NOPAD.encode(&salt),
            WORK_FACTOR.to_string(),
        ],
        body: sealed(&wrap, &file_key)?,
    };
    let mut file = Vec::new();
    let mut writer = Encrypt::begin(&mut file, &file_key, &[stanza])?;
    writer.write_all(plain)?;
    writer.finish()?;
    Ok(file)
}

/// `age -d` of what [`seal`] or a stock `age -p` has sealed.
///
/// # Errors
/// [`Error::NoMatch`] for another passphrase; it is damaged.
pub fn unseal(passphrase: &str, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut reader = file;
    let header = Header::read(&mut reader)?;
    // A passphrase is the only key of its file, says the format.
    let [stanza] = &header.stanzas[..] else {
        return Err(Error::Damaged("it is not sealed by a passphrase"));
    };
    let words: Vec<&str> = stanza.words.iter().map(String::as_str).collect();
    let ["scrypt", salt, work] = words[..] else {
        return Err(Error::Damaged("it is not sealed by a passphrase"));
    };
    let salt: [u8; 16] = decoded(salt)?
        .try_into()
        .map_err(|_| Error::Damaged("a salt of another length"))?;
    let plain = !work.starts_with('0') && work.bytes().all(|b| b.is_ascii_digit());
    let work: u8 = work
        .parse()
        .ok()
        .filter(|work| plain && *work <= MOST_WORK)
        .ok_or(Error::Damaged("its passphrase would take too much work"))?;
    let wrap = stretched(passphrase, &salt, work)?;
    let file_key = header.opened(&wrap, stanza)?;
    let mut plain = Zeroizing::new(Vec::new());
    Decrypt::begin(reader, &file_key)?.read_to_end(&mut plain)?;
    Ok(plain)
}

fn stretched(passphrase: &str, salt: &[u8], work: u8) -> Result<Zeroizing<[u8; 32]>, Error> {
    let params = scrypt::Params::new(work, 8, 1, 32)
        .map_err(|_| Error::Damaged("its passphrase would take no work"))?;
    let salt = [SCRYPT_SALT.as_bytes(), salt].concat();
    let mut wrap = Zeroizing::new([0; 32]);
    scrypt::scrypt(passphrase.as_bytes(), &salt, &params, &mut *wrap)
        .map_err(|_| Error::Damaged("a key of another length"))?;
    Ok(wrap)
}

/// The wrapping key of an X25519 stanza.
fn agreed(
    secret: &[u8; 32],
    theirs: &[u8; 32],
    share: &[u8; 32],
    recipient: &Recipient,
) -> Result<Zeroizing<[u8; 32]>, Error> {
    let shared = Zeroizing::new(x25519_dalek::x25519(*secret, *theirs));
    if shared.iter().all(|b| *b == 0) {
        return Err(Error::Damaged("a share of low order"));
    }
    let salt = [share.as_slice(), &recipient.0].concat();
    derived(&salt, &*shared, X25519_INFO)
}

fn derived(salt: &[u8], secret: &[u8], info: &str) -> Result<Zeroizing<[u8; 32]>, Error> {
    let mut key = Zeroizing::new([0; 32]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut *key))
        .map_err(|_| Error::Damaged("a key of another length"))?;
    Ok(key)
}

/// A file key in its wrapping key: each wrapping key is used once, so the nonce is zero.
fn sealed(wrap: &[u8; 32], file_key: &[u8; 16]) -> Result<Vec<u8>, Error> {
    let mut body = file_key.to_vec();
    cipher(wrap)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key([0; 12]),
            Aad::empty(),
            &mut body,
        )
        .map_err(|_| Error::Damaged("a key of another length"))?;
    Ok(body)
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, Error> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key)
        .map_err(|_| Error::Damaged("a key of another length"))?;
    Ok(LessSafeKey::new(key))
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

fn decoded(text: &str) -> Result<Vec<u8>, Error> {
    // data-encoding refuses bits that a shorter text could not say.
    BASE64_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| Error::Damaged("its base64"))
}

/// One wrapped file key.
struct Stanza {
    words: Vec<String>,
    body: Vec<u8>,
}

struct Header {
    stanzas: Vec<Stanza>,
    /// All of it up to and with `---`: what the MAC is of.
    bytes: Vec<u8>,
    mac: Vec<u8>,
}

impl Header {
    fn text(stanzas: &[Stanza]) -> String {
        let mut text = format!("{VERSION}\n");
        for stanza in stanzas {
            text += &format!("-> {}\n", stanza.words.join(" "));
            let body = BASE64_NOPAD.encode(&stanza.body);
            // Lines of 64; the last one is shorter, and may be empty.
            let (mut rest, mut line) = (body.as_str(), 64);
            while line == 64 {
                line = rest.len().min(64);
                text += &rest[..line];
                text.push('\n');
                rest = &rest[line..];
            }
        }
        text + "---"
    }

    fn read(reader: &mut impl Read) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        let first = line(reader, &mut bytes)?;
        if first != VERSION {
            return Err(Error::Damaged("it is not an age file"));
        }
        let mut stanzas = Vec::new();
        loop {
            let start = bytes.len();
            let text = line(reader, &mut bytes)?;
            if let Some(mac) = text.strip_prefix("--- ") {
                let mac = decoded(mac)?;
                bytes.truncate(start + 3);
                return Ok(Self {
                    stanzas,
                    bytes,
                    mac,
                });
            }
            let words = text
                .strip_prefix("-> ")
                .ok_or(Error::Damaged("its header"))?;
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            if words.iter().any(String::is_empty) {
                return Err(Error::Damaged("its header"));
            }
            let mut body = String::new();
            loop {
                let text = line(reader, &mut bytes)?;
                if text.len() > 64 {
                    return Err(Error::Damaged("its header"));
                }
                body += &text;
                if text.len() < 64 {
                    break;
                }
            }
            let body = decoded(&body)?;
            stanzas.push(Stanza { words, body });
        }
    }

    /// The file key, if this wrapping key opens this stanza and the header is the one that was written with it.
    fn opened(&self, wrap: &[u8; 32], stanza: &Stanza) -> Result<Zeroizing<[u8; 16]>, Error> {
        if stanza.body.len() != 16 + TAG {
            return Err(Error::Damaged("a file key of another length"));
        }
        let mut body = Zeroizing::new(stanza.body.clone());
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let opened = cipher(wrap)?
            .open_in_place(nonce, Aad::empty(), &mut body)
            .map_err(|_| Error::NoMatch)?;
        let mut file_key = Zeroizing::new([0; 16]);
        file_key.copy_from_slice(opened);
        hmac::verify(&mac_key(&file_key)?, &self.bytes, &self.mac)
            .map_err(|_| Error::Damaged("its header was changed"))?;
        Ok(file_key)
    }
}

fn mac_key(file_key: &[u8; 16]) -> Result<hmac::Key, Error> {
    let key = derived(&[], file_key, "header")?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &*key))
}

/// A line of a header, without its end; appended to `bytes` with it.
fn line(reader: &mut impl Read, bytes: &mut Vec<u8>) -> Result<String, Error> {
    let start = bytes.len();
    loop {
        let mut byte = [0];
        reader.read_exact(&mut byte).map_err(cut)?;
        bytes.push(byte[0]);
        match byte[0] {
            b'\n' => break,
            b' '..=b'~' if bytes.len() < LONGEST_HEADER => {}
            _ => return Err(Error::Damaged("its header")),
        }
    }
    let text = &bytes[start..bytes.len() - 1];
    Ok(text.iter().map(|b| char::from(*b)).collect())
}

fn cut(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::Damaged("it ends too early"),
        _ => Error::Io(error),
    }
}

/// The nonce of a chunk: its number, and whether it is the last.
#[derive(Default)]
struct Counter(u64);

impl Counter {
    fn next(&mut self, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&self.0.to_be_bytes());
        nonce[11] = last.into();
        self.0 += 1;
        Nonce::assume_unique_for_key(nonce)
    }
}

/// Encrypts what is written to it. Without [`finish`](Self::finish) the file is cut off, and says so when it is opened.
pub struct Encrypt<W: Write> {
    out: W,
    key: LessSafeKey,
    counter: Counter,
    chunk: Vec<u8>,
}

impl<W: Write> Encrypt<W> {
    /// `age -r RECIPIENT`.
    ///
    /// # Errors
    /// [`Error::Random`]; `out` cannot be written.
    pub fn to(recipient: &Recipient, out: W) -> Result<Self, Error> {
        let file_key = Zeroizing::new(random::<16>()?);
        let ours = Identity::new()?;
        let share = ours.recipient().0;
        let wrap = agreed(&ours.0, &recipient.0, &share, recipient)?;
        let stanza = Stanza {
            words: vec!["X25519".into(), BASE64_NOPAD.encode(&share)],
            body: sealed(&wrap, &file_key)?,
        };
        Self::begin(out, &file_key, &[stanza])
    }

    fn begin(mut out: W, file_key: &[u8; 16], stanzas: &[Stanza]) -> Result<Self, Error> {
        let text = Header::text(stanzas);
        let mac = hmac::sign(&mac_key(file_key)?, text.as_bytes());
        let nonce: [u8; 16] = random()?;
        writeln!(out, "{text} {}", BASE64_NOPAD.encode(mac.as_ref()))?;
        out.write_all(&nonce)?;
        Ok(Self {
            out,
            key: cipher(&*derived(&nonce, file_key, "payload")?)?,
            counter: Counter::default(),
            chunk: Vec::with_capacity(CHUNK + TAG),
        })
    }

    fn flush_chunk(&mut self, last: bool) -> io::Result<()> {
        let nonce = self.counter.next(last);
        self.key
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut self.chunk)
            .map_err(|_| io::Error::other("a chunk cannot be encrypted"))?;
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }

    /// Writes the last chunk; gives back where it was written to.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush_chunk(true)?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Encrypt<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until it is known that it is not the last one.
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.flush_chunk(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Decrypts what it reads. Only an `Ok(0)` says that all of it came.
pub struct Decrypt<R: Read> {
    reader: R,
    key: LessSafeKey,
    counter: Counter,
    /// What was read and not decrypted: a chunk, and a byte of the next one.
    coming: Vec<u8>,
    chunk: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decrypt<R> {
    /// `age -d -i IDENTITY`.
    ///
    /// # Errors
    /// [`Error::NoMatch`] for another identity; the header is damaged.
    pub fn with(identity: &Identity, mut reader: R) -> Result<Self, Error> {
        let header = Header::read(&mut reader)?;
        let recipient = identity.recipient();
        for stanza in &header.stanzas {
            let words: Vec<&str> = stanza.words.iter().map(String::as_str).collect();
            let ["X25519", share] = words[..] else {
                continue;
            };
            let share: [u8; 32] = decoded(share)?
                .try_into()
                .map_err(|_| Error::Damaged("a share of another length"))?;
            let wrap = agreed(&identity.0, &share, &share, &recipient)?;
            match header.opened(&wrap, stanza) {
                Err(Error::NoMatch) => {}
                file_key => return Self::begin(reader, &*file_key?),
            }
        }
        Err(Error::NoMatch)
    }

    fn begin(mut reader: R, file_key: &[u8; 16]) -> Result<Self, Error> {
        let mut nonce = [0; 16];
        reader.read_exact(&mut nonce).map_err(cut)?;
        Ok(Self {
            reader,
            key: cipher(&*derived(&nonce, file_key, "payload")?)?,
            counter: Counter::default(),
            coming: Vec::with_capacity(CHUNK + TAG + 1),
            chunk: Vec::with_capacity(CHUNK + TAG),
            given: 0,
            ended: false,
        })
    }

    fn next_chunk(&mut self) -> Result<(), Error> {
        let full = CHUNK + TAG;
        let missing = full + 1 - self.coming.len();
        (&mut self.reader)
            .take(missing as u64)
            .read_to_end(&mut self.coming)?;
        let last = self.coming.len() <= full;
        let first = self.counter.0 == 0;
        self.chunk.clear();
        let length = self.coming.len().min(full);
        self.chunk.extend_from_slice(&self.coming[..length]);
        self.coming.drain(..length);
        let nonce = self.counter.next(last);
        let plain = self
            .key
            .open_in_place(nonce, Aad::empty(), &mut self.chunk)
            .map_err(|_| match last {
                true => Error::Damaged("it ends too early, or was changed"),
                false => Error::Damaged("it was changed"),
            })?
            .len();
        if plain == 0 && !first {
            return Err(Error::Damaged("an empty chunk at its end"));
        }
        self.chunk.truncate(plain);
        self.given = 0;
        self.ended = last;
        Ok(())
    }
}

impl<R: Read> Read for Decrypt<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.given == self.chunk.len() && !self.ended {
            self.next_chunk()?;
        }
        let left = &self.chunk[self.given..];
        let length = left.len().min(bytes.len());
        bytes[..length].copy_from_slice(&left[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encrypted(identity: &Identity, plain: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = Encrypt::to(&identity.recipient(), &mut file).unwrap();
        writer.write_all(plain).unwrap();
        writer.finish().unwrap();
        file
    }

    fn decrypted(identity: &Identity, file: &[u8]) -> Result<Vec<u8>, Error> {
        let mut plain = Vec::new();
        Decrypt::with(identity, file)?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn whatever_its_length_what_was_encrypted_is_decrypted() {
        let identity = Identity::new().unwrap();
        for length in [
            0,
            1,
            100,
            CHUNK - 1,
            CHUNK,
            CHUNK + 1,
            2 * CHUNK,
            3 * CHUNK + 5,
        ] {
            let plain: Vec<u8> = (0..length).map(|i| i as u8).collect();
            let file = encrypted(&identity, &plain);
            assert_eq!(decrypted(&identity, &file).unwrap(), plain, "{length}");
        }
    }

    #[test]
    fn a_file_that_was_cut_off_anywhere_is_not_taken_for_whole() {
        let identity = Identity::new().unwrap();
        let file = encrypted(&identity, &vec![7; 2 * CHUNK]);
        let header = file.len() - 2 * (CHUNK + TAG);
        for at in (0..=header)
            .chain([header + CHUNK + TAG, header + CHUNK + TAG + 1])
            .chain((header..file.len()).step_by(4099))
        {
            assert!(decrypted(&identity, &file[..at]).is_err(), "{at}");
        }
        let more = [&file[..], b"x"].concat();
        assert!(decrypted(&identity, &more).is_err());
    }

    #[test]
    fn another_key_or_passphrase_opens_nothing() {
        let (identity, other) = (Identity::new().unwrap(), Identity::new().unwrap());
        let file = encrypted(&identity, b"letter");
        assert!(matches!(decrypted(&other, &file), Err(Error::NoMatch)));
        let sealed = seal("correct horse battery", b"secret").unwrap();
        assert_eq!(
            &**unseal("correct horse battery", &sealed).unwrap(),
            b"secret"
        );
        assert!(matches!(
            unseal("correct horse batterY", &sealed),
            Err(Error::NoMatch)
        ));
    }

    #[test]
    fn keys_are_written_as_age_writes_them() {
        // What `age-keygen` of Debian's age 1.1.1 has printed.
        let secret = "AGE-SECRET-KEY-176LN6TCKXYHTSLW6XDQDNZVRQYZMNQCD0VGPUPRJG6Q72UHQZPGQL8MP8W";
        let public = "age1sjfhtywem40u84lk6rvd92r06aveww9jfmgs6h3s5fglmau7fqfsjz5mgm";
        let identity = Identity::parse(&format!("# created: 2026\n{secret}\n")).unwrap();
        assert_eq!(identity.to_text().as_str(), secret);
        assert_eq!(identity.recipient().to_string(), public);
        assert_eq!(Recipient::parse(public), Some(identity.recipient()));
        assert!(Identity::parse(&secret.to_lowercase()).is_none());
        assert!(Recipient::parse(&public.replace("age1", "age2")).is_none());
        assert!(Identity::parse(public).is_none());
    }

    #[test]
    fn a_header_that_asks_for_too_much_work_is_refused() {
        for work in ["19", "63", "0", "016", "+16", "", "1000"] {
            let file = format!(
                "{VERSION}\n-> scrypt {} {work}\n{}\n--- {}\n",
                BASE64_NOPAD.encode(&[1; 16]),
                BASE64_NOPAD.encode(&[2; 32]),
                BASE64_NOPAD.encode(&[3; 32])
            );
            assert!(
                matches!(unseal("x", file.as_bytes()), Err(Error::Damaged(_))),
                "{work}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn one_changed_bit_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let identity = Identity::new().unwrap();
            let mut file = encrypted(&identity, b"a letter of some length");
            let at = at.index(file.len());
            file[at] ^= 1_u8 << bit;
            prop_assert!(decrypted(&identity, &file).is_err());
        }
    }
}
