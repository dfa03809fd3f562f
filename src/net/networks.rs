//! Who is near enough to be let in, and which addresses are ours.
//!
//! The interfaces are read from the kernel by netlink (RTM_GETADDR), in safe code. Routes are not asked: a VPN may say
//! that half of the internet is on-link.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

use crate::config::Network;

/// One address of one of our interfaces, with the network around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Our own address.
    pub address: IpAddr,
    /// The length of the prefix that is on-link.
    pub prefix: u8,
    /// An IPv6 privacy address, gone tomorrow (RFC 8981).
    pub temporary: bool,
}

/// Whether an address lies inside a home by its kind alone: loopback, private (RFC 1918), link-local, unique-local
/// (RFC 4193). An IPv4 address inside IPv6 counts as itself.
pub fn is_home(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(a) => a.is_loopback() || a.is_private() || a.is_link_local(),
        IpAddr::V6(a) => a.is_loopback() || a.is_unique_local() || a.is_unicast_link_local(),
    }
}

/// Whether an address is one of the internet: not of a home, of the provider's side of a router (RFC 6598), of this machine or of
/// nobody; one of these inside of an IPv6 address counts as itself.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(a) => {
            let [first, second, ..] = a.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(is_home(IpAddr::V4(a)) || shared || first == 0 || first >= 224)
        }
        IpAddr::V6(a) => {
            let embedded = match a.segments() {
                // NAT64 (RFC 6052), 6to4 (RFC 3056), IPv4-compatible (RFC 4291 section 2.5.5.1).
                [0x64, 0xff9b, 0, 0, 0, 0, high, low]
                | [0x2002, high, low, ..]
                | [0, 0, 0, 0, 0, 0, high, low] => Some((high, low)),
                _ => None,
            };
            match embedded {
                Some((high, low)) => {
                    let [a, b] = high.to_be_bytes();
                    let [c, d] = low.to_be_bytes();
                    is_public(Ipv4Addr::new(a, b, c, d).into())
                }
                // All that is given out lies in 2000::/3.
                None => a.segments()[0] & 0xe000 == 0x2000,
            }
        }
    }
}

/// What one device can have as many addresses of as it likes, by the first of them: the /64 around an IPv6 address (its last 64 bits
/// are the device's own to choose, RFC 4291 section 2.5.1). A whole family may share one. An IPv4 address stands for itself.
pub fn within_reach_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(a) => IpAddr::V4(a),
        IpAddr::V6(a) => IpAddr::V6((u128::from(a) >> 64 << 64).into()),
    }
}

/// The networks whose members may connect.
#[derive(Debug, Default)]
pub struct Allowed {
    always: Always,
    more: RwLock<Vec<Network>>,
    /// What was on-link when it was last looked up. The interfaces are asked at most every few seconds: a stranger who
    /// knocks without end must not make us ask the kernel each time.
    on_link: RwLock<Option<(Instant, Vec<Interface>)>>,
}

/// Who needs no setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Always {
    /// Devices in the home.
    #[default]
    Home,
    Nobody,
}

/// How long an answer of the kernel about our interfaces is good for.
const FRESH: Duration = Duration::from_secs(5);

impl Allowed {
    /// What a home always allows, and `more` (`[listen] allow`).
    pub fn new(more: Vec<Network>) -> Self {
        Self {
            more: RwLock::new(more),
            ..Self::default()
        }
    }

    /// These, and nobody else (`[gateway] accept_from`).
    pub fn only(these: Vec<Network>) -> Self {
        Self {
            always: Always::Nobody,
            ..Self::new(these)
        }
    }

    /// Replaces the configured networks (SIGHUP).
    pub fn replace(&self, more: Vec<Network>) {
        *self.more.write().unwrap_or_else(PoisonError::into_inner) = more;
    }

    /// Whether somebody at `address` may connect.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let configured = self.more.read().unwrap_or_else(PoisonError::into_inner);
        configured.iter().any(|network| network.contains(address))
            || self.always == Always::Home && (is_home(address) || self.is_on_link(address))
    }

    fn is_on_link(&self, address: IpAddr) -> bool {
        let near = |list: &[Interface]| list.iter().any(|interface| covers(interface, address));
        if let Some((at, list)) = &*self.on_link.read().unwrap_or_else(PoisonError::into_inner)
            && at.elapsed() < FRESH
        {
            return near(list);
        }
        // An error means that nothing is known to be on-link: the private networks still are let in.
        let list = interfaces().unwrap_or_default();
        let answer = near(&list);
        *self.on_link.write().unwrap_or_else(PoisonError::into_inner) =
            Some((Instant::now(), list));
        answer
    }
}

