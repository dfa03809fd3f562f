//! An archive is unpacked beside the home, and checked whole.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::net::SocketAddr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::contents::{self, Summed};
use super::{Error, FORMAT, Label, Paper, container, renewal, swap, unreadable};
use crate::appliance::age::Decrypt;
use crate::config::{self, Config, Ports};
use crate::database::{self, Database};
use crate::durable::{self, Draft, fault};
use crate::mail::address::PeerKey;
use crate::net::serve;
use crate::tox;

/// A label has some hundred bytes.
const LONGEST_LABEL: u64 = 64 * 1024;
/// Linux takes no longer name (PATH_MAX).
const LONGEST_NAME: u64 = 4096;
/// Zeros that a tar ends with; ours has a thousand.
const LONGEST_END: usize = 1 << 20;
/// Room on the disk that is left alone, in bytes.
const RESERVE: u64 = 64 << 20;
/// What a mistake in the settings is told in, in characters.
const LONGEST_WHY: usize = 300;
/// How far back its compression may look: 8 MiB, which is memory here. Ours looks back 2 MiB (zstd's level 3).
pub(super) const WINDOW_LOG: u32 = 23;

/// A home that is ready to be put into place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// When the backup was made, in seconds since 1970.
    pub created: i64,
    /// Whether mailboxes were in it.
    pub letters: bool,
    /// The home's key, unless it had never been started.
    pub key: Option<PeerKey>,
    /// Letters that wait for a person's word now.
    pub held: usize,
    /// Why the settings of the backup lie aside ([`ASIDE`]), where this machine could not start with them.
    pub settings: Option<String>,
}

/// What the settings of a backup are called, beside the home's own, where this machine cannot start with them.
pub const ASIDE: &str = "toxmail.toml.from-backup";

/// Unpacks a backup beside the home in `dir`, checks it, and makes it ready for [`finish`](super::finish). What was made ready
/// before, and not put into place, goes. `ports` are those that the home will have where its settings name none; `own` is where this process
/// listens until then. Blocks.
///
/// # Errors
/// What is wrong with the backup, or with the disk; nothing of it stays then, and the home in `dir` is as it was.
pub fn stage(
    dir: &Path,
    archive: &mut dyn Read,
    passphrase: &str,
    ports: Ports,
    own: &[SocketAddr],
) -> Result<Staged, Error> {
    swap::discard(dir)?;
    let staged = unpack(dir, archive, passphrase, (ports, own));
    if staged.is_err() {
        // What cannot be removed now goes at the next start.
        let _ = swap::discard(dir);
    }
    staged
}

/// Makes a home with the identity of a paper alone ready for [`finish`](super::finish), with the settings of the home in `dir`. `note` writes
/// into its database what else a home has of its identity. Blocks.
///
/// # Errors
/// Those of the disk; the home in `dir` is as it was.
pub fn stage_identity(
    dir: &Path,
    paper: &Paper,
    note: impl FnOnce(&Database) -> Result<(), database::Error>,
) -> Result<(), Error> {
    swap::discard(dir)?;
    let place = swap::place(dir);
    let staged = (|| {
        durable::make_folder(&place)?;
        let database = Database::open(&place.join(contents::DATABASE))?;
        let noted = note(&database);
        database.close();
        noted?;
        durable::write(&place.join(contents::IDENTITY), &paper.save)?;
        let own = dir.join(config::FILE);
        if own.is_file() {
            fs::copy(own, place.join(config::FILE))?;
        }
        durable::sync_all(&place)?;
        swap::make_ready(dir)
    })();
    if staged.is_err() {
        // What cannot be removed now goes at the next start.
        let _ = swap::discard(dir);
    }
    staged
}

