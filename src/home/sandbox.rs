//! The home locks itself in: what somebody who broke into it could do with the machine beside reading its letters.
//!
//! # What happens here
//! `toxmaild run` asks the kernel twice to take rights away from it for good, once it knows its settings and before it has a second
//! thread, a port or anything from outside. Nobody can give them back, root neither; what it starts has them as little.
//!
//! - **Landlock** (Linux 5.19 and later), which files. Written and made: what lies below the home's folder, and the folders that its command
//!   line names (the handed-over boot files, the inboxes for updates, for the network and for the choice of a disk, the place where a stick for
//!   backups is mounted, the light). Read: these, the
//!   folder of each file that its settings name,
//!   and what the C library and TLS want of the system ([`SYSTEM`], and where the name servers stand). Run: this very program, which a
//!   restored home starts afresh, and its loader. No links, no devices, and no signals to others.
//! - **seccomp**, which system calls: never those of [`calls::NEVER`], no namespaces, and no sockets but plain ones of the internet and of this
//!   machine, and the one that lists its addresses. x86-64 and 64-bit ARM only.
//!
//! # Rules
//! - A kernel that can do less gets less; the home starts all the same, and the log says what holds ([`journal::confined`]).
//! - A rule of Landlock holds for what lay there at the start, not for a name. Where a file is replaced while the home runs, as
//!   `/etc/resolv.conf` is, its folder has to be readable: on a box that is `/run`, on other machines often all of `/etc`, of which the
//!   passwords are root's by their mode.
//! - A setting that names a file elsewhere counts at the next start ([`Confined::reaches`]).
//!
//! # Known limits
//! - A start believes the home's folder: whoever can write `toxmail.toml` chooses which files the next start may read.
//! - The ways of the network stay open: it is a mail server's work to talk to anybody.
//! - A mailbox may be a link to another disk ([`elsewhere`]); where that is not mounted when the home starts, it has to start again. A link
//!   is never moved, since Landlock takes that for making one: see `store`'s tree. A restore into a home whose `mail` itself is a link
//!   ends half-way, and goes on at the next start by hand or by a supervisor.
//! - The loader maps whatever program may be read, and the kernel asks Landlock about that as little as about modes, owners and times: an
//!   intruder runs other programs *inside the same bounds*, and where the home is root's, changes the mode of files that it cannot open. On a
//!   box it is nobody's but its own, and the data is mounted `noexec` and `nosuid`.

#[cfg(feature = "faults")]
pub(super) mod intruder;

use std::fs;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, make_bitflags, path_beneath_rules,
};

use crate::config::Config;
use crate::control::command::RunOptions;
use crate::journal::{self, Held};

/// What is read of the system by whoever looks up names, trusts certificates, tells the time of day, or looks how the machine is.
const SYSTEM: &[&str] = &[
    "/usr",
    "/lib",
    "/lib64",
    "/proc",
    "/sys",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/pki",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl",
    "/var/lib/ca-certificates",
    crate::appliance::hardware::DOORS,
];
/// Where the name servers stand.
const NAME_SERVERS: &str = "/etc/resolv.conf";
/// Variables that name other places for certificates and for the rules of time zones.
const PLACES: &[&str] = &["SSL_CERT_FILE", "SSL_CERT_DIR", "TZDIR"];
/// This program, wherever it lies and though it was replaced since.
const OURSELVES: &str = "/proc/self/exe";

/// What can be done with the home's own files. No links: one that leads elsewhere would be followed by the next start.
const OWN: BitFlags<AccessFs> = make_bitflags!(AccessFs::{
    ReadFile | ReadDir | WriteFile | Truncate | MakeReg | MakeDir | MakeSock | RemoveFile | RemoveDir | Refer
});
const READ: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | ReadDir});
/// A light in `/sys` is written, and nothing made there.
const SWITCH: BitFlags<AccessFs> =
    make_bitflags!(AccessFs::{ReadFile | ReadDir | WriteFile | Truncate});
const RUN: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | Execute});

/// What a running home can reach from now on.
#[derive(Debug, Default)]
pub(super) struct Confined {
    /// Folders and files; `None`: the kernel keeps it from none.
    readable: Option<Vec<PathBuf>>,
}

