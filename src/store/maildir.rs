//! Maildir++: names of files and folders, and what lies in them. Knows nothing of UIDs.
//!
//! A message is `new/BASE` or `cur/BASE:2,FLAGS`; the base never changes and is unique. Ours is
//! `SECONDS.T<32 hex>.toxmail,S=<bytes on disk>,W=<bytes with CRLF>` (Dovecot reads S and W too), where the 32 digits are
//! the [`UniqueName`] that makes a second copy impossible. The mailbox `Archive/2026` is the folder `.Archive.2026`; each
//! part is written in modified UTF-7 (RFC 3501 section 5.1.3), as Dovecot does, and so is a dot inside a part.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::Error;
use super::flags::Flags;
use crate::durable;
use crate::mail::utf7;

/// A file name has at most 255 bytes on every Linux file system.
const MAX_FOLDER_NAME: usize = 240;
/// Nothing sane nests deeper, and every level costs in LIST.
const MAX_DEPTH: usize = 16;
/// What other programs left in tmp/ is theirs for this long (the Maildir page says 36 hours).
const FOREIGN_DRAFT_AGE: Duration = Duration::from_secs(36 * 3600);

/// What makes a delivery the same delivery: 16 bytes, from the transfer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueName([u8; 16]);

impl UniqueName {
    /// From 16 bytes that are unique by themselves.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// From several parts that are unique together, such as the peer's key and the id that the peer chose.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for UniqueName {
    /// 32 lower-case hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for UniqueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UniqueName({self})")
    }
}

/// The name of a mailbox: `INBOX`, or parts with `/` between them. No part is empty, `.` or `..`, none holds a control
/// character, so that no name can lead out of the member's folder.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailboxName(String);

impl MailboxName {
    /// The mailbox that mail arrives in.
    pub fn inbox() -> Self {
        Self("INBOX".into())
    }

    /// Whether this is the mailbox that mail arrives in.
    pub fn is_inbox(&self) -> bool {
        self.0 == "INBOX"
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names above this one, the nearest first.
    pub fn superiors(&self) -> impl Iterator<Item = Self> + '_ {
        let ends = self.0.rmatch_indices('/').map(|(at, _)| at);
        ends.map(|end| Self(self.0[..end].to_owned()))
    }

    /// Whether `self` lies below `other`.
    pub fn is_below(&self, other: &Self) -> bool {
        self.0
            .strip_prefix(&other.0)
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// The folder inside the member's Maildir; empty for the inbox, which is the Maildir itself.
    pub fn folder(&self) -> String {
        if self.is_inbox() {
            return String::new();
        }
        let mut folder = String::new();
        for part in self.0.split('/') {
            folder.push('.');
            // A dot parts the levels of a Maildir++ name.
            folder.push_str(&utf7::encode(part, |c| c != '.'));
        }
        folder
    }

    /// The mailbox of a folder, when that is a name that we would write just so.
    pub fn of_folder(folder: &OsStr) -> Option<Self> {
        let folder = folder.to_str()?;
        let parts: Option<Vec<String>> = folder
            .strip_prefix('.')?
            .split('.')
            .map(utf7::decode)
            .collect();
        let name: Self = parts?.join("/").parse().ok()?;
        (name.folder() == folder).then_some(name)
    }
}

impl FromStr for MailboxName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = || Error::BadMailboxName(text.chars().take(80).collect());
        let legal = |part: &str| {
            !part.is_empty() && part != "." && part != ".." && !part.chars().any(char::is_control)
        };
        if !text.split('/').all(legal) || text.split('/').count() > MAX_DEPTH {
            return Err(bad());
        }
        // RFC 3501 section 5.1: INBOX is case-insensitive.
        let name = match text.split_once('/') {
            None if text.eq_ignore_ascii_case("INBOX") => Self::inbox(),
            Some((first, rest)) if first.eq_ignore_ascii_case("INBOX") => {
                Self(format!("INBOX/{rest}"))
            }
            _ => Self(text.to_owned()),
        };
        if name.folder().len() > MAX_FOLDER_NAME {
            return Err(bad());
        }
        Ok(name)
    }
}

impl fmt::Display for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailboxName({:?})", self.0)
    }
}

/// Which of the two folders a message lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nobody has touched it.
    New,
    /// Some program has seen it.
    Cur,
}

/// Where a message lies and what its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub place: Place,
    pub flags: Flags,
}

/// The part of a file name that never changes, as bytes: other programs may use any.
pub type BaseName = Box<[u8]>;

/// Our own base name.
pub fn base_name(seconds: i64, unique: &UniqueName, on_disk: u64, size: u64) -> BaseName {
    format!("{seconds}.T{unique}.toxmail,S={on_disk},W={size}")
        .into_bytes()
        .into()
}

