//! The home goes into an archive.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirEntryExt, MetadataExt, OpenOptionsExt, lchown};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::container::{self, Parts};
use super::contents::{self, Counted, Summed};
use super::{Error, FORMAT, Key, Label, SealedKey};
use crate::appliance::age::Encrypt;
use crate::clock;
use crate::durable::{self, Draft, fault};
use crate::journal;
use crate::mail::address::MemberName;

/// Where the copy of the database lies for the while.
const SCRATCH: &str = "backup";
/// What a crash left there goes after this.
const LEFT_OVER: Duration = Duration::from_secs(24 * 3600);
/// zstd's own default: a Pi does some 20 MB a second of it.
const LEVEL: i32 = 3;
/// Longest letter that is read before it is packed and kept in memory, in bytes; a longer one is read twice.
const AT_ONCE: u64 = 1 << 20;
/// How often a member's mailboxes are listed again while letters are being moved.
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
    /// Letters that the disk could not read, and that are not in it; of folders that it could not list, as far as the database knows them.
    pub left_out: u64,
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
    make_scratch(dir, &folder)?;
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

/// The scratch folder is that of the home's user, whoever makes the backup: root's would keep the home from the next one.
fn make_scratch(dir: &Path, folder: &Path) -> Result<(), Error> {
    let (home, we) = (fs::metadata(dir)?, rustix::process::geteuid());
    if !we.is_root() && fs::symlink_metadata(folder).is_ok_and(|there| there.uid() != we.as_raw()) {
        // Root's, of an earlier version. It is empty, or whoever looks is told whose it is.
        let _ = fs::remove_dir(folder);
    }
    durable::make_folder(folder)?;
    if we.is_root() && home.uid() != we.as_raw() {
        lchown(folder, Some(home.uid()), Some(home.gid()))?;
    }
    Ok(())
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
    /// And how many letters each has.
    members: Vec<(MemberName, u64)>,
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
        let mut members = Vec::new();
        for name in self.texts("members", "SELECT name FROM members ORDER BY name")? {
            let sql = "SELECT ifnull(sum(messages), 0) FROM mailboxes WHERE member = ?1";
            let letters: i64 = self.rows.query_row(sql, [&name], |row| row.get(0))?;
            if let Ok(name) = name.parse() {
                members.push((name, u64::try_from(letters).unwrap_or(0)));
            }
        }
        let Self { rows, copy, .. } = self;
        rows.close().map_err(|(_, e)| e)?;
        Ok(Copy {
            path: copy.0.clone(),
            members,
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
        let Some((file, facts)) = open(path).map_err(|e| named(e, path))? else {
            return Ok(None);
        };
        self.whole(path, name, file, &facts)?;
        Ok(Some(()))
    }

    /// A letter. What the disk cannot read of it keeps nothing else out of the backup, so it is read before it is begun.
    fn letter(&mut self, path: &Path, name: &Path) -> Result<Letter, Error> {
        match Beforehand::read(path) {
            Ok(None) => Ok(Letter::Gone),
            Ok(Some((Beforehand::Bytes(bytes), facts))) => {
                self.whole(path, name, &bytes[..], &facts)?;
                Ok(Letter::Taken)
            }
            Ok(Some((Beforehand::File(file), facts))) => {
                self.whole(path, name, file, &facts)?;
                Ok(Letter::Taken)
            }
            Err(e) if is_damage(&e) => {
                let path = path.display();
                journal::trouble("backup", &format!("{path} is not in it: {e}"));
                self.made.left_out += 1;
                Ok(Letter::LeftOut)
            }
            Err(e) => Err(named(e, path)),
        }
    }

    fn whole(
        &mut self,
        path: &Path,
        name: &Path,
        reader: impl Read,
        facts: &Metadata,
    ) -> Result<(), Error> {
        let modified = u64::try_from(facts.mtime()).unwrap_or(0);
        let length = self.append(name, reader, facts.len(), modified)?;
        if length != facts.len() {
            return Err(Error::Changed(path.to_owned()));
        }
        Ok(())
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
                match self.letter(&self.dir.join(&name), &name)? {
                    Letter::Taken => {}
                    Letter::Gone | Letter::LeftOut => snapshot.ended(table, &file)?,
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
            self.letter(&self.dir.join(&name), &name)?;
        }
        Ok(())
    }

    fn tls(&mut self) -> Result<(), Error> {
        let mut names = Vec::new();
        let folder = self.dir.join(contents::TLS);
        for entry in listed(&folder).map_err(|e| named(e, &folder))? {
            names.push(entry?.file_name());
        }
        names.sort();
        for name in names {
            let name = Path::new(contents::TLS).join(name);
            self.file(&self.dir.join(&name), &name)?;
        }
        Ok(())
    }

    /// All letters of the members, each once, however they are moved and their mailboxes renamed meanwhile. A folder that the disk cannot
    /// list keeps nothing else out either.
    fn mail(&mut self, members: &[(MemberName, u64)]) -> Result<(), Error> {
        for (member, letters) in members {
            let maildir = Path::new(contents::MAIL)
                .join(member.as_str())
                .join("Maildir");
            let (mut taken, mut begun) = (Taken::default(), HashSet::new());
            let mut damaged = HashSet::new();
            let before = self.made.letters + self.made.left_out;
            // A listing may miss what is moved or renamed in that moment: look until nothing is new.
            for _ in 0..ROUNDS {
                let mut again = false;
                for folder in self.mailboxes(&maildir, &mut damaged)? {
                    if !begun.contains(&folder) {
                        self.begin_mailbox(&folder)?;
                        begun.insert(folder.clone());
                        again = true;
                    }
                    again |= self.mailbox(&folder, &mut taken, &mut damaged)?;
                }
                if !again {
                    break;
                }
            }
            if !damaged.is_empty() {
                let found = self.made.letters + self.made.left_out - before;
                // Whatever the database says, it is not as if nothing were missing.
                self.made.left_out += letters.saturating_sub(found).max(1);
            }
        }
        Ok(())
    }

    /// The folders of a Maildir, by their names in the home.
    fn mailboxes(
        &self,
        maildir: &Path,
        damaged: &mut HashSet<PathBuf>,
    ) -> Result<Vec<PathBuf>, Error> {
        let mut folders = vec![maildir.to_owned()];
        let entries = unless_damaged(listed(&self.dir.join(maildir)), maildir, damaged)?;
        for entry in entries.into_iter().flatten() {
            let Some(entry) = unless_damaged(entry, maildir, damaged)? else {
                break;
            };
            let name = entry.file_name();
            let folder = maildir.join(&name);
            if name.as_bytes().starts_with(b".") && self.is_folder(&folder.join("cur")) {
                folders.push(folder);
            }
        }
        folders.sort();
        Ok(folders)
    }

    /// Whether that is a folder of the home, or was one before its disk was damaged.
    fn is_folder(&self, folder: &Path) -> bool {
        match fs::metadata(self.dir.join(folder)) {
            Ok(facts) => facts.is_dir(),
            Err(e) => is_damage(&e),
        }
    }

    fn begin_mailbox(&mut self, folder: &Path) -> Result<(), Error> {
        let mark = folder.join("maildirfolder");
        self.letter(&self.dir.join(&mark), &mark)?;
        for inner in ["tmp", "new", "cur"] {
            if self.is_folder(&folder.join(inner)) {
                self.folder(&folder.join(inner))?;
            }
        }
        Ok(())
    }

    /// The letters of a mailbox that are not taken yet; whether there were any.
    fn mailbox(
        &mut self,
        folder: &Path,
        taken: &mut Taken,
        damaged: &mut HashSet<PathBuf>,
    ) -> Result<bool, Error> {
        let mut any = false;
        // From new/ to cur/, as letters go.
        for inner in ["new", "cur"] {
            let inner = folder.join(inner);
            let entries = unless_damaged(listed(&self.dir.join(&inner)), &inner, damaged)?;
            for entry in entries.into_iter().flatten() {
                let Some(entry) = unless_damaged(entry, &inner, damaged)? else {
                    break;
                };
                let name = entry.file_name();
                if name.as_bytes().starts_with(b".") {
                    continue;
                }
                let Some(marks) = taken.take(folder, &name, entry.ino()) else {
                    continue;
                };
                any = true;
                let path = inner.join(&name);
                match self.letter(&self.dir.join(&path), &path)? {
                    Letter::Taken => self.made.letters += 1,
                    Letter::LeftOut => {}
                    Letter::Gone => taken.give_back(marks),
                }
            }
        }
        Ok(any)
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

/// What became of a letter.
enum Letter {
    Taken,
    /// It is not there (any more).
    Gone,
    /// The disk cannot read it.
    LeftOut,
}

/// A letter that was read once.
enum Beforehand {
    Bytes(Vec<u8>),
    /// Too long for the memory; it is read again.
    File(File),
}

impl Beforehand {
    /// `None` when it is not there (any more).
    fn read(path: &Path) -> io::Result<Option<(Self, Metadata)>> {
        let Some((mut file, facts)) = open(path)? else {
            return Ok(None);
        };
        let mut all = (&file).take(facts.len());
        if facts.len() <= AT_ONCE {
            let mut bytes = Vec::new();
            all.read_to_end(&mut bytes)?;
            return Ok(Some((Self::Bytes(bytes), facts)));
        }
        io::copy(&mut all, &mut io::sink())?;
        file.rewind()?;
        Ok(Some((Self::File(file), facts)))
    }
}

/// A file, not followed to anywhere else; `None` when there is none (any more).
fn open(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    // Whoever may write into a mailbox puts neither a link nor a pipe in the way.
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path);
    let file = match opened {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) if e.raw_os_error() == Some(libc::ELOOP) => return Ok(None),
        Err(e) => return Err(e),
    };
    fault::disk("read", path)?;
    let facts = file.metadata()?;
    Ok(facts.is_file().then_some((file, facts)))
}

/// Whether the disk has lost it: a bad block, or what ext4 says of one among its own.
fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EIO | libc::EUCLEAN | libc::EBADMSG)
    )
}

