//! The home goes into an archive.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::container::{self, Parts};
use super::contents::{self, Counted, Summed};
use super::{Error, FORMAT, Key, Label, SealedKey};
use crate::appliance::age::Encrypt;
use crate::clock;
use crate::durable::{self, Draft, fault};
use crate::mail::address::MemberName;

/// Where the copy of the database lies for the while.
const SCRATCH: &str = "backup";
/// What a crash left there goes after this.
const LEFT_OVER: Duration = Duration::from_secs(24 * 3600);
/// zstd's own default: a Pi does some 20 MB a second of it.
const LEVEL: i32 = 3;
/// How often a mailbox is listed again while its files are being renamed.
const ROUNDS: usize = 8;

/// Whether letters in mailboxes go along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// All that makes the home, and the letters that wait, but no mailbox.
    Left,
    /// Everything.
    Taken,
}

/// What a backup has in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// When it was begun, in seconds since 1970.
    pub created: i64,
    /// Its bytes.
    pub bytes: u64,
    /// Files in it.
    pub files: u64,
    /// Letters of mailboxes among them.
    pub letters: u64,
}

/// Writes a backup of the home in `dir`, which may be running, to `out`. Blocks; whoever wants it to stop lets `out` fail.
///
/// # Errors
/// Why there is none; what was written to `out` is of no use then, and says so when it is read.
pub fn create<W: Write>(dir: &Path, key: &Key, letters: Letters, out: W) -> Result<Made, Error> {
    let snapshot = Snapshot::take(dir)?;
    fault::point("backup.snapshot");
    let kept;
    let key = match key {
        Key::Given(key) => key,
        Key::Kept => {
            kept = SealedKey::kept(&snapshot.rows)?;
            &kept
        }
    };
    let created = clock::wall_seconds();
    let out = Counted { out, bytes: 0 };
    let parts = Parts::begin(out, key, created)?;
    let encrypted = Encrypt::to(&key.recipient, parts)?;
    let compressed = zstd::stream::write::Encoder::new(encrypted, LEVEL)?;
    let sums = scratch_name(dir, "sums")?;
    let mut home = Home {
        dir,
        archive: tar::Builder::new(compressed),
        sums: io::BufWriter::new(Draft::create(sums)?),
        made: Made {
            created,
            ..Made::default()
        },
    };
    let label = Label {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").into(),
        created,
        letters: letters == Letters::Taken,
    };
    let label = serde_json::to_vec(&label).map_err(io::Error::from)?;
    home.bytes(Path::new(contents::LABEL), &label)?;
    home.queue(&snapshot)?;
    home.chat(&snapshot)?;
    // Behind the queue: rows of messages that ended meanwhile are not in it.
    let database = snapshot.close()?;
    home.file(&database.path, Path::new(contents::DATABASE))?
        .ok_or_else(|| Error::NoHome(dir.to_owned()))?;
    for name in contents::FILES {
        home.file(&dir.join(name), Path::new(name))?;
    }
    home.tls()?;
    if letters == Letters::Taken {
        home.mail(&database.members)?;
    }
    fault::point("backup.files");
    let (archive, mut made) = home.end()?;
    let parts = archive.finish()?.finish()?;
    let mut out = parts.finish()?;
    out.flush()?;
    fault::point("backup.written");
    made.bytes = out.bytes;
    Ok(made)
}

/// A name in the scratch folder; sweeps what crashes left there.
fn scratch_name(dir: &Path, kind: &str) -> Result<PathBuf, Error> {
    let folder = dir.join(SCRATCH);
    durable::make_folder(&folder)?;
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        let made = entry.metadata().and_then(|facts| facts.modified());
        let old = made.is_ok_and(|made| {
            SystemTime::now()
                .duration_since(made)
                .is_ok_and(|age| age > LEFT_OVER)
        });
        if old {
            let _ = fs::remove_file(entry.path());
        }
    }
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| Error::Random)?;
    Ok(folder.join(format!(
        "{kind}-{}",
        data_encoding::HEXLOWER.encode(&random)
    )))
}

/// The database as it was at one moment.
struct Snapshot {
    rows: Connection,
    /// The home's own, for what became of a message since.
    live: Connection,
    copy: Scratch,
}

/// Its file, removed when dropped.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
        let mut journal = self.0.clone().into_os_string();
        journal.push("-journal");
        let _ = fs::remove_file(journal);
    }
}

/// The copy, with all of its rows settled.
struct Copy {
    path: PathBuf,
    members: Vec<MemberName>,
    _file: Scratch,
}