/// What one of our own base names says: the unique name, bytes on disk, bytes with CRLF.
pub fn ours(base: &[u8]) -> Option<(UniqueName, u64, u64)> {
    let text = std::str::from_utf8(base).ok()?;
    let (seconds, rest) = text.split_once(".T")?;
    let (hex, rest) = rest.split_once(".toxmail,S=")?;
    let (on_disk, size) = rest.split_once(",W=")?;
    seconds.parse::<i64>().ok()?;
    let unique = HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()?;
    Some((
        UniqueName(unique),
        on_disk.parse().ok()?,
        size.parse().ok()?,
    ))
}

/// A base name for a message that was not delivered: appended, or a copy. It says which message the bytes are, since copies
/// share that, and a number that makes it unique.
pub(super) fn copy_name(
    seconds: i64,
    email: EmailId,
    number: [u8; 8],
    on_disk: u64,
    size: u64,
) -> BaseName {
    let (email, number) = (HEXLOWER.encode(&email.0), HEXLOWER.encode(&number));
    format!("{seconds}.C{email}.{number}.toxmail,S={on_disk},W={size}")
        .into_bytes()
        .into()
}

/// Bytes on disk and bytes with CRLF, when the base name is one of ours.
pub(super) fn sizes(base: &[u8]) -> Option<(u64, u64)> {
    if let Some((_, on_disk, size)) = ours(base) {
        return Some((on_disk, size));
    }
    let (_, rest) = copied(base)?;
    let (on_disk, size) = rest.split_once(",W=")?;
    Some((on_disk.parse().ok()?, size.parse().ok()?))
}

/// Which message a copy is, and what follows `,S=`.
fn copied(base: &[u8]) -> Option<(EmailId, &str)> {
    let text = std::str::from_utf8(base).ok()?;
    let (seconds, rest) = text.split_once(".C")?;
    seconds.parse::<i64>().ok()?;
    let (email, rest) = rest.split_once('.')?;
    let (number, rest) = rest.split_once(".toxmail,S=")?;
    let email = HEXLOWER.decode(email.as_bytes()).ok()?.try_into().ok()?;
    (number.len() == 16).then_some((EmailId(email), rest))
}

/// Which message some bytes are, whatever mailbox they lie in (RFC 8474): copies share it. It is in the name of the file, so
/// that it needs no row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailId([u8; 16]);

impl EmailId {
    pub(super) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// That of the message with this base name. Base names are unique in the world, says the Maildir page.
    pub(super) fn of(base: &[u8]) -> Self {
        if let Some((unique, _, _)) = ours(base) {
            return Self(unique.0);
        }
        copied(base).map_or_else(|| Self(UniqueName::of(&[base]).0), |(email, _)| email)
    }
}

impl fmt::Display for EmailId {
    /// `E` and 32 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{}", HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for EmailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailId({self})")
    }
}

/// The file name of a message that lies at `spot`.
pub(super) fn path(folder: &Path, base: &[u8], spot: Spot) -> PathBuf {
    match spot.place {
        Place::New => folder.join("new").join(OsStr::from_bytes(base)),
        Place::Cur => {
            let mut name = base.to_vec();
            name.extend_from_slice(format!(":2,{}", spot.flags).as_bytes());
            folder.join("cur").join(OsString::from_vec(name))
        }
    }
}

/// Base name and flags of a file name in cur/. What follows the colon in a form we do not know is no flag.
pub fn split(name: &[u8]) -> (&[u8], Flags) {
    match name.iter().position(|&b| b == b':') {
        None => (name, Flags::NONE),
        Some(at) => (
            &name[..at],
            name[at..]
                .strip_prefix(b":2,")
                .map_or(Flags::NONE, Flags::parse),
        ),
    }
}

/// The number that a base name starts with: the second it was made, for putting strangers in order.
pub(super) fn seconds(base: &[u8]) -> u64 {
    base.iter()
        .take_while(|b| b.is_ascii_digit())
        .fold(0, |n: u64, b| {
            n.saturating_mul(10).saturating_add(u64::from(b - b'0'))
        })
}

/// One message file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub spot: Spot,
    /// Folder and name, when they are not those that we would write: `:2,SR`, no info in cur/, an unknown info, any info in new/.
    pub odd: Option<PathBuf>,
}