/// Which letters of a member are in the archive. Sixteen bytes a letter; two that are the same by chance are one in a sextillion
/// for a family's mail.
#[derive(Default)]
struct Taken {
    hasher: RandomState,
    marks: HashSet<u64>,
}

impl Taken {
    /// Takes a letter; `None` where it is taken already. A file keeps its number and the base of its name wherever it is moved, and
    /// what lies under one base in one mailbox is one letter whatever file it is: no name comes twice.
    fn take(&mut self, folder: &Path, name: &OsStr, number: u64) -> Option<[u64; 2]> {
        let base = base(name);
        let place = self.hasher.hash_one((folder.as_os_str(), base));
        let file = self.hasher.hash_one((number, base));
        if self.marks.contains(&place) || self.marks.contains(&file) {
            return None;
        }
        self.marks.extend([place, file]);
        Some([place, file])
    }

    fn give_back(&mut self, marks: [u64; 2]) {
        for mark in marks {
            self.marks.remove(&mark);
        }
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
fn listed(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>> + use<>> {
    let entries = match fault::disk("read", folder).and_then(|()| fs::read_dir(folder)) {
        Ok(entries) => Some(entries),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    Ok(entries.into_iter().flatten())
}

/// `None` where the disk cannot list a folder, or no further: that is noted once.
fn unless_damaged<T>(
    found: io::Result<T>,
    folder: &Path,
    damaged: &mut HashSet<PathBuf>,
) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(e) if is_damage(&e) => {
            if damaged.insert(folder.to_owned()) {
                let folder = folder.display();
                journal::trouble("backup", &format!("{folder} cannot be listed: {e}"));
            }
            Ok(None)
        }
        Err(e) => Err(named(e, folder)),
    }
}

fn named(error: io::Error, path: &Path) -> Error {
    io::Error::new(error.kind(), format!("read {}: {error}", path.display())).into()
}