impl Snapshot {
    fn take(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(contents::DATABASE);
        if !path.is_file() {
            return Err(Error::NoHome(dir.to_owned()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let live = Connection::open_with_flags(path, flags)?;
        live.busy_timeout(Duration::from_secs(10))?;
        live.pragma_update(None, "cache_size", -500)?;
        live.pragma_update(None, "temp_store", "MEMORY")?; // as in `database`
        let path = scratch_name(dir, "rows")?;
        // Made before SQLite does, which would make it readable for others.
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let copy = Scratch(path);
        // One transaction, which keeps no writer waiting; and nothing that was deleted goes along.
        let name = copy.0.to_str().ok_or_else(|| {
            let text = format!("the name of {} is no text (UTF-8)", dir.display());
            io::Error::new(io::ErrorKind::InvalidInput, text)
        })?;
        live.execute("VACUUM INTO ?1", [name])?;
        let rows = Connection::open_with_flags(&copy.0, flags)?;
        rows.pragma_update(None, "foreign_keys", true)?;
        rows.pragma_update(None, "synchronous", "OFF")?; // nobody reads it after a crash
        rows.pragma_update(None, "cache_size", -500)?;
        rows.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(Self { rows, live, copy })
    }

    /// One text column of a table; nothing where an older home has no such table.
    fn texts(&self, table: &str, sql: &str) -> Result<Vec<String>, Error> {
        if !has_table(&self.rows, table)? {
            return Ok(Vec::new());
        }
        let mut statement = self.rows.prepare(sql)?;
        let texts = statement.query_map([], |row| row.get(0))?;
        Ok(texts.collect::<Result<_, _>>()?)
    }

    /// A file of the queue is gone. Where its rows are gone meanwhile, too, it has ended, and ends in the copy; where they are
    /// not, it was lost before: the restored home says so as this one does.
    fn ended(&self, table: &str, file: &str) -> Result<(), Error> {
        let sql = format!("SELECT 1 FROM {table} WHERE file = ?1");
        let known: Option<i64> = self
            .live
            .query_row(&sql, [file], |row| row.get(0))
            .optional()?;
        if known.is_none() {
            let sql = format!("DELETE FROM {table} WHERE file = ?1");
            self.rows.execute(&sql, [file])?;
        }
        Ok(())
    }

    fn close(self) -> Result<Copy, Error> {
        let members = self.texts("members", "SELECT name FROM members ORDER BY name")?;
        let Self { rows, copy, .. } = self;
        rows.close().map_err(|(_, e)| e)?;
        Ok(Copy {
            path: copy.0.clone(),
            members: members
                .iter()
                .filter_map(|name| name.parse().ok())
                .collect(),
            _file: copy,
        })
    }
}

pub(super) fn has_table(c: &Connection, table: &str) -> Result<bool, rusqlite::Error> {
    c.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")?
        .exists([table])
}

/// The inner archive, being written.
struct Home<'a, W: Write> {
    dir: &'a Path,
    archive: tar::Builder<W>,
    sums: io::BufWriter<Draft>,
    made: Made,
}

impl<W: Write> Home<'_, W> {
    fn bytes(&mut self, name: &Path, bytes: &[u8]) -> Result<(), Error> {
        let modified = u64::try_from(self.made.created).unwrap_or(0);
        self.append(name, bytes, bytes.len() as u64, modified)
            .map(drop)
    }

    fn append(
        &mut self,
        name: &Path,
        reader: impl Read,
        size: u64,
        modified: u64,
    ) -> Result<u64, Error> {
        let mut header = container::header(size, modified);
        let mut reader = Summed::new(reader.take(size));
        self.archive.append_data(&mut header, name, &mut reader)?;
        let length = reader.length;
        let line = contents::line(&reader.sum(), name.as_os_str().as_bytes());
        self.sums.write_all(&line)?;
        self.made.files += 1;
        Ok(length)
    }

    /// A file of the home; `None` when it is not there (any more).
    fn file(&mut self, path: &Path, name: &Path) -> Result<Option<()>, Error> {
        // Whoever may write into a mailbox puts neither a link nor a pipe in the way.
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(path);
        let file: File = match opened {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) if e.raw_os_error() == Some(libc::ELOOP) => return Ok(None),
            Err(e) => return Err(named(e, path)),
        };
        let facts = file.metadata().map_err(|e| named(e, path))?;
        if !facts.is_file() {
            return Ok(None);
        }
        let modified = u64::try_from(facts.mtime()).unwrap_or(0);
        let length = self.append(name, file, facts.len(), modified)?;
        if length != facts.len() {
            return Err(Error::Changed(path.to_owned()));
        }
        Ok(Some(()))
    }