/// What lies in one of the folders, by base name, added to `found`. A message that is in both is taken from cur/.
///
/// In new/ there are no infos by the rules of Maildir, but mutt leaves a letter there that was flagged before it was read
/// (`new/X:2,F`), and mbsync gives every unread one an empty info.
pub(super) fn list(
    folder: &Path,
    place: Place,
    found: &mut HashMap<BaseName, Seen>,
) -> io::Result<()> {
    let folder_of_place = match place {
        Place::New => folder.join("new"),
        Place::Cur => folder.join("cur"),
    };
    let told =
        |e: io::Error| io::Error::new(e.kind(), format!("list {}: {e}", folder_of_place.display()));
    for entry in fs::read_dir(&folder_of_place).map_err(told)? {
        let name = entry.map_err(told)?.file_name();
        let bytes = name.as_bytes();
        if bytes.starts_with(b".") {
            continue;
        }
        let (base, flags) = split(bytes);
        let (spot, plain) = match place {
            Place::New if flags == Flags::NONE => {
                (Spot { place, flags }, base.len() == bytes.len())
            }
            Place::New => (
                Spot {
                    place: Place::Cur,
                    flags,
                },
                false,
            ),
            Place::Cur => (Spot { place, flags }, is_plain(&bytes[base.len()..])),
        };
        let odd = (!plain).then(|| folder_of_place.join(&name));
        let base: BaseName = base.into();
        found.insert(base, Seen { spot, odd });
    }
    Ok(())
}

/// Whether this is the info that [`path`] would write: letters once each, in ASCII order.
fn is_plain(info: &[u8]) -> bool {
    info.strip_prefix(b":2,").is_some_and(|letters| {
        letters.iter().all(u8::is_ascii_alphabetic) && letters.is_sorted_by(|a, b| a < b)
    })
}

/// Gives a file the name that we would write, so that it can be found from its row. Not synced: after a power cut the next
/// scan does it again.
pub(super) fn straighten(folder: &Path, odd: &Path, base: &[u8], spot: Spot) -> io::Result<()> {
    durable::rename_new(odd, &path(folder, base, spot))
}

/// When the names in a folder last changed.
pub(super) fn stamp(folder: &Path) -> io::Result<SystemTime> {
    fs::metadata(folder)
        .map_err(|e| io::Error::new(e.kind(), format!("look at {}: {e}", folder.display())))
        .map(|facts| {
            let since = Duration::new(
                u64::try_from(facts.mtime()).unwrap_or(0),
                u32::try_from(facts.mtime_nsec()).unwrap_or(0),
            );
            SystemTime::UNIX_EPOCH + since
        })
}

/// Makes the folders of a mailbox, those that are missing, and puts their names on the disk. `cur/` comes last: a folder
/// without it is no mailbox yet.
pub(super) fn make(folder: &Path, name: &MailboxName) -> io::Result<()> {
    durable::make_folder(folder)?;
    let mark = folder.join("maildirfolder");
    if !name.is_inbox() && !mark.exists() {
        durable::write(&mark, b"")?;
    }
    for inner in ["tmp", "new", "cur"] {
        let inner = folder.join(inner);
        match fs::DirBuilder::new().mode(0o700).create(&inner) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
                return Err(io::Error::new(
                    e.kind(),
                    format!("create {}: {e}", inner.display()),
                ));
            }
            _ => {}
        }
    }
    durable::sync_folder(folder)
}

/// Whether a folder is one of a mailbox.
pub(super) fn is_mailbox(folder: &Path) -> bool {
    folder.join("cur").is_dir()
}

/// Whether another program has removed a mailbox: its folder is not there, or is an ordinary one without a `cur/`. What cannot be
/// looked at (a disk that fails or is not mounted, a link to nowhere, somebody else's folder) is not gone.
pub(super) fn is_gone(folder: &Path) -> bool {
    let not_there = |e: &io::Error| e.kind() == io::ErrorKind::NotFound;
    match fs::symlink_metadata(folder) {
        Ok(facts) if facts.is_symlink() => false,
        Ok(_) => fs::metadata(folder.join("cur")).is_err_and(|e| not_there(&e)),
        Err(e) => not_there(&e),
    }
}

/// Every mailbox of a Maildir, the inbox first, the others by name; also those that cannot be looked at now.
pub(super) fn mailboxes(maildir: &Path) -> io::Result<Vec<MailboxName>> {
    let mut names = vec![];
    for entry in fs::read_dir(maildir)? {
        let entry = entry?;
        if let Some(name) = MailboxName::of_folder(&entry.file_name())
            && !is_gone(&entry.path())
        {
            names.push(name);
        }
    }
    names.sort();
    names.insert(0, MailboxName::inbox());
    Ok(names)
}

/// In whose `tmp/` a message for a mailbox is written: that of the inbox, which is never renamed; the mailbox's own where that
/// is a link to another disk, since no file is renamed from one disk to another.
pub(super) fn draft_folder(inbox: &Path, folder: PathBuf) -> PathBuf {
    // Nearly everything is for the inbox itself.
    match inbox == folder || on_one_disk(inbox, &folder) {
        true => inbox.to_owned(),
        false => folder,
    }
}