/// Whether somebody at `address` is on a network of one of our interfaces, now: no router lies between. Asks the kernel.
pub fn is_on_link(address: IpAddr) -> bool {
    let (address, list) = (address.to_canonical(), interfaces().unwrap_or_default());
    list.iter().any(|interface| covers(interface, address))
}

/// Whether `address` is on the network around an interface's address. A prefix of 0 is no network but everything.
fn covers(interface: &Interface, address: IpAddr) -> bool {
    let (ours, theirs, width) = match (interface.address, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(u32::from(a)), u128::from(u32::from(b)), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (u128::from(a), u128::from(b), 128),
        _ => return false,
    };
    if interface.prefix == 0 || interface.prefix > width {
        return false;
    }
    // The shift is at most 127, because the prefix is at least 1.
    (ours ^ theirs) >> (width - interface.prefix) == 0
}

/// The addresses by which a device in the home can reach us, for the server certificate: no loopback, no link-local, no
/// temporary ones, none of the internet.
pub fn home_addresses() -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = interfaces()
        .unwrap_or_default()
        .into_iter()
        .filter(|i| !i.temporary && is_home(i.address) && !i.address.is_loopback())
        .map(|i| i.address)
        .filter(|a| !matches!(a, IpAddr::V6(a) if a.is_unicast_link_local()))
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// The addresses of all interfaces, from the kernel.
///
/// # Errors
/// Those of the netlink socket.
pub fn interfaces() -> io::Result<Vec<Interface>> {
    let socket = rustix::net::socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        None, // NETLINK_ROUTE
    )?;
    // The kernel answers at once; a time-out guards against the day it does not.
    rustix::net::sockopt::set_socket_timeout(
        &socket,
        rustix::net::sockopt::Timeout::Recv,
        Some(Duration::from_secs(1)),
    )?;
    rustix::net::send(&socket, &request(), SendFlags::empty())?;
    let mut found = Vec::new();
    let mut buffer = vec![0u8; 32 * 1024];
    loop {
        let (length, _) = rustix::net::recv(&socket, buffer.as_mut_slice(), RecvFlags::empty())?;
        if length == 0 || !read_answer(&buffer[..length], &mut found)? {
            return Ok(found);
        }
    }
}

const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_DUMP: u16 = 0x300;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_F_TEMPORARY: u8 = 1;

/// `struct nlmsghdr` and `struct ifaddrmsg`: all addresses of all families.
fn request() -> [u8; 24] {
    let mut message = [0u8; 24];
    message[0..4].copy_from_slice(&24u32.to_ne_bytes());
    message[4..6].copy_from_slice(&RTM_GETADDR.to_ne_bytes());
    message[6..8].copy_from_slice(&(NLM_F_REQUEST | NLM_F_DUMP).to_ne_bytes());
    message
}

/// Reads one datagram of the answer; whether more follow.
fn read_answer(mut bytes: &[u8], found: &mut Vec<Interface>) -> io::Result<bool> {
    while bytes.len() >= 16 {
        let length = u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
        let kind = u16::from_ne_bytes([bytes[4], bytes[5]]);
        if length < 16 || length > bytes.len() {
            return Err(io::Error::other("a broken answer from the kernel"));
        }
        match kind {
            NLMSG_DONE => return Ok(false),
            NLMSG_ERROR => return Err(io::Error::other("the kernel does not tell our addresses")),
            RTM_NEWADDR => found.extend(read_address(&bytes[16..length])),
            _ => {}
        }
        bytes = &bytes[aligned(length).min(bytes.len())..];
    }
    Ok(true)
}

