//! Somebody who has broken into the home, for `tests/sandbox.rs`: tries what a home has no need of, and tells how that went. Never in a
//! release build.
//!
//! `TOXMAIL_FAULT_INTRUDER` names a folder outside. There lie `secret`, `doomed` and `mount`, and `victim` with the number of a process.
//! What came of each act stands in `intruder.json` in the home's folder: `done`, or the name of the error.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::mem::drop as done;
use std::net::ToSocketAddrs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use nix::mount::MsFlags;
use nix::sched::CloneFlags;
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, socket};
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;

/// Begins, on a thread of its own, where a test asks for it.
pub(in crate::home) fn break_in(dir: &Path) {
    let Some(outside) = std::env::var_os("TOXMAIL_FAULT_INTRUDER") else {
        return;
    };
    let dir = dir.to_owned();
    std::thread::spawn(move || {
        let report = try_all(&dir, Path::new(&outside));
        let text = serde_json::to_vec_pretty(&report).unwrap_or_default();
        let part = dir.join("intruder.part");
        let _ = fs::write(&part, text).and_then(|()| fs::rename(part, dir.join("intruder.json")));
    });
}

fn try_all(dir: &Path, outside: &Path) -> BTreeMap<&'static str, String> {
    let (at, own) = (|name: &str| outside.join(name), |name: &str| dir.join(name));
    let append = |path: &Path| fs::OpenOptions::new().append(true).open(path).map(done);
    let run = |path: &Path| Command::new(path).arg("--version").output().map(done);
    let number = fs::read_to_string(own("victim")).unwrap_or_default();
    let victim = Pid::from_raw(number.trim().parse().unwrap_or(i32::MAX));
    let open = |family, kind, protocol: Option<SockProtocol>| {
        socket(family, kind, SockFlag::SOCK_CLOEXEC, protocol)
            .map(done)
            .map_err(io::Error::from)
    };

    let mut report = BTreeMap::new();
    let mut act = |name, outcome: io::Result<()>| {
        let word = match outcome {
            Ok(()) => "done".to_owned(),
            Err(e) => e.raw_os_error().map_or(e.to_string(), |n| {
                format!("{:?}", nix::errno::Errno::from_raw(n))
            }),
        };
        report.insert(name, word);
    };

    // What a home does every day.
    act("own: write", fs::write(own("intruder.txt"), "x"));
    act("own: move", {
        let _ = fs::create_dir(own("intruder"));
        fs::rename(own("intruder.txt"), own("intruder/moved"))
    });
    act(
        "own: addresses",
        nix::ifaddrs::getifaddrs()
            .map(done)
            .map_err(io::Error::from),
    );
    act("own: names", ("localhost", 0).to_socket_addrs().map(done));
    act(
        "own: thread",
        std::thread::Builder::new().spawn(|| ()).map(done),
    );
    act("own: start again", run(Path::new(super::OURSELVES)));

    act("file: read", fs::read(at("secret")).map(done));
    act("file: list", fs::read_dir(outside).map(done));
    act("file: write", append(&at("secret")));
    act(
        "file: truncate",
        nix::unistd::truncate(&at("secret"), 1).map_err(io::Error::from),
    );
    act("file: make", fs::write(at("made"), "x"));
    act("file: make a folder", fs::create_dir(at("folder")));
    act(
        "file: make a socket",
        UnixListener::bind(at("socket")).map(done),
    );
    act(
        "file: move out",
        fs::rename(own("intruder/moved"), at("moved")),
    );
    act(
        "file: link in",
        fs::hard_link(at("secret"), own("intruder/secret")),
    );
    act("file: link to", symlink("/", own("intruder/root")));
    act("file: remove", fs::remove_file(at("doomed")));
    act("file: write passwords", append(Path::new("/etc/shadow")));
    act(
        "file: write the kernel's",
        append(Path::new("/proc/sys/kernel/core_pattern")),
    );

    act("run: a program", run(Path::new("/bin/true")));
    act("run: no file", {
        let memory = nix::sys::memfd::memfd_create(c"program", nix::sys::memfd::MFdFlags::empty());
        memory.map_err(io::Error::from).and_then(|memory| {
            let place = format!("/proc/self/fd/{}", memory.as_raw_fd());
            fs::copy("/bin/true", &place)?;
            run(Path::new(&place))
        })
    });
    act("run: its own file", {
        let copied = fs::copy("/bin/true", own("intruder/true"));
        copied.and_then(|_| run(&own("intruder/true")))
    });

    act(
        "process: signal",
        nix::sys::signal::kill(victim, Signal::SIGCONT).map_err(io::Error::from),
    );
    act(
        "process: its memory",
        fs::File::open(format!("/proc/{victim}/mem")).map(done),
    );
    act(
        "process: trace",
        ptrace::seize(victim, ptrace::Options::empty()).map_err(io::Error::from),
    );
    act("process: memory by call", {
        let (secret, mut seen) = ([7u8; 8], [0u8; 8]);
        let there = RemoteIoVec {
            base: secret.as_ptr().addr(),
            len: secret.len(),
        };
        let here = &mut [io::IoSliceMut::new(&mut seen)];
        process_vm_readv(Pid::this(), here, &[there])
            .map(done)
            .map_err(io::Error::from)
    });

    act("kernel: mount", {
        let (nothing, kind) = (None::<&str>, Some("tmpfs"));
        let mounted = nix::mount::mount(nothing, &at("mount"), kind, MsFlags::empty(), nothing);
        mounted.map_err(io::Error::from)
    });
    act(
        "kernel: namespace",
        nix::sched::unshare(CloneFlags::CLONE_NEWUTS).map_err(io::Error::from),
    );
    act(
        "kernel: root",
        nix::unistd::chroot("/").map_err(io::Error::from),
    );
    act(
        "kernel: personality",
        nix::sys::personality::get()
            .map(done)
            .map_err(io::Error::from),
    );
    act(
        "socket: packets",
        open(AddressFamily::Packet, SockType::Raw, None),
    );
    // Linux's first way to packets: SOCK_PACKET (linux/net.h), which this crate has no name for.
    act(
        "socket: packets by the old way",
        rustix::net::socket(
            rustix::net::AddressFamily::INET,
            rustix::net::SocketType::from_raw(10),
            None,
        )
        .map(done)
        .map_err(io::Error::from),
    );
    act(
        "socket: raw",
        open(AddressFamily::Inet, SockType::Raw, Some(SockProtocol::Icmp)),
    );
    let uevents = Some(SockProtocol::NetlinkKObjectUEvent);
    act(
        "socket: the kernel's",
        open(AddressFamily::Netlink, SockType::Raw, uevents),
    );
    report
}