/// Whether files of one of these folders can be renamed into the other, as far as can be told.
pub(super) fn on_one_disk(a: &Path, b: &Path) -> bool {
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => a.dev() == b.dev(),
        _ => true,
    }
}

/// The name of our unfinished file in tmp/.
pub(super) fn draft_path(folder: &Path, unique: &UniqueName) -> PathBuf {
    folder.join("tmp").join(format!("T{unique}.toxmail"))
}

/// Removes what crashes left in tmp/: our own at once (no other daemon files here), that of others after 36 hours.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    let now = SystemTime::now();
    for entry in fs::read_dir(folder.join("tmp"))? {
        let entry = entry?;
        let name = entry.file_name();
        let is_ours = name
            .to_str()
            .and_then(|n| n.strip_prefix('T')?.strip_suffix(".toxmail"))
            .is_some_and(|hex| hex.len() == 32);
        let old = || {
            let changed = entry.metadata().ok()?.modified().ok()?;
            Some(now.duration_since(changed).ok()? > FOREIGN_DRAFT_AGE)
        };
        if is_ours || (!name.as_bytes().starts_with(b".") && old().unwrap_or(false)) {
            // What cannot be removed is no message: nothing is lost by leaving it.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_folders_as_dovecot_writes_them() {
        for (name, folder) in [
            ("INBOX", ""),
            ("Sent", ".Sent"),
            ("Archive/2026", ".Archive.2026"),
            ("INBOX/deep", ".INBOX.deep"),
            ("Entwürfe", ".Entw&APw-rfe"),
            (
                "~peter/mail/台北/日本語",
                ".~peter.mail.&U,BTFw-.&ZeVnLIqe-",
            ), // RFC 3501 section 5.1.3
            ("R&D", ".R&-D"),
            ("v1.2", ".v1&AC4-2"),
        ] {
            let parsed: MailboxName = name.parse().unwrap();
            assert_eq!(parsed.as_str(), name);
            assert_eq!(parsed.folder(), folder);
            if !folder.is_empty() {
                assert_eq!(MailboxName::of_folder(OsStr::new(folder)), Some(parsed));
            }
        }
        assert_eq!("inbox".parse::<MailboxName>().unwrap().as_str(), "INBOX");
        assert_eq!(
            "Inbox/x".parse::<MailboxName>().unwrap().as_str(),
            "INBOX/x"
        );
    }

    #[test]
    fn unsafe_names_are_refused() {
        let long = "x".repeat(300);
        let deep = vec!["x"; 17].join("/");
        for name in [
            "", "/", "a//b", "..", "../anna", "a/..", ".", "a/./b", "/etc", "a/", "a\0b", "a\nb",
            &long, &deep,
        ] {
            assert!(name.parse::<MailboxName>().is_err(), "{name:?}");
        }
        for folder in [
            "Sent",
            ".",
            "..",
            ".a..b",
            ".&AC4ALg-",
            ".&x-",
            ".&AOk",
            ".a&",
        ] {
            assert_eq!(MailboxName::of_folder(OsStr::new(folder)), None, "{folder}");
        }
    }

    #[test]
    fn file_names_are_taken_apart() {
        let unique = UniqueName::from_bytes([0xab; 16]);
        let base = base_name(17, &unique, 9, 10);
        assert_eq!(ours(&base), Some((unique, 9, 10)));
        assert_eq!(ours(b"17.Tabab.toxmail,S=9,W=10"), None);
        assert_eq!(ours(b"17.M1P2.host,S=9,W=10"), None);
        assert_eq!(
            split(b"17.x,S=1:2,FS"),
            (&b"17.x,S=1"[..], Flags::parse(b"FS"))
        );
        assert_eq!(split(b"17.x:1,FS"), (&b"17.x"[..], Flags::NONE));
        assert_eq!(split(b"17.x"), (&b"17.x"[..], Flags::NONE));
        assert_eq!((seconds(b"17.x"), seconds(b"x")), (17, 0));
    }

    proptest! {
        #[test]
        fn every_legal_name_comes_back_and_stays_inside(name in "\\PC{1,30}(/\\PC{1,30}){0,3}") {
            if let Ok(parsed) = name.parse::<MailboxName>() && !parsed.is_inbox() {
                let folder = parsed.folder();
                prop_assert!(!folder.contains('/') && folder.starts_with('.') && folder != "." && folder != "..");
                prop_assert_eq!(MailboxName::of_folder(OsStr::new(&folder)), Some(parsed));
            }
        }

        #[test]
        fn any_file_name_is_taken_apart(name in proptest::collection::vec(any::<u8>(), 0..80)) {
            let (base, _) = split(&name);
            prop_assert!(name.starts_with(base));
            let _ = (ours(base), seconds(base), MailboxName::of_folder(OsStr::from_bytes(&name)));
        }
    }
}
