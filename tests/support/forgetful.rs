#![allow(dead_code)] // each test binary uses a part of it
//! A file system that forgets what was not synced: [`Disk`] mounted by FUSE, for a daemon that knows nothing of it.
//!
//! The test's process serves it. From the moment of a cut every call ends with EIO, so nothing of what is said afterwards can be
//! true; [`Forgetful::come_back`] then unmounts (the kernel's own cache goes with that) and mounts what the disk has kept. The
//! kernel asks for everything but cached reads: it writes through, so that a write is an act of the disk when it is one of
//! the program. `mmap` (SQLite's wal-index) goes through the page cache, locks are the kernel's own.
//!
//! Whoever serves a file must not map it: `munmap` waits for the server, which is stopped by it. So no SQLite of the test's own opens
//! a file here, but a copy of it ([`Forgetful::copy`]).
//!
//! Known limit: Linux asks no FUSE server of this kind for `syncfs`.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime};

use fuser::{
    BackgroundSession, BsdFileFlags, Config, FileAttr, FileHandle, FileType, Filesystem,
    FopenFlags, Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr,
    ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs,
    ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use crate::dice::Dice;
use crate::disk::{Act, Body, Disk, EINVAL, EIO, Errno, Failure, Forgotten, Ino, Rules};

/// How long the kernel may believe what it was told. It is told of each change by making it.
const BELIEVED: Duration = Duration::from_secs(60);

struct Shared {
    disk: Mutex<Disk>,
    /// Rings when the power goes.
    gone: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }
}

/// A mounted disk. Dropped, it is unmounted.
pub struct Forgetful {
    folder: PathBuf,
    shared: Arc<Shared>,
    session: Option<BackgroundSession>,
}

impl Forgetful {
    /// Mounts an empty one at `folder`, which is made.
    ///
    /// # Panics
    /// Where there is no FUSE, or it is not allowed.
    pub fn mount(folder: &Path, rules: Rules) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        assert!(
            Path::new("/dev/fuse").exists(),
            "power cuts are tested on a file system in user space, and this machine has no /dev/fuse: `modprobe fuse`, \
             or give the container that device"
        );
        let shared = Arc::new(Shared {
            disk: Mutex::new(Disk::new(rules)),
            gone: Condvar::new(),
        });
        let mut this = Self {
            folder: folder.to_owned(),
            shared,
            session: None,
        };
        this.connect();
        this
    }

    fn connect(&mut self) {
        let volume = Volume {
            shared: self.shared.clone(),
            listings: Mutex::default(),
        };
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("forgetful".into())];
        config.n_threads = Some(2);
        let session = fuser::spawn_mount(volume, &self.folder, &config)
            .expect("mount by FUSE: run the tests as root, where mounting is allowed");
        self.session = Some(session);
    }

    fn disconnect(&mut self) {
        let Some(session) = self.session.take() else {
            return;
        };
        // Whoever still holds a file of it is dead or dying. (The session's own way to unmount tries once.)
        let start = Instant::now();
        loop {
            let done = Command::new("umount").arg(&self.folder).output().unwrap();
            if done.status.success() {
                break;
            }
            let why = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "something still holds a file: {why}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        session.join().unwrap();
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Looks at the disk, or changes it.
    pub fn disk<T>(&self, look: impl FnOnce(&mut Disk) -> T) -> T {
        look(&mut self.shared.lock())
    }

    /// The power goes after so many acts more.
    pub fn arm_cut(&self, after: u64) {
        self.disk(|disk| disk.arm_cut(after));
    }

    /// One act fails, once.
    pub fn arm_failure(&self, failure: Failure) {
        self.disk(|disk| disk.arm_failure(failure));
    }

    /// The power goes now.
    pub fn cut(&self) {
        self.disk(|disk| disk.is_on = false);
        self.shared.gone.notify_all();
    }

    pub fn is_on(&self) -> bool {
        self.shared.lock().is_on
    }

    /// Waits until the power is gone; `false` when it was not in time.
    pub fn wait_for_cut(&self, longest: Duration) -> bool {
        let disk = self.shared.lock();
        let (disk, _) = self
            .shared
            .gone
            .wait_timeout_while(disk, longest, |disk| disk.is_on)
            .unwrap();
        !disk.is_on
    }

    /// The power is back, and with it what the disk has kept. Nobody may hold a file of it any more.
    pub fn come_back(&mut self, dice: &mut Dice) -> Forgotten {
        self.cut();
        self.disconnect();
        let forgotten = self.disk(|disk| disk.cut(dice));
        self.connect();
        forgotten
    }

    /// Puts a copy of some of its files into a folder elsewhere, as they are at this moment.
    pub fn copy(&self, names: &[&str], to: &Path) {
        self.disk(|disk| {
            for (name, bytes) in disk.files("") {
                if names.contains(&&*name) {
                    std::fs::write(to.join(name), bytes).unwrap();
                }
            }
        });
    }

    /// Acts so far, by kind.
    pub fn acts(&self) -> Vec<(Act, u64)> {
        self.disk(|disk| disk.acts.iter().map(|(act, n)| (*act, *n)).collect())
    }
}

impl Drop for Forgetful {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.disconnect();
        } else if let Some(session) = self.session.take() {
            let _ = Command::new("umount")
                .arg("--lazy")
                .arg(&self.folder)
                .output();
            drop(session);
        }
    }
}

