//! Declarations of libtoxcore (`<tox/tox.h>`, 0.2.18 and later), written by hand: only what [`super::core`] uses.
//!
//! A test compares them with the header of the machine. Enumerations are `c_int`.

#![allow(missing_docs)] // the header is their documentation

use std::ffi::{c_char, c_int, c_void};

#[repr(C)]
pub struct Tox {
    _private: [u8; 0],
}

#[repr(C)]
pub struct ToxOptions {
    _private: [u8; 0],
}

pub const PROXY_TYPE_SOCKS5: c_int = 2;
pub const SAVEDATA_TYPE_TOX_SAVE: c_int = 1;

pub const ERR_NEW_PORT_ALLOC: c_int = 3;
pub const ERR_NEW_LOAD_ENCRYPTED: c_int = 8;
pub const ERR_NEW_LOAD_BAD_FORMAT: c_int = 9;

pub const ERR_CUSTOM_PACKET_FRIEND_NOT_CONNECTED: c_int = 3;
pub const ERR_CUSTOM_PACKET_INVALID: c_int = 4;
pub const ERR_CUSTOM_PACKET_EMPTY: c_int = 5;
pub const ERR_CUSTOM_PACKET_TOO_LONG: c_int = 6;
pub const ERR_CUSTOM_PACKET_SENDQ: c_int = 7;

pub type SelfConnectionStatus = unsafe extern "C" fn(*mut Tox, c_int, *mut c_void);
pub type FriendConnectionStatus = unsafe extern "C" fn(*mut Tox, u32, c_int, *mut c_void);
pub type FriendRequest = unsafe extern "C" fn(*mut Tox, *const u8, *const u8, usize, *mut c_void);
pub type FriendPacket = unsafe extern "C" fn(*mut Tox, u32, *const u8, usize, *mut c_void);