impl Confined {
    /// Whether a file that the settings name can be read before the next start.
    pub(super) fn reaches(&self, file: &Path) -> bool {
        let Some(readable) = &self.readable else {
            return true;
        };
        // One that is not there yet may be made.
        let place = file
            .canonicalize()
            .or_else(|_| folder_of(file).canonicalize());
        place.map_or(true, |place| readable.iter().any(|r| place.starts_with(r)))
    }
}

/// Locks this process in, for good: its one thread, and all that it starts. `dir` is the home's folder, in full.
pub(super) fn confine(dir: &Path, options: &RunOptions, config: &Config) -> Confined {
    #[cfg(feature = "faults")]
    if std::env::var("TOXMAIL_FAULT_SANDBOX").is_ok_and(|word| word == "off") {
        return Confined::default();
    }
    let reach = Reach::of(dir, options, config);
    let files = match reach.hold() {
        Ok(held) => held,
        Err(e) => {
            journal::trouble("sandbox", &e);
            Held::Nothing
        }
    };
    // A home that was restored starts itself again, which only Landlock can tell from starting anything else.
    let calls = match calls::hold(files != Held::Nothing) {
        Ok(held) => held,
        Err(e) => {
            journal::trouble("sandbox", &e);
            Held::Nothing
        }
    };
    journal::confined(files, calls);
    Confined {
        readable: (files != Held::Nothing).then(|| reach.readable()),
    }
}

/// Folders and files, and what may be done with them and with what lies below.
#[derive(Debug)]
struct Reach {
    own: Vec<PathBuf>,
    light: Vec<PathBuf>,
    read: Vec<PathBuf>,
    run: Vec<PathBuf>,
}

impl Reach {
    fn of(dir: &Path, options: &RunOptions, config: &Config) -> Self {
        let mut own = vec![dir.to_owned()];
        own.extend(elsewhere(dir));
        own.extend(options.boot.clone());
        let mut read: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
        read.extend(folder_of_name_servers());
        read.extend(
            PLACES
                .iter()
                .filter_map(std::env::var_os)
                .map(PathBuf::from),
        );
        read.extend(config.files().map(around));
        if let Some(updates) = &options.updates {
            own.push(updates.join("inbox"));
            read.push(updates.clone());
        }
        if let Some(network) = &options.network {
            own.push(network.join("inbox"));
            read.push(network.clone());
        }
        if let Some(disks) = &options.disks {
            own.push(disks.join("inbox"));
            read.push(disks.clone());
        }
        if let Some(sticks) = &options.sticks {
            // A stick is mounted in `mnt` later: that it lies below this folder counts, not what `mnt` was before.
            own.push(sticks.clone());
        }
        #[cfg(feature = "faults")]
        read.extend(armed());
        Self {
            own,
            light: options.light.iter().cloned().collect(),
            read,
            run: [PathBuf::from(OURSELVES)]
                .into_iter()
                .chain(loader())
                .collect(),
        }
    }

    /// What is not there is left out.
    fn readable(&self) -> Vec<PathBuf> {
        let all = [&self.own, &self.light, &self.read, &self.run];
        let there = all.into_iter().flatten();
        there.filter_map(|path| path.canonicalize().ok()).collect()
    }

    fn hold(&self) -> Result<Held, RulesetError> {
        // Without `Refer` (before Linux 5.19) no file could be moved to another folder: then rather nothing.
        let mut ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::SoftRequirement)
            .handle_access(AccessFs::Refer)?
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(ABI::V5))?
            .scope(Scope::Signal)?;
        // In a container the service manager may listen where this would keep the home from saying that it is ready.
        if !std::env::var("NOTIFY_SOCKET").is_ok_and(|name| name.starts_with('@')) {
            ruleset = ruleset.scope(Scope::AbstractUnixSocket)?;
        }
        let status = ruleset
            .create()?
            .add_rules(path_beneath_rules(&self.own, OWN))?
            .add_rules(path_beneath_rules(&self.light, SWITCH))?
            .add_rules(path_beneath_rules(&self.read, READ))?
            .add_rules(path_beneath_rules(&self.run, RUN))?
            .restrict_self()?;
        Ok(match status.ruleset {
            RulesetStatus::FullyEnforced => Held::Whole,
            RulesetStatus::PartiallyEnforced => Held::Partly,
            RulesetStatus::NotEnforced => Held::Nothing,
        })
    }
}