/// A name in a folder.
type Listed = (Ino, FileType, OsString);

/// What the kernel talks with.
struct Volume {
    shared: Arc<Shared>,
    /// What a folder held when it was opened: a name that goes while somebody reads must not hide another.
    listings: Mutex<HashMap<u64, Vec<Listed>>>,
}

impl Volume {
    /// Does it, unless the power is off.
    fn ask<T>(&self, act: impl FnOnce(&mut Disk) -> Result<T, Errno>) -> Result<T, fuser::Errno> {
        let mut disk = self.shared.lock();
        if !disk.is_on {
            return Err(fuser::Errno::from_i32(EIO));
        }
        let result = act(&mut disk);
        if !disk.is_on {
            self.shared.gone.notify_all();
        }
        result.map_err(fuser::Errno::from_i32)
    }

    fn entry(&self, reply: ReplyEntry, act: impl FnOnce(&mut Disk) -> Result<Ino, Errno>) {
        let found = self.ask(|disk| {
            let ino = act(disk)?;
            attributes(disk, ino)
        });
        match found {
            Ok(attributes) => reply.entry(&BELIEVED, &attributes, Generation(0)),
            Err(e) => reply.error(e),
        }
    }

    fn empty(&self, reply: ReplyEmpty, act: impl FnOnce(&mut Disk) -> Result<(), Errno>) {
        match self.ask(act) {
            Ok(()) => reply.ok(),
            Err(e) => reply.error(e),
        }
    }
}

fn kind(body: &Body) -> FileType {
    match body {
        Body::File { .. } => FileType::RegularFile,
        Body::Folder { .. } => FileType::Directory,
        Body::Socket => FileType::Socket,
    }
}

fn attributes(disk: &Disk, ino: Ino) -> Result<FileAttr, Errno> {
    let node = disk.node(ino)?;
    Ok(FileAttr {
        ino: INodeNo(ino),
        size: node.len(),
        blocks: node.len().div_ceil(512),
        atime: node.now.modified,
        mtime: node.now.modified,
        ctime: node.changed,
        crtime: node.now.modified,
        kind: kind(&node.body),
        perm: node.now.mode as u16,
        nlink: node.links.max(1),
        uid: node.now.uid,
        gid: node.now.gid,
        rdev: 0,
        blksize: 4096,
        flags: 0,
    })
}

fn owner(request: &Request) -> (u32, u32) {
    (request.uid(), request.gid())
}

fn file() -> Body {
    Body::File {
        now: vec![],
        safe: vec![],
        pending: vec![],
    }
}

fn folder() -> Body {
    Body::Folder {
        now: Default::default(),
        safe: Default::default(),
    }
}

impl Filesystem for Volume {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        self.entry(reply, |disk| disk.look_up(parent.0, name));
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.ask(|disk| attributes(disk, ino.0)) {
            Ok(attributes) => reply.attr(&BELIEVED, &attributes),
            Err(e) => reply.error(e),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        uid: Option<u32>,
        gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let result = self.ask(|disk| {
            if let Some(size) = size {
                disk.resize(ino.0, size)?;
            }
            disk.mark(ino.0, |now| {
                now.mode = mode.map_or(now.mode, |mode| mode & 0o7777);
                now.uid = uid.unwrap_or(now.uid);
                now.gid = gid.unwrap_or(now.gid);
                match mtime {
                    Some(TimeOrNow::SpecificTime(time)) => now.modified = time,
                    Some(TimeOrNow::Now) => now.modified = SystemTime::now(),
                    None => {}
                }
            })?;
            attributes(disk, ino.0)
        });
        match result {
            Ok(attributes) => reply.attr(&BELIEVED, &attributes),
            Err(e) => reply.error(e),
        }
    }

