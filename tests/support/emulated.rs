#![allow(dead_code)] // each test binary uses a part of it
//! A box in an emulator: the card of tests/image/lookalike in QEMU's arm64 machine, or in its Raspberry Pi 3, with a network cable, and a
//! plug that can be pulled. For tests in a network namespace of their own, which is where its ports are.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::client::Line;
use crate::page::Visitor;

/// Debian's U-Boot for that machine (u-boot-qemu), where the card has come without its own.
const FIRMWARE: &str = "/usr/lib/u-boot/qemu_arm64/u-boot.bin";
/// In bytes; the data partition has to grow to it.
const CARD: u64 = 1 << 30;
/// Another disk, in bytes; nearly all of it stays a hole in a file.
const DISK: u64 = 5 << 30;
/// Where board/genimage.cfg begins.
const BOOT: u64 = 1 << 20;
/// A stick for backups, in bytes, and where its only partition begins there.
const STICK: u64 = 256 << 20;
const STICK_PART: u64 = 1 << 20;
const DISK_DEVICE: &str = "virtio-blk-pci,id=other,drive=other,bus=socket";
/// From power-on to the page, on a machine that has other things to do.
const STARTS: Duration = Duration::from_secs(300);
/// This machine, where it is the router at home, and the cable to it.
const ROUTER: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 99);
const CABLE: &str = "home0";
/// Where that router's own network ends, this machine too has who knows names, and who knows the time (RFC 5737).
const RESOLVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 53);
const TIME_SERVERS: [Ipv4Addr; 2] = [Ipv4Addr::new(192, 0, 2, 123), Ipv4Addr::new(192, 0, 2, 124)];
/// From 1900, where NTP's seconds begin, to 1970.
const NTP_TO_UNIX: u64 = 2_208_988_800;
/// Where names of the network at home are asked for (RFC 6762).
const MDNS: (Ipv4Addr, u16) = (Ipv4Addr::new(224, 0, 0, 251), 5353);
/// The first box's network card.
const MAC: [u8; 6] = [0x52, 0x54, 0x00, 0x74, 0x6f, 0x01];
/// As the page answers, and where letters come in and go out.
pub const HTTP: u16 = 80;
pub const HTTPS: u16 = 443;
pub const SUBMISSIONS: u16 = 465;
pub const IMAPS: u16 = 993;
pub const POP3S: u16 = 995;

/// What is read of the card's table.
pub struct Partition {
    pub start: u64,
    pub size: u64,
}

/// How a stick comes from the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stick {
    Fat32,
    ExFat,
}

struct Router {
    leases: Option<Leases>,
    /// How far the time servers are ahead of this machine's clock; `None`: they say nothing.
    ahead: Arc<Mutex<Option<Duration>>>,
}

/// What gives out the addresses.
struct Leases(Child);

impl Drop for Leases {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the emulator pretends to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Machine {
    /// `virt_64`.
    Virt,
    /// A Raspberry Pi 3, of `rpi_64`.
    Raspberry,
}

/// A box with its card. Dropped, it is switched off and the card removed.
pub struct Emulated {
    machine: Machine,
    dir: tempfile::TempDir,
    /// The first box of a test has the emulated router, and a socket for the second.
    number: u16,
    wires: PathBuf,
    /// Where this machine is the router at home.
    router: Option<Router>,
    /// Whether another disk is plugged in; `None`: nobody has one.
    disk: Option<bool>,
    /// Whether it has a socket for sticks, and which one is in.
    socket: bool,
    stick: Option<Stick>,
    child: Option<Child>,
}

impl Emulated {
    /// A new box, switched off, and an emulated network at home that leads nowhere else.
    pub fn new() -> Self {
        let dir = folder();
        let wires = dir.path().to_owned();
        Self::with(Machine::Virt, dir, 1, wires)
    }

    /// A Raspberry Pi 3, without its cable: see [`plug_in`](Self::plug_in).
    pub fn raspberry() -> Self {
        let dir = folder();
        let wires = dir.path().to_owned();
        let this = Self::with(Machine::Raspberry, dir, 1, wires);
        this.put("board.env", "console=console=ttyS1,115200 loglevel=7\n");
        this
    }