/// Mailboxes, people's folders and what else of the home lies on another disk, by a link.
fn elsewhere(dir: &Path) -> Vec<PathBuf> {
    let mail = dir.join("mail");
    let members = entries(&mail).filter(|entry| entry.is_dir());
    // A member's folder, and that in it where the mailboxes are.
    let members = members.flat_map(|member| [member.join("Maildir"), member]);
    let folders = [dir.to_owned(), mail.clone()].into_iter().chain(members);
    let links = folders.flat_map(|folder| entries(&folder).filter(|entry| entry.is_symlink()));
    links.filter_map(|link| link.canonicalize().ok()).collect()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

/// Where `/etc/resolv.conf`, or what it links to, is replaced when the network changes. It may not be there yet.
fn folder_of_name_servers() -> Option<PathBuf> {
    let file = Path::new(NAME_SERVERS);
    let target = match file.canonicalize() {
        Ok(target) => target,
        Err(_) => file.parent()?.join(fs::read_link(file).ok()?),
    };
    around(&target).canonicalize().ok()
}

/// The folder of a file that may be replaced; the file alone where that is the root of everything.
fn around(file: &Path) -> PathBuf {
    let folder = folder_of(file);
    let all = folder.parent().is_none();
    if all { file } else { folder }.to_owned()
}

/// The program that starts this one. The kernel opens it to run it, as this one.
fn loader() -> Option<PathBuf> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let mut files = maps
        .lines()
        .filter_map(|line| line.find('/').map(|at| &line[at..]));
    let loader = files.find(|file| {
        let name = file.rsplit('/').next();
        name.is_some_and(|name| name.starts_with("ld-"))
    })?;
    Some(PathBuf::from(loader))
}

/// Where the files lie by which the tests arm a running home.
#[cfg(feature = "faults")]
fn armed() -> impl Iterator<Item = PathBuf> {
    let variables = std::env::vars().filter(|(name, _)| name.starts_with("TOXMAIL_FAULT_"));
    variables.filter_map(|(_, value)| Some(around(Path::new(value.strip_prefix('@')?))))
}

fn folder_of(file: &Path) -> &Path {
    crate::durable::folder_of(file)
}