fn unpack(
    dir: &Path,
    archive: &mut dyn Read,
    passphrase: &str,
    ports: Doors<'_>,
) -> Result<Staged, Error> {
    let mut archive = tar::Archive::new(archive);
    let (identity, mut payload) = container::open(&mut archive, passphrase)?;
    let place = swap::place(dir);
    durable::make_folder(&place)?;
    let decrypted = Decrypt::with(&identity, &mut payload);
    let mut decrypted = decrypted.map_err(|e| unreadable(e.into()))?;
    let label = {
        let mut unpacker = Unpacker {
            place: &place,
            sums: BufWriter::new(Draft::create(swap::folder(dir).join("sums"))?),
        };
        let mut decoder = zstd::stream::read::Decoder::new(&mut decrypted)?;
        decoder.window_log_max(WINDOW_LOG)?;
        let label = unpacker.run(decoder)?;
        fault::point("restore.unpacked");
        unpacker.compare(&swap::folder(dir))?;
        label
    };
    // To the last byte: that it was all is known only then.
    let rest = io::copy(&mut decrypted, &mut io::sink()).map_err(unreadable)?;
    drop(decrypted);
    if rest > 0 || payload.read(&mut [0]).map_err(unreadable)? > 0 {
        return Err(Error::damaged("there is more behind its end"));
    }
    let key = check(&place)?;
    let settings = set_settings_aside(dir, &place, ports)?;
    let held = renewal::renew(&place, &label, settings.as_deref())?;
    fault::point("restore.checked");
    // Everything at once: a folder of many thousand letters would take an fsync for each.
    durable::sync_all(&place)?;
    swap::make_ready(dir)?;
    fault::point("restore.ready");
    Ok(Staged {
        created: label.created,
        letters: label.letters,
        key,
        held,
        settings,
    })
}

struct Unpacker<'a> {
    place: &'a Path,
    sums: BufWriter<Draft>,
}

impl Unpacker<'_> {
    /// Unpacks everything but the sums, which come last and lie beside.
    fn run(&mut self, reader: impl Read) -> Result<Label, Error> {
        let mut archive = tar::Archive::new(reader);
        let mut label: Option<Label> = None;
        let mut ended = false;
        let mut long_name = None;
        // As it stands there, so that no name is read whole that is longer than any.
        for entry in archive.entries().map_err(unreadable)?.raw(true) {
            let mut entry = entry.map_err(unreadable)?;
            if ended {
                return Err(Error::damaged("there is more behind its sums"));
            }
            let kind = entry.header().entry_type();
            if kind.is_gnu_longname() && label.is_some() && long_name.is_none() {
                long_name = Some(read_name(&mut entry)?);
                continue;
            }
            let name = match long_name.take() {
                Some(name) => name,
                None => entry.path().map_err(unreadable)?.into_owned(),
            };
            self.room_for(entry.size())?;
            if label.is_none() {
                label = Some(self.label(&name, &mut entry)?);
            } else if name == Path::new(contents::SUMS) && kind.is_file() {
                let target = self.place.with_file_name(contents::SUMS);
                let (mut draft, size) = (Draft::create(target)?, entry.size());
                copy(&mut entry, &mut draft, size)?;
                draft.keep();
                ended = true;
            } else if !contents::is_ours(&name) {
                return Err(Error::damaged(format!(
                    "{} is no part of a home",
                    name.display()
                )));
            } else if kind.is_dir() {
                make(&self.place.join(&name))?;
            } else if kind.is_file() {
                self.file(&name, &mut entry)?;
            } else {
                return Err(Error::damaged(format!("{} is no file", name.display())));
            }
        }
        // Behind the archive's end: only zeros, to the end of the compressed stream.
        let mut rest = archive.into_inner();
        let (mut bytes, mut length) = ([0; 4096], 0);
        loop {
            let read = rest.read(&mut bytes).map_err(unreadable)?;
            length += read;
            match read {
                0 => break,
                read if length <= LONGEST_END && bytes[..read].iter().all(|b| *b == 0) => {}
                _ => return Err(Error::damaged("there is more behind its end")),
            }
        }
        label
            .filter(|_| ended)
            .ok_or_else(|| Error::damaged("it ends too early"))
    }

    /// The size of an entry is known before anything of it is written.
    fn room_for(&self, bytes: u64) -> Result<(), Error> {
        if durable::room(self.place)? < RESERVE.saturating_add(bytes) {
            return Err(Error::Io(io::ErrorKind::StorageFull.into()));
        }
        Ok(())
    }

    fn label(&mut self, name: &Path, entry: &mut impl Read) -> Result<Label, Error> {
        #[derive(serde::Deserialize)]
        struct Format {
            format: u32,
        }
        let not_ours = || Error::damaged("it is not a backup of a Toxmail home");
        if name != Path::new(contents::LABEL) {
            return Err(not_ours());
        }
        let mut entry = Summed::new(entry.take(LONGEST_LABEL));
        let mut text = Vec::new();
        entry.read_to_end(&mut text).map_err(unreadable)?;
        let line = contents::line(&entry.sum(), name.as_os_str().as_bytes());
        self.sums.write_all(&line)?;
        // First of all: a later format's label may say anything else.
        let Format { format } = serde_json::from_slice(&text).map_err(|_| not_ours())?;
        if format > FORMAT {
            return Err(Error::Newer(format));
        }
        serde_json::from_slice(&text).map_err(|_| not_ours())
    }

    fn file(&mut self, name: &Path, entry: &mut tar::Entry<'_, impl Read>) -> Result<(), Error> {
        let path = self.place.join(name);
        if let Some(folder) = path.parent() {
            make(folder)?;
        }
        let modified = entry.header().mtime().unwrap_or(0);
        let size = entry.size();
        let mut reader = Summed::new(entry);
        let mut draft = Draft::create(&path)?;
        copy(&mut reader, &mut draft, size)?;
        draft.keep();
        let line = contents::line(&reader.sum(), name.as_os_str().as_bytes());
        self.sums.write_all(&line)?;
        if name.starts_with(contents::MAIL) {
            // A letter without a row arrived when its file was written.
            let time = UNIX_EPOCH + Duration::from_secs(modified.min(u32::MAX.into()));
            File::options()
                .write(true)
                .open(&path)?
                .set_modified(time)?;
        }
        Ok(())
    }

    /// What came is what was packed.
    fn compare(self, folder: &Path) -> Result<(), Error> {
        let ours = self
            .sums
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        let theirs = File::open(folder.join(contents::SUMS))?;
        if !contents::same(&mut ours.reader()?, &mut BufReader::new(theirs))? {
            return Err(Error::damaged("its sums are not right"));
        }
        Ok(())
    }
}