    /// A second one in the first one's network; the first has to be on before it.
    pub fn beside(first: &Self) -> Self {
        let wires = first.dir.path().to_owned();
        Self::with(Machine::Virt, folder(), 2, wires)
    }

    fn with(machine: Machine, dir: tempfile::TempDir, number: u16, wires: PathBuf) -> Self {
        let this = Self {
            machine,
            dir,
            number,
            wires,
            router: None,
            disk: None,
            socket: false,
            stick: None,
            child: None,
        };
        this.insert_card();
        this
    }

    /// The card as it is made, in a file of a usual size.
    fn insert_card(&self) {
        let made = made_for(self.machine).join("toxmail.img");
        let copied = Command::new("cp")
            .arg("--sparse=always")
            .arg(&made)
            .arg(self.card())
            .status();
        assert!(
            copied.unwrap().success(),
            "{}: `make image-test` makes the card",
            made.display()
        );
        let card = fs::OpenOptions::new()
            .write(true)
            .open(self.card())
            .unwrap();
        card.set_len(CARD).unwrap();
        // What the kernel and the box's scripts say is shown when a test fails.
        self.put("board.env", "console=console=ttyAMA0 loglevel=7\n");
    }

    /// A new box, switched off; this machine is the router at home ([`ROUTER`]), and sees every packet. All that there is of the internet
    /// are the box's time servers, by their names: see [`tell_time`](Self::tell_time).
    pub fn routed() -> Self {
        let mut this = Self::new();
        let ahead = Arc::default();
        internet(&ahead);
        this.router = Some(Router {
            leases: None,
            ahead,
        });
        this
    }

    /// The time servers answer from now on, and are so far ahead of this machine's clock.
    pub fn tell_time(&self, ahead: Duration) {
        let router = self.router.as_ref().unwrap();
        *router.ahead.lock().unwrap() = Some(ahead);
    }

    /// Where the first box of a test is in the network at home.
    pub const fn at_home(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 0, 2, 14 + self.number as u8)
    }

    /// The card's file.
    pub fn card(&self) -> PathBuf {
        self.dir.path().join("card")
    }