/// `struct ifaddrmsg` (8 bytes) and its attributes.
fn read_address(bytes: &[u8]) -> Option<Interface> {
    let (head, mut attributes) = bytes.split_at_checked(8)?;
    let (mut around, mut local) = (None, None);
    while attributes.len() >= 4 {
        let length = usize::from(u16::from_ne_bytes([attributes[0], attributes[1]]));
        let kind = u16::from_ne_bytes([attributes[2], attributes[3]]);
        let value = attributes.get(4..length)?;
        let address = <[u8; 4]>::try_from(value)
            .map(|a| IpAddr::V4(Ipv4Addr::from(a)))
            .or_else(|_| <[u8; 16]>::try_from(value).map(|a| IpAddr::V6(Ipv6Addr::from(a))))
            .ok();
        match kind {
            IFA_ADDRESS => around = address,
            // On a point-to-point link IFA_ADDRESS is the other end's, and this one is ours.
            IFA_LOCAL => local = address,
            _ => {}
        }
        attributes = attributes.get(aligned(length)..).unwrap_or_default();
    }
    Some(Interface {
        address: local.or(around)?,
        prefix: head[1],
        temporary: head[0] == 10 && head[2] & IFA_F_TEMPORARY != 0,
    })
}

fn aligned(length: usize) -> usize {
    length.next_multiple_of(4)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_no_address_of_the_internet_is_not_taken_for_one() {
        for public in [
            "8.8.8.8",
            "100.63.0.1",
            "2001:4860:4860::8888",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(ip(public)), "{public}");
        }
        for other in [
            "127.0.0.1",
            "10.0.0.1",
            "192.168.1.1",
            "172.31.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:192.168.1.1",
            "64:ff9b::c0a8:101",
            "2002:c0a8:101::1",
            "::192.168.1.1",
        ] {
            assert!(!is_public(ip(other)), "{other}");
        }
    }

    #[test]
    fn a_home_is_private_by_its_address() {
        for inside in [
            "127.0.0.9",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.7",
            "169.254.3.3",
            "::1",
            "fd12::1",
            "fe80::1",
            "::ffff:192.168.1.7",
        ] {
            assert!(is_home(ip(inside)), "{inside}");
        }
        for outside in [
            "8.8.8.8",
            "172.32.0.1",
            "2001:db8::1",
            "::ffff:8.8.8.8",
            "100.64.0.1",
        ] {
            assert!(!is_home(ip(outside)), "{outside}");
        }
    }

    #[test]
    fn a_device_has_all_addresses_of_its_64_bits() {
        for (address, first) in [
            ("fe80::1234:5678:9abc:def0", "fe80::"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("192.168.1.7", "192.168.1.7"),
            ("::ffff:192.168.1.7", "192.168.1.7"),
        ] {
            assert_eq!(within_reach_of(ip(address)), ip(first));
        }
    }

    #[test]
    fn what_is_on_link_is_near_and_a_default_route_is_not() {
        let near = |own: &str, prefix, other: &str| {
            let interface = Interface {
                address: ip(own),
                prefix,
                temporary: false,
            };
            covers(&interface, ip(other))
        };
        assert!(near("203.0.113.9", 24, "203.0.113.200"));
        assert!(!near("203.0.113.9", 24, "203.0.114.1"));
        assert!(near("2001:db8:1::5", 64, "2001:db8:1::ff"));
        assert!(!near("2001:db8:1::5", 64, "2001:db8:2::ff"));
        assert!(!near("203.0.113.9", 0, "8.8.8.8"));
        assert!(near("203.0.113.9", 32, "203.0.113.9"));
        assert!(!near("::1", 128, "127.0.0.1"));
    }

    #[test]
    fn configured_networks_are_allowed_until_they_are_replaced() {
        let allowed = Allowed::new(vec!["198.51.100.0/24".parse().unwrap()]);
        assert!(allowed.contains(ip("198.51.100.7")));
        assert!(allowed.contains(ip("::ffff:198.51.100.7")));
        assert!(!allowed.contains(ip("198.51.101.7")));
        allowed.replace(Vec::new());
        assert!(!allowed.contains(ip("198.51.100.7")));
    }

    #[test]
    fn a_door_for_some_is_closed_to_all_others_at_home_too() {
        let allowed = Allowed::only(vec!["192.168.1.10".parse().unwrap()]);
        assert!(allowed.contains(ip("::ffff:192.168.1.10")));
        for other in ["192.168.1.11", "127.0.0.1", "::1", "fe80::1"] {
            assert!(!allowed.contains(ip(other)), "{other}");
        }
    }

    #[test]
    fn the_kernel_tells_of_loopback() {
        let list = interfaces().unwrap();
        assert!(
            list.iter()
                .any(|i| i.address == ip("127.0.0.1") && i.prefix == 8),
            "{list:?}"
        );
        assert!(!home_addresses().contains(&ip("127.0.0.1")));
    }
}