/// System calls.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod calls {
    use std::collections::BTreeMap;

    use libc::c_long;
    use seccompiler::SeccompCmpArgLen::Dword;
    use seccompiler::SeccompCmpOp::{Eq, MaskedEq, Ne};
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch,
    };

    use crate::journal::Held;

    /// What no mail server does: look into other processes or change them, change the machine (mounts, modules, clock, names, swap,
    /// quotas), talk to parts of the kernel where its mistakes are found.
    pub(super) const NEVER: &[c_long] = &[
        libc::SYS_acct,
        libc::SYS_add_key,
        libc::SYS_bpf,
        libc::SYS_chroot,
        libc::SYS_clock_settime,
        libc::SYS_delete_module,
        libc::SYS_execveat,
        libc::SYS_fanotify_init,
        libc::SYS_finit_module,
        libc::SYS_fsconfig,
        libc::SYS_fsmount,
        libc::SYS_fsopen,
        libc::SYS_fspick,
        libc::SYS_init_module,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_io_uring_setup,
        libc::SYS_kcmp,
        libc::SYS_kexec_file_load,
        libc::SYS_kexec_load,
        libc::SYS_keyctl,
        libc::SYS_lookup_dcookie,
        // A program without a file, of which Landlock is not asked.
        libc::SYS_memfd_create,
        libc::SYS_mount,
        libc::SYS_mount_setattr,
        libc::SYS_move_mount,
        libc::SYS_open_by_handle_at,
        libc::SYS_open_tree,
        libc::SYS_perf_event_open,
        libc::SYS_personality,
        libc::SYS_pidfd_getfd,
        libc::SYS_pivot_root,
        libc::SYS_process_madvise,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_ptrace,
        libc::SYS_quotactl,
        libc::SYS_quotactl_fd,
        libc::SYS_reboot,
        libc::SYS_request_key,
        libc::SYS_setdomainname,
        libc::SYS_sethostname,
        libc::SYS_setns,
        libc::SYS_settimeofday,
        libc::SYS_swapoff,
        libc::SYS_swapon,
        libc::SYS_syslog,
        libc::SYS_umount2,
        libc::SYS_unshare,
        libc::SYS_userfaultfd,
        libc::SYS_vhangup,
    ];
    /// Sockets: mail, Tox and names; the operator's socket; the addresses of this machine (`getifaddrs`).
    const FAMILIES: [i32; 4] = [
        libc::AF_INET,
        libc::AF_INET6,
        libc::AF_UNIX,
        libc::AF_NETLINK,
    ];
    /// The kind of a socket is in these bits, beside flags.
    const KIND: u64 = 0xf;
    const NAMESPACES: i32 = libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWNET
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWUTS;
    /// On x86-64 each call has a second number, of an ABI that is hardly ever there, and some a third.
    #[cfg(target_arch = "x86_64")]
    const X32: c_long = 0x4000_0000;
    #[cfg(target_arch = "x86_64")]
    const X32_OWN: [(c_long, c_long); 6] = [
        (libc::SYS_execve, 520),
        (libc::SYS_ptrace, 521),
        (libc::SYS_kexec_load, 528),
        (libc::SYS_process_vm_readv, 539),
        (libc::SYS_process_vm_writev, 540),
        (libc::SYS_execveat, 545),
    ];

    /// Why the calls stay free.
    #[derive(Debug, thiserror::Error)]
    #[error("the kernel takes no filter of system calls: {0}")]
    pub(super) struct Error(#[from] seccompiler::Error);

    impl From<BackendError> for Error {
        fn from(error: BackendError) -> Self {
            Self(error.into())
        }
    }

    /// From now on a forbidden call is answered as one for which rights are missing (EPERM). Without `may_start` this process cannot
    /// become another program.
    pub(super) fn hold(may_start: bool) -> Result<Held, Error> {
        for program in programs(may_start)? {
            // There is one thread only; where there were others, they would be held as well.
            match seccompiler::apply_filter_all_threads(&program) {
                // Not built into the kernel, or emulated.
                Err(seccompiler::Error::Seccomp(e) | seccompiler::Error::Prctl(e))
                    if matches!(e.raw_os_error(), Some(libc::EINVAL | libc::ENOSYS)) =>
                {
                    return Ok(Held::Nothing);
                }
                applied => applied?,
            }
        }
        Ok(Held::Whole)
    }

    fn programs(may_start: bool) -> Result<[BpfProgram; 2], Error> {
        let mut rules: Rules = NEVER.iter().map(|call| (*call, Vec::new())).collect();
        if !may_start {
            rules.insert(libc::SYS_execve, Vec::new());
        }
        rules.insert(libc::SYS_socket, sockets()?);
        let mut namespaces = Vec::new();
        for bit in (0..32).map(|n| 1 << n).filter(|bit| NAMESPACES & bit != 0) {
            namespaces.push(rule(&[(0, MaskedEq(word(bit)), word(bit))])?);
        }
        rules.insert(libc::SYS_clone, namespaces);
        // The flags of `clone3` lie where no filter sees them; the C library then takes `clone`.
        let clone3 = Rules::from([(libc::SYS_clone3, Vec::new())]);
        Ok([program(rules, libc::EPERM)?, program(clone3, libc::ENOSYS)?])
    }

    type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

    /// The sockets that are refused.
    fn sockets() -> Result<Vec<SeccompRule>, Error> {
        let netlink = word(libc::AF_NETLINK);
        let others: Vec<_> = FAMILIES.iter().map(|f| (0, Ne, word(*f))).collect();
        let mut refused = vec![
            rule(&others)?,
            rule(&[(0, Eq, netlink), (2, Ne, word(libc::NETLINK_ROUTE))])?,
        ];
        // All kinds but two: beside the raw one some old number may be another door to it, as SOCK_PACKET is.
        let plain = [word(libc::SOCK_STREAM), word(libc::SOCK_DGRAM)];
        for kind in (0..=KIND).filter(|kind| !plain.contains(kind)) {
            refused.push(rule(&[(0, Ne, netlink), (1, MaskedEq(KIND), kind)])?);
        }
        Ok(refused)
    }

    /// All of these: argument, comparison, value.
    fn rule(conditions: &[(u8, SeccompCmpOp, u64)]) -> Result<SeccompRule, Error> {
        let conditions: Result<Vec<_>, _> = conditions
            .iter()
            .map(|(argument, how, value)| {
                SeccompCondition::new(*argument, Dword, how.clone(), *value)
            })
            .collect();
        Ok(SeccompRule::new(conditions?)?)
    }

    fn word(value: i32) -> u64 {
        u64::from(value.cast_unsigned())
    }

    fn program(rules: Rules, errno: i32) -> Result<BpfProgram, Error> {
        #[cfg(target_arch = "x86_64")]
        let (rules, target) = (with_x32(rules), TargetArch::x86_64);
        #[cfg(target_arch = "aarch64")]
        let target = TargetArch::aarch64;
        let refuse = SeccompAction::Errno(errno.cast_unsigned());
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, target)?;
        Ok(filter.try_into()?)
    }

    #[cfg(target_arch = "x86_64")]
    fn with_x32(mut rules: Rules) -> Rules {
        let own = X32_OWN.iter().filter(|(call, _)| rules.contains_key(call));
        let own: Vec<_> = own.map(|(_, number)| (number | X32, Vec::new())).collect();
        let second: Vec<_> = rules
            .iter()
            .map(|(call, rule)| (call | X32, rule.clone()))
            .collect();
        rules.extend(second.into_iter().chain(own));
        rules
    }

    #[cfg(test)]
    #[allow(clippy::unwrap_used)]
    mod tests {
        use super::*;

        /// What the kernel would answer to a call: it runs these programs (linux/filter.h).
        fn answer(programs: &[BpfProgram], call: c_long, arguments: [u64; 6]) -> u32 {
            #[cfg(target_arch = "x86_64")]
            let machine = 0xc000_003e_u32;
            #[cfg(target_arch = "aarch64")]
            let machine = 0xc000_00b7_u32;
            let mut data = Vec::new();
            data.extend(u32::try_from(call).unwrap().to_ne_bytes());
            data.extend(machine.to_ne_bytes());
            data.extend([0; 8]);
            data.extend(arguments.iter().flat_map(|a| a.to_ne_bytes()));
            let run = |program: &BpfProgram| {
                let (mut accumulator, mut at) = (0_u32, 0_usize);
                loop {
                    let now = &program[at];
                    at += 1;
                    let (k, taken) = match now.code {
                        0x20 => {
                            let from = now.k as usize;
                            let bytes = data[from..from + 4].try_into().unwrap();
                            accumulator = u32::from_ne_bytes(bytes);
                            continue;
                        }
                        0x54 => {
                            accumulator &= now.k;
                            continue;
                        }
                        0x06 => return now.k,
                        0x05 => (now.k as usize, true),
                        0x15 => (0, accumulator == now.k),
                        other => panic!("{other:#x}"),
                    };
                    at += k + usize::from(match (now.code, taken) {
                        (0x05, _) => 0,
                        (_, true) => now.jt,
                        (_, false) => now.jf,
                    });
                }
            };
            // Of several answers the strictest counts, which has the lower number here.
            programs.iter().map(run).min().unwrap()
        }

        /// Linux's first way to packets (linux/net.h), still there.
        const SOCK_PACKET: i32 = 10;
        const ALLOWED: u32 = 0x7fff_0000;
        const REFUSED: u32 = 0x0005_0000 | libc::EPERM.cast_unsigned();

        #[test]
        fn what_no_mail_server_does_is_refused_and_all_else_is_not() {
            let programs = programs(true).unwrap();
            let answer = |call, first: i32, second: i32, third: i32| {
                answer(
                    &programs,
                    call,
                    [word(first), word(second), word(third), 0, 0, 0],
                )
            };
            for call in NEVER {
                assert_eq!(answer(*call, 0, 0, 0), REFUSED, "{call}");
            }
            let daily = [
                libc::SYS_openat,
                libc::SYS_read,
                libc::SYS_mmap,
                libc::SYS_bind,
                libc::SYS_execve,
            ];
            for call in daily {
                assert_eq!(answer(call, 0, 0, 0), ALLOWED, "{call}");
            }
            let (stream, datagram, raw) = (libc::SOCK_STREAM, libc::SOCK_DGRAM, libc::SOCK_RAW);
            for (family, kind, protocol, said) in [
                (libc::AF_INET, stream | libc::SOCK_CLOEXEC, 0, ALLOWED),
                (libc::AF_INET6, datagram | libc::SOCK_NONBLOCK, 0, ALLOWED),
                (libc::AF_UNIX, stream, 0, ALLOWED),
                (
                    libc::AF_NETLINK,
                    raw | libc::SOCK_CLOEXEC,
                    libc::NETLINK_ROUTE,
                    ALLOWED,
                ),
                (libc::AF_NETLINK, raw, libc::NETLINK_NETFILTER, REFUSED),
                (
                    libc::AF_INET,
                    raw | libc::SOCK_CLOEXEC,
                    libc::IPPROTO_ICMP,
                    REFUSED,
                ),
                (libc::AF_INET6, raw, 0, REFUSED),
                (libc::AF_INET, SOCK_PACKET, 0, REFUSED),
                (libc::AF_INET, libc::SOCK_SEQPACKET, 0, REFUSED),
                (libc::AF_PACKET, datagram, 0, REFUSED),
                (libc::AF_ALG, libc::SOCK_SEQPACKET, 0, REFUSED),
                (libc::AF_VSOCK, stream, 0, REFUSED),
                (libc::AF_BLUETOOTH, stream, 0, REFUSED),
            ] {
                assert_eq!(
                    answer(libc::SYS_socket, family, kind, protocol),
                    said,
                    "{family} {kind} {protocol}"
                );
            }
            let thread = libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_THREAD;
            assert_eq!(answer(libc::SYS_clone, thread, 0, 0), ALLOWED);
            for namespace in [libc::CLONE_NEWUSER, libc::CLONE_NEWNET, libc::CLONE_NEWNS] {
                assert_eq!(
                    answer(libc::SYS_clone, thread | namespace, 0, 0),
                    REFUSED,
                    "{namespace:#x}"
                );
            }
            let absent = 0x0005_0000 | libc::ENOSYS.cast_unsigned();
            assert_eq!(answer(libc::SYS_clone3, 0, 0, 0), absent);
            #[cfg(target_arch = "x86_64")]
            for call in [libc::SYS_mount | X32, 521 | X32, 545 | X32] {
                assert_eq!(answer(call, 0, 0, 0), REFUSED, "{call:#x}");
            }
        }

        #[test]
        fn where_files_are_free_no_program_is_started_at_all() {
            let programs = programs(false).unwrap();
            assert_eq!(answer(&programs, libc::SYS_execve, [0; 6]), REFUSED);
            #[cfg(target_arch = "x86_64")]
            assert_eq!(answer(&programs, 520 | X32, [0; 6]), REFUSED);
        }
    }
}