    /// Writes a file on the boot partition, as a person does with the card in a computer.
    pub fn put(&self, name: &str, text: &str) {
        assert!(self.child.is_none(), "the card is in the box");
        let mut child = Command::new("mcopy")
            .args(["-o", "-i", &self.boot(), "-", &format!("::{name}")])
            .stdin(Stdio::piped())
            .spawn()
            .expect("mtools: .ci/install image");
        child
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// A file of the boot partition; `None` where there is none.
    pub fn get(&self, name: &str) -> Option<String> {
        let output = Command::new("mtype")
            .args(["-i", &self.boot(), &format!("::{name}")])
            .output()
            .expect("mtools: .ci/install image");
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn boot(&self) -> String {
        format!("{}@@{BOOT}", self.card().display())
    }

    /// A partition by its name, in bytes.
    pub fn partition(&self, name: &str) -> Partition {
        let output = Command::new("/usr/sbin/sfdisk")
            .arg("-J")
            .arg(self.card())
            .output()
            .unwrap();
        let table: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let all = table["partitiontable"]["partitions"].as_array().unwrap();
        let found = all.iter().find(|p| p["name"] == name).unwrap();
        let bytes = |key: &str| found[key].as_u64().unwrap() * 512;
        Partition {
            start: bytes("start"),
            size: bytes("size"),
        }
    }

    /// Copies a partition over another one of the same size.
    pub fn copy(&self, from: &str, to: &str) {
        let (from, to) = (self.partition(from), self.partition(to));
        assert_eq!(from.size, to.size);
        let card = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(self.card())
            .unwrap();
        let mut part = vec![0; 1 << 20];
        for at in (0..from.size).step_by(part.len()) {
            card.read_exact_at(&mut part, from.start + at).unwrap();
            card.write_all_at(&part, to.start + at).unwrap();
        }
    }

    /// Writes a file over a partition, from its beginning.
    pub fn fill(&self, name: &str, file: &Path) {
        let (content, to) = (fs::read(file).unwrap(), self.partition(name));
        assert!(content.len() as u64 <= to.size, "{} bytes", content.len());
        let card = fs::OpenOptions::new()
            .write(true)
            .open(self.card())
            .unwrap();
        card.write_all_at(&content, to.start).unwrap();
    }

    /// What the box has said on its serial line.
    pub fn said(&self) -> String {
        let text = fs::read(self.serial()).unwrap_or_default();
        String::from_utf8_lossy(&text).replace('\r', "")
    }

    /// Writes nonsense over a partition's first MiB.
    pub fn spoil(&self, name: &str) {
        let card = fs::OpenOptions::new()
            .write(true)
            .open(self.card())
            .unwrap();
        card.write_all_at(&vec![0x5A; 1 << 20], self.partition(name).start)
            .unwrap();
    }

    /// What a power cut leaves of the card's table while it is written: its copy at the end of the card.
    pub fn tear_table(&self) {
        let card = fs::OpenOptions::new()
            .write(true)
            .open(self.card())
            .unwrap();
        card.write_all_at(&[0x5A; 512], 512).unwrap();
    }

    /// Leaves nothing of a partition that could be repaired.
    pub fn spoil_all(&self, name: &str) {
        let card = fs::OpenOptions::new()
            .write(true)
            .open(self.card())
            .unwrap();
        let Partition { start, size } = self.partition(name);
        let part = vec![0x5A; 1 << 20];
        for at in (0..size).step_by(part.len()) {
            card.write_all_at(&part, start + at).unwrap();
        }
    }

    /// Another card in the place of the one that it had, as it is made.
    pub fn new_card(&mut self) {
        assert!(self.child.is_none(), "the card is in the box");
        self.insert_card();
    }

    /// Puts another disk into its socket, which is new at the first time.
    pub fn plug_disk(&mut self) {
        if self.disk.is_none() {
            let file = fs::File::create(self.disk_file()).unwrap();
            file.set_len(DISK).unwrap();
        }
        assert_ne!(self.disk, Some(true), "it is plugged in already");
        self.disk = Some(true);
        if self.child.is_some() {
            let drive = format!("drive_add 0 {}", self.disk_drive());
            self.order(&drive);
            self.order(&format!("device_add {DISK_DEVICE}"));
        }
    }

    /// Pulls it out, whatever the box does with it.
    pub fn pull_disk(&mut self) {
        assert_eq!(self.disk, Some(true));
        self.disk = Some(false);
        if self.child.is_some() {
            self.order("device_del other");
        }
    }

    /// With a socket for sticks.
    pub const fn with_socket(mut self) -> Self {
        self.socket = true;
        self
    }

    /// Puts a stick into its socket, which is new at the first time.
    pub fn plug_stick(&mut self, stick: Stick) {
        assert!(self.socket && self.stick.is_none());
        if !self.stick_file(stick).exists() {
            self.format(stick);
        }
        self.stick = Some(stick);
        if self.child.is_some() {
            self.order(&format!("drive_add 0 {}", self.stick_drive(stick)));
            self.order(&format!("device_add {}", stick_device(stick)));
        }
    }

    /// Pulls it out, whatever the box does with it.
    pub fn pull_stick(&mut self) {
        assert!(self.stick.take().is_some());
        if self.child.is_some() {
            self.order("device_del stick");
        }
    }

    /// One partition, as they are sold.
    fn format(&self, stick: Stick) {
        let (make, kind) = match stick {
            Stick::Fat32 => ("mkfs.vfat -F 32 -n PHOTOS", "c"),
            Stick::ExFat => ("mkfs.exfat -L PHOTOS", "7"),
        };
        let file = self.stick_file(stick);
        let made = Command::new("sh")
            .args(["-ec", &format!("PATH=$PATH:/usr/sbin:/sbin
                truncate -s {STICK} \"$1.part\" && {make} \"$1.part\" >/dev/null
                truncate -s {} \"$1\" && echo 'start={}, type={kind}' | sfdisk -q --label dos \"$1\"
                dd if=\"$1.part\" of=\"$1\" bs=1M seek={} conv=sparse,notrunc status=none && rm \"$1.part\"",
                STICK_PART + STICK, STICK_PART / 512, STICK_PART >> 20), "sh"])
            .arg(&file)
            .status();
        assert!(made.unwrap().success(), "{stick:?}: .ci/install box");
    }

    /// What lies in the home's folder on a stick with FAT32, by its name, as far as it has been written there.
    pub fn on_stick(&self) -> Vec<String> {
        let output = Command::new("mdir")
            .args(["-b", "-i"])
            .arg(format!(
                "{}@@{STICK_PART}",
                self.stick_file(Stick::Fat32).display()
            ))
            .arg("::Toxmail")
            .output()
            .expect("mtools: .ci/install image");
        let names = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = names.lines().filter_map(|line| line.rsplit('/').next());
        names.map(str::to_owned).collect()
    }

    fn stick_file(&self, stick: Stick) -> PathBuf {
        self.dir.path().join(format!("stick-{stick:?}"))
    }

    fn stick_drive(&self, stick: Stick) -> String {
        format!(
            "if=none,id={stick:?},format=raw,file={}",
            self.stick_file(stick).display()
        )
    }

    fn disk_file(&self) -> PathBuf {
        self.dir.path().join("disk")
    }

    fn disk_drive(&self) -> String {
        format!(
            "if=none,id=other,format=raw,file={}",
            self.disk_file().display()
        )
    }

    /// Tells the machine itself something, as a hand at it does.
    fn order(&self, words: &str) {
        let mut monitor = UnixStream::connect(self.monitor()).unwrap();
        let prompt = |monitor: &mut UnixStream| {
            let mut said = Vec::new();
            let mut byte = [0];
            while !said.ends_with(b"(qemu) ") {
                if monitor.read(&mut byte).unwrap() == 0 {
                    break;
                }
                said.push(byte[0]);
            }
            String::from_utf8_lossy(&said).into_owned()
        };
        prompt(&mut monitor);
        monitor.write_all(format!("{words}\n").as_bytes()).unwrap();
        let said = prompt(&mut monitor);
        assert!(!said.contains("Error"), "{said}");
    }

    /// Puts the plug in.
    pub fn power_on(&mut self) {
        assert!(self.child.is_none(), "already on");
        let forward = |guest: u16| {
            let forward = |port| {
                let here = host_port(guest, port);
                format!(",hostfwd=tcp:127.0.0.1:{here}-10.0.2.{}:{port}", 14 + guest)
            };
            [HTTP, HTTPS, SUBMISSIONS, IMAPS, POP3S]
                .map(forward)
                .concat()
        };
        let mut command = Command::new("qemu-system-aarch64");
        command.args(["-display", "none"]);
        match self.machine {
            Machine::Virt => self.as_virt(&mut command, forward),
            Machine::Raspberry => self.as_raspberry(&mut command, &forward(1)),
        }
        let told = fs::File::create(self.dir.path().join("qemu")).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(told.try_clone().unwrap())
            .stderr(told);
        self.child = Some(
            command
                .spawn()
                .expect("qemu-system-aarch64: .ci/install box"),
        );
        if self.router.is_some() {
            let ip = |words: &str| {
                let done = Command::new("ip").args(words.split(' ')).output();
                done.is_ok_and(|done| done.status.success())
            };
            self.wait_until("the cable", |_| {
                ip(&format!("address replace {ROUTER}/24 dev {CABLE}"))
                    && ip(&format!("link set {CABLE} up"))
            });
            let leases = self.leases();
            if let Some(router) = &mut self.router {
                router.leases = Some(leases);
            }
        }
    }

    /// The router has that address too: alone, or with the network that it names.
    pub fn routed_from(&self, address: &str) {
        assert!(self.router.is_some());
        let mut ip = Command::new("ip");
        ip.args(["address", "replace", address, "dev", CABLE]);
        if address.contains(':') {
            // Nobody else has it: no need to ask first.
            ip.arg("nodad");
        }
        assert!(ip.status().unwrap().success());
    }

    /// The router announces a global prefix of 64 bits, once; the box's address in it (RFC 4861 section 4.2, RFC 4291 appendix A).
    pub fn announce(&self, prefix: Ipv6Addr) -> Ipv6Addr {
        let announcement = "import socket, struct, sys
prefix = socket.inet_pton(socket.AF_INET6, sys.argv[2])
packet = struct.pack('!BBHBBHII', 134, 0, 0, 64, 0, 1800, 0, 0)
packet += struct.pack('!BBBBIII', 3, 4, 64, 0xC0, 86400, 14400, 0) + prefix
line = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
line.sendto(packet, ('ff02::1', 0, 0, socket.if_nametoindex(sys.argv[1])))";
        let done = Command::new("python3")
            .args(["-c", announcement, CABLE, &prefix.to_string()])
            .status();
        assert!(done.unwrap().success());
        let [a, b, c, d, e, f] = MAC.map(u16::from);
        let [p, q, r, s, ..] = prefix.segments();
        let own = [(a ^ 2) << 8 | b, c << 8 | 0xFF, 0xFE00 | d, e << 8 | f];
        Ipv6Addr::new(p, q, r, s, own[0], own[1], own[2], own[3])
    }

    /// What gives the box its address, where this machine is its router.
    fn leases(&self) -> Leases {
        let file = |name: &str| self.dir.path().join(name);
        let text = format!(
            "interface {CABLE}\nstart {at}\nend {at}\noption subnet 255.255.255.0\noption router {ROUTER}\n\
             option dns {RESOLVER}\nlease_file {}\npidfile {}\n",
            file("leases").display(),
            file("udhcpd.pid").display(),
            at = self.at_home()
        );
        fs::write(file("leases"), "").unwrap();
        fs::write(file("udhcpd.conf"), text).unwrap();
        let child = Command::new("busybox")
            .args(["udhcpd", "-f"])
            .arg(file("udhcpd.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Leases(child.expect("busybox: .ci/install image"))
    }

    /// The Pi's own U-Boot is a file of its card, which real firmware reads; QEMU is given it as it is.
    fn as_raspberry(&self, command: &mut Command, forward: &str) {
        let made = made_for(Machine::Raspberry);
        command.args(["-M", "raspi3b", "-m", "1G"]);
        command.arg("-kernel").arg(made.join("u-boot.bin"));
        command.arg("-dtb").arg(made.join("bcm2837-rpi-3-b.dtb"));
        command
            .arg("-drive")
            .arg(format!("if=sd,format=raw,file={}", self.card().display()));
        // The second line is the one on the pins.
        let serial = format!("file:{}", self.serial().display());
        command.args(["-serial", "null", "-serial", &serial]);
        command
            .arg("-netdev")
            .arg(format!("user,id=lan,restrict=on{forward}"));
        command.arg("-monitor").arg(format!(
            "unix:{},server=on,wait=off",
            self.monitor().display()
        ));
    }

    fn monitor(&self) -> PathBuf {
        self.dir.path().join("monitor")
    }

    /// Plugs the Pi's cable in, by an adapter. Not before Linux runs: QEMU's USB does not survive that U-Boot has looked at it.
    pub fn plug_in(&self) {
        let mut monitor = UnixStream::connect(self.monitor()).unwrap();
        monitor
            .write_all(b"device_add usb-net,netdev=lan\n")
            .unwrap();
    }

    fn as_virt(&self, command: &mut Command, forward: impl Fn(u16) -> String) {
        let lan = match self.number {
            _ if self.router.is_some() => {
                format!("tap,id=lan,ifname={CABLE},script=no,downscript=no")
            }
            1 => {
                format!(
                    "user,id=router,restrict=on{}{} {} hubport,hubid=0,id=a,netdev=router hubport,hubid=0,id=b,netdev=wire \
                     hubport,hubid=0,id=lan",
                    forward(1),
                    forward(2),
                    self.wire("wire", 1, 2)
                )
            }
            _ => self.wire("lan", 2, 1),
        };
        command.args(["-M", "virt", "-cpu", "cortex-a53"]);
        // No Pi that the card is made for has less memory.
        command.args(["-m", "512", "-monitor"]);
        command.arg(format!(
            "unix:{},server=on,wait=off",
            self.monitor().display()
        ));
        let own = made().join("u-boot.bin");
        command.arg("-bios").arg(if own.exists() {
            &own
        } else {
            Path::new(FIRMWARE)
        });
        command.args(["-device", "virtio-rng-pci", "-device", "i6300esb"]);
        command.arg("-drive").arg(format!(
            "if=none,id=card,format=raw,file={}",
            self.card().display()
        ));
        command.args(["-device", "virtio-blk-pci,drive=card"]);
        // A socket for another disk, into which one can be put while the box is on.
        command.args(["-device", "pcie-root-port,id=socket,chassis=1"]);
        if self.disk == Some(true) {
            command.arg("-drive").arg(self.disk_drive());
            command.args(["-device", DISK_DEVICE]);
        }
        if self.socket {
            let socket = match has_usb() {
                true => "qemu-xhci,id=usb",
                false => "virtio-scsi-pci,id=scsi",
            };
            command.args(["-device", socket]);
        }
        if let Some(stick) = self.stick {
            command.arg("-drive").arg(self.stick_drive(stick));
            command.args(["-device", &stick_device(stick)]);
        }
        for part in lan.split(' ') {
            command.args(["-netdev", part]);
        }
        command.arg("-device").arg(format!(
            "virtio-net-pci,netdev=lan,romfile=,mac=52:54:00:74:6f:0{}",
            self.number
        ));
        command
            .arg("-serial")
            .arg(format!("file:{}", self.serial().display()));
    }

    /// One end of the cable between the two boxes.
    fn wire(&self, id: &str, own: u16, other: u16) -> String {
        let end = |n: u16| self.wires.join(format!("wire-{n}")).display().to_string();
        let _ = fs::remove_file(end(own));
        format!(
            "dgram,id={id},local.type=unix,local.path={},remote.type=unix,remote.path={}",
            end(own),
            end(other)
        )
    }

    /// Pulls the plug: what the box had not yet written is lost.
    pub fn cut(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn serial(&self) -> PathBuf {
        self.dir.path().join("serial")
    }

    /// Where that port of the box is here.
    pub fn address(&self, port: u16) -> SocketAddr {
        if self.router.is_some() {
            return SocketAddr::from((self.at_home(), port));
        }
        SocketAddr::from((Ipv4Addr::LOCALHOST, host_port(self.number, port)))
    }

    /// A connection that waits no longer than so for an answer.
    pub fn connect(&self, port: u16, longest: Duration) -> io::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&self.address(port), longest)?;
        stream.set_read_timeout(Some(longest))?;
        stream.set_write_timeout(Some(longest))?;
        Ok(stream)
    }

    /// A visitor of the page.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.address(HTTPS))
    }

    /// Waits until that is so; how long it took. Panics when the emulator ends.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, look: impl FnMut(&Self) -> bool) -> Duration {
        self.wait_within(STARTS, what, look)
    }

    /// The same, for so long.
    #[track_caller]
    pub fn wait_within(
        &mut self,
        longest: Duration,
        what: &str,
        mut look: impl FnMut(&Self) -> bool,
    ) -> Duration {
        let start = Instant::now();
        while !look(self) {
            let ended = self.child.as_mut().and_then(|c| c.try_wait().unwrap());
            assert!(ended.is_none(), "{what}: the emulator ended: {ended:?}");
            assert!(start.elapsed() < longest, "waited {longest:?} for {what}");
            std::thread::sleep(Duration::from_millis(100));
        }
        start.elapsed()
    }

    /// Waits for the page; how long that took.
    #[track_caller]
    pub fn wait_for_page(&mut self) -> Duration {
        self.wait_until("the page", |this| {
            let ask = || -> io::Result<bool> {
                // Whoever asks before the box has an address hears nothing.
                let mut stream = this.connect(HTTP, Duration::from_secs(3))?;
                stream.write_all(b"GET /setup HTTP/1.0\r\nHost: toxmail.local\r\n\r\n")?;
                let said = io::read_to_string(stream)?;
                Ok(said.starts_with("HTTP/1.0 ") || said.starts_with("HTTP/1.1 "))
            };
            ask().unwrap_or(false)
        })
    }

    /// Waits for the mailboxes; how long that took.
    #[track_caller]
    pub fn wait_for_mailboxes(&mut self) -> Duration {
        self.wait_until("the mailboxes", |this| {
            [(POP3S, "+OK"), (SUBMISSIONS, "220")]
                .iter()
                .all(|(port, word)| {
                    let greeting = || {
                        let stream = this.connect(*port, Duration::from_secs(10))?;
                        Line::over(stream)?.line()
                    };
                    greeting().is_ok_and(|line| line.starts_with(word))
                })
        })
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        self.cut();
        if std::thread::panicking() {
            for file in ["qemu", "serial"] {
                let text = fs::read(self.dir.path().join(file)).unwrap_or_default();
                let from = text.len().saturating_sub(8000);
                eprintln!("--- {file}:\n{}", String::from_utf8_lossy(&text[from..]));
            }
        }
    }
}

/// A USB stick; where Debian's kernel stands in, which has an initrd and no USB, a disk that calls itself one to be taken out.
fn stick_device(stick: Stick) -> String {
    let kind = match has_usb() {
        true => "usb-storage,bus=usb.0",
        false => "scsi-hd,bus=scsi.0",
    };
    format!("{kind},id=stick,drive={stick:?},removable=on")
}

fn has_usb() -> bool {
    !made().join("initrd").exists()
}

/// Where the card was made: by tests/image/lookalike, or in the folder that `TOXMAIL_TEST_CARD` names, by Buildroot.
pub fn made() -> PathBuf {
    made_for(Machine::Virt)
}

fn made_for(machine: Machine) -> PathBuf {
    let folder = match machine {
        Machine::Virt => {
            if let Some(folder) = std::env::var_os("TOXMAIL_TEST_CARD") {
                return folder.into();
            }
            "card"
        }
        Machine::Raspberry => "card-rpi_64",
    };
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/image")
        .join(folder)
}

/// Starts what there is beyond the router, for as long as this process lives.
fn internet(ahead: &Arc<Mutex<Option<Duration>>>) {
    for address in TIME_SERVERS.iter().chain([&RESOLVER]) {
        let done = Command::new("ip")
            .args(["address", "replace", &address.to_string(), "dev", "lo"])
            .status();
        assert!(done.unwrap().success());
    }
    let known: Vec<&str> = include_str!("../../overlay/etc/chrony.conf")
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            matches!(words.next()?, "pool" | "server").then(|| words.next())?
        })
        .collect();
    serve((RESOLVER, 53), move |asked| name_answer(asked, &known));
    for server in TIME_SERVERS {
        let ahead = Arc::clone(ahead);
        serve((server, 123), move |asked| {
            let ahead = (*ahead.lock().unwrap())?;
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            time_answer(asked, now + ahead)
        });
    }
}