    fn folder(&mut self, name: &Path) -> Result<(), Error> {
        let mut header = container::header(0, 0);
        header.set_entry_type(tar::EntryType::Directory);
        header.set_mode(0o700);
        Ok(self.archive.append_data(&mut header, name, io::empty())?)
    }

    fn queue(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        for table in ["messages", "encoded"] {
            for file in snapshot.texts(table, &format!("SELECT file FROM {table}"))? {
                let name = Path::new(contents::QUEUE).join(&file);
                if self.file(&self.dir.join(&name), &name)?.is_none() {
                    snapshot.ended(table, &file)?;
                }
            }
        }
        Ok(())
    }

    /// What friends have sent and is not in a letter yet: Tox has acknowledged it.
    fn chat(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        let sql = "SELECT DISTINCT file FROM chat_items WHERE file IS NOT NULL";
        for file in snapshot.texts("chat_items", sql)? {
            let name = Path::new(contents::CHAT).join(&file);
            self.file(&self.dir.join(&name), &name)?;
        }
        Ok(())
    }

    fn tls(&mut self) -> Result<(), Error> {
        let mut names = Vec::new();
        for entry in listed(&self.dir.join(contents::TLS))? {
            names.push(entry?.file_name());
        }
        names.sort();
        for name in names {
            let name = Path::new(contents::TLS).join(name);
            self.file(&self.dir.join(&name), &name)?;
        }
        Ok(())
    }

    fn mail(&mut self, members: &[MemberName]) -> Result<(), Error> {
        for member in members {
            let maildir = Path::new(contents::MAIL)
                .join(member.as_str())
                .join("Maildir");
            let mut folders = vec![maildir.clone()];
            for entry in listed(&self.dir.join(&maildir))? {
                let name = entry?.file_name();
                if name.as_bytes().starts_with(b".")
                    && self.dir.join(&maildir).join(&name).join("cur").is_dir()
                {
                    folders.push(maildir.join(name));
                }
            }
            folders.sort();
            for folder in folders {
                self.mailbox(&folder)?;
            }
        }
        Ok(())
    }

    /// All letters of a folder, each once, however they are renamed meanwhile.
    fn mailbox(&mut self, folder: &Path) -> Result<(), Error> {
        let mark = folder.join("maildirfolder");
        self.file(&self.dir.join(&mark), &mark)?;
        // Eight bytes a letter. Two names with one hash are one in a sextillion for a family's mail.
        let (hasher, mut taken) = (RandomState::new(), HashSet::new());
        for inner in ["tmp", "new", "cur"] {
            if self.dir.join(folder).join(inner).is_dir() {
                self.folder(&folder.join(inner))?;
            }
        }
        for _ in 0..ROUNDS {
            let mut again = false;
            // From new/ to cur/, as letters go.
            for inner in ["new", "cur"] {
                let inner = folder.join(inner);
                for entry in listed(&self.dir.join(&inner))? {
                    let name = entry?.file_name();
                    if name.as_bytes().starts_with(b".")
                        || !taken.insert(hasher.hash_one(base(&name)))
                    {
                        continue;
                    }
                    let path = inner.join(&name);
                    match self.file(&self.dir.join(&path), &path)? {
                        Some(()) => self.made.letters += 1,
                        None => {
                            taken.remove(&hasher.hash_one(base(&name)));
                        }
                    }
                    // A listing may miss a name that is renamed in that moment: look until nothing is new.
                    again = true;
                }
            }
            if !again {
                break;
            }
        }
        Ok(())
    }

    /// The sums, and the end of the archive.
    fn end(self) -> Result<(W, Made), Error> {
        let Self {
            mut archive,
            sums,
            made,
            ..
        } = self;
        let sums = sums.into_inner().map_err(io::IntoInnerError::into_error)?;
        let created = u64::try_from(made.created).unwrap_or(0);
        let mut header = container::header(sums.len(), created);
        archive.append_data(&mut header, contents::SUMS, sums.reader()?)?;
        Ok((archive.into_inner()?, made))
    }
}

/// What makes a letter the same under another name.
fn base(name: &OsStr) -> &[u8] {
    let bytes = name.as_bytes();
    let end = bytes
        .windows(2)
        .position(|w| w == b":2")
        .unwrap_or(bytes.len());
    &bytes[..end]
}

/// A listing; empty where there is no such folder.
fn listed(folder: &Path) -> Result<impl Iterator<Item = io::Result<fs::DirEntry>> + use<>, Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => Some(entries),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(named(e, folder)),
    };
    Ok(entries.into_iter().flatten())
}

fn named(error: io::Error, path: &Path) -> Error {
    io::Error::new(error.kind(), format!("read {}: {error}", path.display())).into()
}