/// No filter can be made for this processor.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod calls {
    use crate::journal::Held;

    pub(super) fn hold(_may_start: bool) -> Result<Held, std::convert::Infallible> {
        Ok(Held::Nothing)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn mailboxes_on_another_disk_are_found_and_a_letter_that_is_a_link_is_none_of_them() {
        let (dir, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (at, there) = (
            |name: &str| dir.path().join(name),
            |name: &str| disk.path().join(name),
        );
        fs::create_dir_all(at("mail/anna/Maildir/new")).unwrap();
        for name in ["bob", "archive", "letter"] {
            fs::create_dir(there(name)).unwrap();
        }
        symlink(there("bob"), at("mail/bob")).unwrap();
        symlink(there("archive"), at("mail/anna/Maildir/.Archive")).unwrap();
        symlink(there("letter"), at("mail/anna/Maildir/new/1.link")).unwrap();
        symlink(there("not-mounted"), at("mail/anna/Maildir/.Old")).unwrap();
        let mut found = elsewhere(dir.path());
        found.sort();
        let disk = disk.path().canonicalize().unwrap();
        assert_eq!(found, [disk.join("archive"), disk.join("bob")]);
    }

    #[test]
    fn the_loader_of_this_program_is_found() {
        let loader = loader().unwrap();
        assert!(loader.is_file(), "{}", loader.display());
        assert!(
            loader.to_str().unwrap().contains("ld-"),
            "{}",
            loader.display()
        );
    }
}