/// Answers each packet that comes there.
fn serve(at: (Ipv4Addr, u16), answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static) {
    let socket = UdpSocket::bind(at).unwrap();
    std::thread::spawn(move || {
        let mut packet = [0; 1500];
        loop {
            let Ok((size, from)) = socket.recv_from(&mut packet) else {
                continue;
            };
            if let Some(said) = answer(&packet[..size]) {
                let _ = socket.send_to(&said, from);
            }
        }
    });
}

/// What a server of names says (RFC 1035 section 4): each known name is both time servers; of any other there is none.
fn name_answer(asked: &[u8], known: &[&str]) -> Option<Vec<u8>> {
    let (name, kind_at) = name_at(asked, 12)?;
    let question = asked.get(12..kind_at + 4)?;
    let is_known = known.contains(&name.to_lowercase().as_str());
    let found: &[Ipv4Addr] = match asked[kind_at..kind_at + 2] {
        [0, 1] if is_known => &TIME_SERVERS,
        _ => &[],
    };
    let mut said = vec![asked[0], asked[1], 0x81, if is_known { 0x80 } else { 0x83 }];
    said.extend([0, 1, 0, found.len() as u8, 0, 0, 0, 0]);
    said.extend(question);
    for address in found {
        said.extend([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        said.extend(address.octets());
    }
    Some(said)
}

/// What a time server says that has its time at first hand (RFC 5905 section 7.3).
fn time_answer(asked: &[u8], now: Duration) -> Option<Vec<u8>> {
    let asked = asked.get(..48)?;
    // From a client.
    if asked[0] & 7 != 3 {
        return None;
    }
    let mut stamp = [0; 8];
    let seconds = (now.as_secs() + NTP_TO_UNIX) as u32;
    let part = ((u64::from(now.subsec_nanos()) << 32) / 1_000_000_000) as u32;
    stamp[..4].copy_from_slice(&seconds.to_be_bytes());
    stamp[4..].copy_from_slice(&part.to_be_bytes());
    let mut said = vec![4 << 3 | 4, 1, asked[2], 0xEC, 0, 0, 0, 0, 0, 0, 0, 16];
    said.extend(b"TEST");
    // Set last, asked at, came at, went at.
    for field in [&stamp, &asked[40..48], &stamp, &stamp] {
        said.extend(field);
    }
    Some(said)
}

/// The name that begins there, and where what comes after it does (RFC 1035 section 4.1.4).
fn name_at(packet: &[u8], mut at: usize) -> Option<(String, usize)> {
    let (mut labels, mut after) = (Vec::new(), None);
    // Whoever points in a circle is not followed for ever.
    for _ in 0..packet.len() {
        match *packet.get(at)? {
            0 => return Some((labels.join("."), after.unwrap_or(at + 1))),
            high @ 0xC0.. => {
                after.get_or_insert(at + 2);
                at = usize::from(high & 0x3F) << 8 | usize::from(*packet.get(at + 1)?);
            }
            size => {
                let label = packet.get(at + 1..at + 1 + usize::from(size))?;
                labels.push(String::from_utf8_lossy(label).into_owned());
                at += 1 + usize::from(size);
            }
        }
    }
    None
}

/// What is said of a name in the network at home.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// An IPv4 address.
    Address(Ipv4Addr),
    /// Another name.
    Pointer(String),
    /// A service's port, and whose.
    Service(u16, String),
    /// Words about a service.
    Words(String),
    /// Of another type.
    Other(u16),
}

/// The records of a packet with answers (RFC 1035 section 4.1); `None` for a question, and for what is none of both.
fn records(packet: &[u8]) -> Option<Vec<(String, Fact)>> {
    let word = |at: usize| Some(u16::from_be_bytes(packet.get(at..at + 2)?.try_into().ok()?));
    if word(2)? & 0x8000 == 0 {
        return None;
    }
    let mut at = 12;
    for _ in 0..word(4)? {
        at = name_at(packet, at)?.1 + 4;
    }
    let mut found = Vec::new();
    for _ in 0..word(6)? + word(8)? + word(10)? {
        let (name, head) = name_at(packet, at)?;
        let data = head + 10;
        at = data + usize::from(word(head + 8)?);
        let content = packet.get(data..at)?;
        let fact = match word(head)? {
            1 => Fact::Address(<[u8; 4]>::try_from(content).ok()?.into()),
            12 => Fact::Pointer(name_at(packet, data)?.0),
            33 => Fact::Service(word(data + 4)?, name_at(packet, data + 6)?.0),
            16 => Fact::Words(String::from_utf8_lossy(content).into_owned()),
            other => Fact::Other(other),
        };
        found.push((name, fact));
    }
    Some(found)
}

/// Asks the network at home for these names, as a telephone in it does, until all of that is said; everything that is said meanwhile.
#[track_caller]
pub fn ask_at_home(
    names: &[(String, u16)],
    wanted: impl Fn(&BTreeSet<(String, Fact)>) -> bool,
    longest: Duration,
) -> BTreeSet<(String, Fact)> {
    // Answers go to the group, so whoever listens is bound to its address, and whoever asks to the cable's.
    let ear = UdpSocket::bind(MDNS).unwrap();
    ear.join_multicast_v4(&MDNS.0, &ROUTER).unwrap();
    let mouth = UdpSocket::bind((ROUTER, MDNS.1)).unwrap();
    let mut question = vec![0, 0, 0, 0, 0, names.len() as u8, 0, 0, 0, 0, 0, 0];
    for (name, kind) in names {
        for label in name.split('.') {
            question.push(label.len() as u8);
            question.extend(label.as_bytes());
        }
        question.push(0);
        question.extend(kind.to_be_bytes());
        question.extend([0, 1]);
    }
    let (start, mut said) = (Instant::now(), BTreeSet::new());
    let mut packet = [0; 9000];
    while !wanted(&said) {
        assert!(start.elapsed() < longest, "{names:?}: only {said:?}");
        mouth.send_to(&question, MDNS).unwrap();
        // Nobody says the same twice within a second.
        let asked = Instant::now();
        while let Some(left) = Duration::from_secs(2).checked_sub(asked.elapsed()) {
            ear.set_read_timeout(Some(left.max(Duration::from_millis(1))))
                .unwrap();
            if let Ok((size, _)) = ear.recv_from(&mut packet) {
                said.extend(records(&packet[..size]).unwrap_or_default());
            }
            if wanted(&said) {
                break;
            }
        }
    }
    said
}

fn folder() -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix("toxmail-box-")
        .tempdir()
        .unwrap()
}

/// That box's port, as this machine knows it.
fn host_port(number: u16, port: u16) -> u16 {
    10_000 * number + port
}