/// Copies all of it; tells apart who failed.
fn copy(from: &mut impl Read, to: &mut impl Write, size: u64) -> Result<(), Error> {
    let (mut bytes, mut left) = (vec![0; 64 * 1024], size);
    while left > 0 {
        let read = from.read(&mut bytes).map_err(unreadable)?;
        if read == 0 {
            return Err(Error::damaged("it ends too early"));
        }
        to.write_all(&bytes[..read])?;
        left = left.saturating_sub(read as u64);
    }
    Ok(())
}

/// The content of an entry that has the next one's name, as GNU tar writes it: with a zero at its end.
fn read_name(entry: &mut tar::Entry<'_, impl Read>) -> Result<PathBuf, Error> {
    if entry.size() > LONGEST_NAME {
        return Err(Error::damaged("a name in it is too long"));
    }
    let mut name = Vec::new();
    entry.read_to_end(&mut name).map_err(unreadable)?;
    if name.last() == Some(&0) {
        name.pop();
    }
    Ok(PathBuf::from(OsString::from_vec(name)))
}

fn make(folder: &Path) -> Result<(), Error> {
    Ok(DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?)
}

/// Leaves out what this machine cannot start with, and puts the file as it was beside; why. A box that does not start has no page on
/// which anybody could mend it. Addresses are left out alone: with the rest (a mail server in the house, limits) letters are taken and
/// refused as before. Of a file with a mistake nothing is known; there those settings count that the home here has.
fn set_settings_aside(dir: &Path, place: &Path, ports: Doors<'_>) -> Result<Option<String>, Error> {
    let Some(Unusable { why, addresses }) = unusable(place, ports) else {
        return Ok(None);
    };
    let (written, aside) = (place.join(config::FILE), place.join(ASIDE));
    fs::rename(&written, &aside)?;
    let rest = match addresses.is_empty() {
        true => None,
        false => without(&fs::read_to_string(&aside)?, &addresses),
    };
    if let Some(rest) = rest {
        fs::write(&written, rest)?;
        if unusable(place, ports).is_none() {
            return Ok(Some(why));
        }
        fs::remove_file(&written)?;
    }
    let own = dir.join(config::FILE);
    if own.is_file() && unusable(dir, ports).is_none() {
        fs::copy(own, &written)?;
    }
    Ok(Some(why))
}