unsafe extern "C" {
    pub fn tox_version_major() -> u32;
    pub fn tox_version_minor() -> u32;
    pub fn tox_version_patch() -> u32;
    pub fn tox_options_new(error: *mut c_int) -> *mut ToxOptions;
    pub fn tox_options_free(options: *mut ToxOptions);
    pub fn tox_options_set_ipv6_enabled(options: *mut ToxOptions, ipv6_enabled: bool);
    pub fn tox_options_set_udp_enabled(options: *mut ToxOptions, udp_enabled: bool);
    pub fn tox_options_set_local_discovery_enabled(options: *mut ToxOptions, enabled: bool);
    pub fn tox_options_set_proxy_type(options: *mut ToxOptions, kind: c_int);
    pub fn tox_options_set_proxy_host(options: *mut ToxOptions, host: *const c_char);
    pub fn tox_options_set_proxy_port(options: *mut ToxOptions, port: u16);
    pub fn tox_options_set_start_port(options: *mut ToxOptions, port: u16);
    pub fn tox_options_set_end_port(options: *mut ToxOptions, port: u16);
    pub fn tox_options_set_tcp_port(options: *mut ToxOptions, port: u16);
    pub fn tox_options_set_savedata_type(options: *mut ToxOptions, kind: c_int);
    pub fn tox_options_set_savedata_data(options: *mut ToxOptions, data: *const u8, length: usize);
    pub fn tox_new(options: *const ToxOptions, error: *mut c_int) -> *mut Tox;
    pub fn tox_kill(tox: *mut Tox);
    pub fn tox_get_savedata_size(tox: *const Tox) -> usize;
    pub fn tox_get_savedata(tox: *const Tox, savedata: *mut u8);
    pub fn tox_bootstrap(
        tox: *mut Tox,
        host: *const c_char,
        port: u16,
        public_key: *const u8,
        error: *mut c_int,
    ) -> bool;
    pub fn tox_add_tcp_relay(
        tox: *mut Tox,
        host: *const c_char,
        port: u16,
        public_key: *const u8,
        error: *mut c_int,
    ) -> bool;
    pub fn tox_iteration_interval(tox: *const Tox) -> u32;
    pub fn tox_iterate(tox: *mut Tox, user_data: *mut c_void);
    pub fn tox_self_get_address(tox: *const Tox, address: *mut u8);
    pub fn tox_self_get_dht_id(tox: *const Tox, dht_id: *mut u8);
    pub fn tox_self_set_nospam(tox: *mut Tox, nospam: u32);
    pub fn tox_self_get_udp_port(tox: *const Tox, error: *mut c_int) -> u16;
    pub fn tox_friend_add(
        tox: *mut Tox,
        address: *const u8,
        message: *const u8,
        length: usize,
        error: *mut c_int,
    ) -> u32;
    pub fn tox_friend_add_norequest(tox: *mut Tox, public_key: *const u8, error: *mut c_int)
    -> u32;
    pub fn tox_friend_delete(tox: *mut Tox, friend_number: u32, error: *mut c_int) -> bool;
    pub fn tox_friend_by_public_key(
        tox: *const Tox,
        public_key: *const u8,
        error: *mut c_int,
    ) -> u32;
    pub fn tox_friend_get_public_key(
        tox: *const Tox,
        friend_number: u32,
        public_key: *mut u8,
        error: *mut c_int,
    ) -> bool;
    pub fn tox_self_get_friend_list_size(tox: *const Tox) -> usize;
    pub fn tox_self_get_friend_list(tox: *const Tox, friend_list: *mut u32);
    pub fn tox_friend_send_lossy_packet(
        tox: *mut Tox,
        friend_number: u32,
        data: *const u8,
        length: usize,
        error: *mut c_int,
    ) -> bool;
    pub fn tox_friend_send_lossless_packet(
        tox: *mut Tox,
        friend_number: u32,
        data: *const u8,
        length: usize,
        error: *mut c_int,
    ) -> bool;
    pub fn tox_callback_self_connection_status(tox: *mut Tox, callback: SelfConnectionStatus);
    pub fn tox_callback_friend_connection_status(tox: *mut Tox, callback: FriendConnectionStatus);
    pub fn tox_callback_friend_request(tox: *mut Tox, callback: FriendRequest);
    pub fn tox_callback_friend_lossy_packet(tox: *mut Tox, callback: FriendPacket);
    pub fn tox_callback_friend_lossless_packet(tox: *mut Tox, callback: FriendPacket);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    /// Function name → number of parameters, of every `tox_…(…)` that ends in `end`.
    fn functions(text: &str, end: &str) -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        let words = |c: char| c.is_ascii_alphanumeric() || c == '_';
        for (at, _) in text.match_indices("tox_") {
            if text[..at].chars().next_back().is_some_and(words) {
                continue;
            }
            let rest = &text[at..];
            let Some(open) = rest.find(|c| !words(c)) else {
                continue;
            };
            let Some((inside, after)) = rest[open..]
                .strip_prefix('(')
                .and_then(|r| r.split_once(')'))
            else {
                continue;
            };
            if after.trim_start().starts_with(end) {
                let inside = inside.trim().trim_end_matches(',');
                let none = inside.is_empty() || inside == "void";
                let count = if none { 0 } else { inside.split(',').count() };
                found.insert(rest[..open].to_owned(), count);
            }
        }
        found
    }

    #[test]
    fn every_declaration_stands_in_the_header_with_as_many_parameters() {
        let folder = std::path::Path::new("/usr/include/tox");
        let mut header = std::fs::read_to_string(folder.join("tox.h")).unwrap();
        // 0.2.20 moved the options into a header of their own.
        header += &std::fs::read_to_string(folder.join("tox_options.h")).unwrap_or_default();
        let theirs = functions(&header, ";");
        let source = include_str!("sys.rs");
        let block = source.split("unsafe extern \"C\" {").nth(1).unwrap();
        let block = block.split("\n}").next().unwrap();
        let mut ours = functions(block, "->");
        ours.extend(functions(block, ";"));
        assert!(ours.len() > 30, "{ours:?}");
        for (name, count) in ours {
            assert_eq!(theirs.get(&name), Some(&count), "{name}");
        }
    }

    #[test]
    fn the_constants_stand_in_the_header_at_their_place() {
        let header = std::fs::read_to_string("/usr/include/tox/tox.h").unwrap();
        let place = |of: &str, name: &str| {
            let start = header.find(&format!("typedef enum {of} {{")).unwrap();
            let block = &header[start..start + header[start..].find('}').unwrap()];
            let lines = block.lines().map(str::trim);
            let names = lines.filter(|l| l.starts_with("TOX_") && l.ends_with(','));
            let at = names
                .map(|l| l.trim_end_matches(','))
                .position(|l| l == name);
            i32::try_from(at.unwrap()).unwrap()
        };
        let packet = "Tox_Err_Friend_Custom_Packet";
        for (of, name, ours) in [
            (
                "Tox_Err_New",
                "TOX_ERR_NEW_PORT_ALLOC",
                super::ERR_NEW_PORT_ALLOC,
            ),
            (
                "Tox_Err_New",
                "TOX_ERR_NEW_LOAD_ENCRYPTED",
                super::ERR_NEW_LOAD_ENCRYPTED,
            ),
            (
                "Tox_Err_New",
                "TOX_ERR_NEW_LOAD_BAD_FORMAT",
                super::ERR_NEW_LOAD_BAD_FORMAT,
            ),
            (
                packet,
                "TOX_ERR_FRIEND_CUSTOM_PACKET_SENDQ",
                super::ERR_CUSTOM_PACKET_SENDQ,
            ),
            (
                packet,
                "TOX_ERR_FRIEND_CUSTOM_PACKET_TOO_LONG",
                super::ERR_CUSTOM_PACKET_TOO_LONG,
            ),
            (
                packet,
                "TOX_ERR_FRIEND_CUSTOM_PACKET_EMPTY",
                super::ERR_CUSTOM_PACKET_EMPTY,
            ),
            (
                packet,
                "TOX_ERR_FRIEND_CUSTOM_PACKET_INVALID",
                super::ERR_CUSTOM_PACKET_INVALID,
            ),
            (
                packet,
                "TOX_ERR_FRIEND_CUSTOM_PACKET_FRIEND_NOT_CONNECTED",
                super::ERR_CUSTOM_PACKET_FRIEND_NOT_CONNECTED,
            ),
        ] {
            assert_eq!(place(of, name), ours, "{name}");
        }
    }
}