    fn mknod(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        _rdev: u32,
        reply: ReplyEntry,
    ) {
        let body = match mode & 0o170_000 {
            0o140_000 => Ok(Body::Socket),
            0o100_000 => Ok(file()),
            _ => Err(EINVAL),
        };
        let mode = mode & 0o7777 & !umask;
        self.entry(reply, |disk| {
            disk.make((parent.0, name), mode, owner(request), body?)
        });
    }

    fn mkdir(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        reply: ReplyEntry,
    ) {
        let mode = mode & 0o7777 & !umask;
        self.entry(reply, |disk| {
            disk.make((parent.0, name), mode, owner(request), folder())
        });
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.empty(reply, |disk| disk.remove((parent.0, name)));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.empty(reply, |disk| disk.remove((parent.0, name)));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        self.empty(reply, |disk| {
            if !RenameFlags::RENAME_NOREPLACE.contains(flags) {
                return Err(EINVAL);
            }
            disk.rename((parent.0, name), (newparent.0, newname), flags.is_empty())
        });
    }

    fn link(
        &self,
        _: &Request,
        ino: INodeNo,
        newparent: INodeNo,
        newname: &OsStr,
        reply: ReplyEntry,
    ) {
        self.entry(reply, |disk| {
            disk.link(ino.0, (newparent.0, newname))?;
            Ok(ino.0)
        });
    }

    fn create(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        let mode = mode & 0o7777 & !umask;
        let made = self.ask(|disk| {
            let ino = disk.make((parent.0, name), mode, owner(request), file())?;
            attributes(disk, ino)
        });
        let (generation, handle) = (Generation(0), FileHandle(0));
        match made {
            Ok(attributes) => {
                reply.created(
                    &BELIEVED,
                    &attributes,
                    generation,
                    handle,
                    FopenFlags::empty(),
                );
            }
            Err(e) => reply.error(e),
        }
    }

    fn open(&self, _: &Request, ino: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        match self.ask(|disk| disk.node(ino.0).map(drop)) {
            // What the kernel has of it stays true: all changes go through it.
            Ok(()) => reply.opened(FileHandle(0), FopenFlags::FOPEN_KEEP_CACHE),
            Err(e) => reply.error(e),
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.ask(|disk| Ok(disk.read(ino.0, offset, size as usize)?.to_vec())) {
            Ok(bytes) => reply.data(&bytes),
            Err(e) => reply.error(e),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.ask(|disk| disk.write(ino.0, offset, data)) {
            Ok(()) => reply.written(data.len() as u32),
            Err(e) => reply.error(e),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, datasync: bool, reply: ReplyEmpty) {
        self.empty(reply, |disk| disk.sync(ino.0, datasync));
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.empty(reply, |disk| disk.sync_folder(ino.0));
    }

    fn opendir(&self, _: &Request, ino: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        let listing = self.ask(|disk| {
            let mut all = vec![
                (ino.0, FileType::Directory, ".".into()),
                (ino.0, FileType::Directory, "..".into()),
            ];
            for (name, ino) in disk.list(ino.0)? {
                all.push((ino, kind(&disk.node(ino)?.body), name));
            }
            Ok(all)
        });
        match listing {
            Ok(listing) => {
                let mut listings = self.listings.lock().unwrap();
                let handle = (1..).find(|handle| !listings.contains_key(handle)).unwrap();
                listings.insert(handle, listing);
                reply.opened(FileHandle(handle), FopenFlags::empty());
            }
            Err(e) => reply.error(e),
        }
    }

    fn readdir(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        if let Err(e) = self.ask(|_| Ok(())) {
            return reply.error(e);
        }
        let listings = self.listings.lock().unwrap();
        let listing = listings
            .get(&handle.0)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for (at, (ino, kind, name)) in listing.iter().enumerate().skip(offset as usize) {
            if reply.add(INodeNo(*ino), at as u64 + 1, *kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn releasedir(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        _: OpenFlags,
        reply: ReplyEmpty,
    ) {
        self.listings.lock().unwrap().remove(&handle.0);
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        // A terabyte, half of it free.
        reply.statfs(1 << 28, 1 << 27, 1 << 27, 1 << 20, 1 << 20, 4096, 255, 4096);
    }
}