/// Settings without these keys of `[listen]`.
fn without(text: &str, addresses: &[&str]) -> Option<String> {
    let mut settings: toml::Table = text.parse().ok()?;
    let listen = settings.get_mut("listen")?.as_table_mut()?;
    listen.retain(|name, _| !addresses.contains(&name));
    toml::to_string(&settings).ok()
}

/// The ports of a home whose settings name none, and where this process listens.
type Doors<'a> = (Ports, &'a [SocketAddr]);

/// What keeps a home from starting with its settings.
struct Unusable {
    /// In a line.
    why: String,
    /// The keys of `[listen]` that it is, where it is these alone.
    addresses: Vec<&'static str>,
}

/// Why a home cannot start here with the settings in a folder.
fn unusable(folder: &Path, (ports, own): Doors<'_>) -> Option<Unusable> {
    let config = match Config::load(folder, ports) {
        Ok(config) => config,
        Err(e) => {
            let line = e.line.map(|line| format!("line {line}: "));
            let why = format!("{}{}", line.unwrap_or_default(), e.problem);
            let why = why.chars().take(LONGEST_WHY);
            return Some(Unusable {
                why: why.map(|c| if c.is_control() { ' ' } else { c }).collect(),
                addresses: Vec::new(),
            });
        }
    };
    let services = config.listen.services().into_iter();
    // The others are this machine's.
    let written = services.filter(|(name, _)| config.is_written(&format!("listen.{name}")));
    let (mut why, mut addresses) = (Vec::new(), Vec::new());
    for (name, address) in written {
        if let Err(error) = serve::try_address(address, own) {
            why.push(format!("[listen] {name}, {address}: {error}"));
            addresses.push(name);
        }
    }
    (!addresses.is_empty()).then(|| Unusable {
        why: why.join("; "),
        addresses,
    })
}

/// Whether database and identity are whole and belong together.
fn check(place: &Path) -> Result<Option<PeerKey>, Error> {
    let path: PathBuf = place.join(contents::DATABASE);
    if !path.is_file() {
        return Err(Error::damaged("there is no database in it"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let rows = Connection::open_with_flags(&path, flags)?;
    let broken = |e: rusqlite::Error| Error::damaged(format!("its database: {e}"));
    rows.pragma_update(None, "temp_store", "MEMORY") // as in `database`
        .map_err(broken)?;
    let verdict: String = rows
        .pragma_query_value(None, "integrity_check", |row| row.get(0))
        .map_err(broken)?;
    let orphans = rows
        .prepare("PRAGMA foreign_key_check")
        .and_then(|mut statement| statement.exists([]))
        .map_err(broken)?;
    if verdict != "ok" || orphans {
        return Err(Error::damaged(format!(
            "its database is broken ({verdict})"
        )));
    }
    let known: Option<String> = rows
        .query_row(
            "SELECT value FROM settings WHERE key = 'tox.key'",
            [],
            |row| row.get(0),
        )
        .optional()
        .map_err(broken)?;
    rows.close().map_err(|(_, e)| e)?;
    let identity = tox::savedata::tox_id(&place.join(contents::IDENTITY))
        .map_err(|e| Error::damaged(format!("its identity: {e}")))?;
    let key = identity.map(|id| id.key());
    if known != key.map(|key| key.to_string()) && known.is_some() {
        return Err(Error::damaged("its identity is not this home's"));
    }
    let _ = fs::remove_file(place.join("toxmail.db-journal"));
    Ok(key)
}
