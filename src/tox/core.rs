//! The owner of the toxcore pointer: every method is safe, and short.
//!
//! Known limits: file transfers, text messages and the thread that waits on the socket are not here yet.

use std::ffi::{CString, c_int, c_void};
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::ptr::NonNull;
use std::time::Duration;

use super::event::{Connection, Event};
use super::sys;
use crate::mail::address::{PeerKey, ToxId};

/// toxcore below this has a critical bug (GHSA-42vg-9mg3-399f).
pub const SAFE_VERSION: (u32, u32, u32) = (0, 2, 23);
/// Longest words of a friend request, in bytes (`TOX_MAX_FRIEND_REQUEST_LENGTH`).
pub const MAX_FRIEND_REQUEST: usize = 921;

/// The version of the library that runs.
pub fn version() -> (u32, u32, u32) {
    // SAFETY: tox.h, "Return the major/minor/patch version number of the library": no precondition.
    unsafe {
        (
            sys::tox_version_major(),
            sys::tox_version_minor(),
            sys::tox_version_patch(),
        )
    }
}

/// How an instance meets the network.
#[derive(Clone, Debug)]
pub struct Settings {
    /// UDP; without it only TCP relays carry.
    pub udp: bool,
    /// First UDP port tried, of a hundred and one.
    pub udp_port: u16,
    /// IPv6 beside IPv4.
    pub ipv6: bool,
    /// Looks for other instances on the local network.
    pub local_discovery: bool,
    /// A SOCKS5 proxy; it implies no UDP and no local discovery, which would go past it.
    pub socks5: Option<SocketAddr>,
    /// Serves as a TCP relay for others on this port; `None` does not.
    pub relay_port: Option<u16>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            udp: true,
            udp_port: 33445,
            ipv6: true,
            local_discovery: true,
            socks5: None,
            relay_port: None,
        }
    }
}

/// Why an instance cannot be made, or does not do what it was asked.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// No UDP port of the hundred and one, or not the relay port, is free.
    #[error("no UDP port from {0} on is free; set [tox] udp_port to another")]
    Port(u16),
    /// The saved identity cannot be read. It is never overwritten.
    #[error(
        "the saved Tox identity is damaged or encrypted; put tox.save back from a backup, or move it away to begin with a new identity"
    )]
    Savedata,
    /// A host name with a NUL in it.
    #[error("'{0}' is not a host name")]
    Host(String),
    /// A friend request without words or with too many, of ourselves, or of a friend.
    #[error("toxcore takes no friend request of this kind (error {0})")]
    Request(i32),
    /// toxcore gave another error number (see `Tox_Err_New` in tox.h).
    #[error("toxcore does not start (error {0})")]
    Start(i32),
}

/// Why a packet did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No such friend, or not online.
    #[error("the peer is offline")]
    Offline,
    /// The send queue is full: normal, try after the next iteration.
    #[error("the send queue is full")]
    Full,
    /// Empty, too long, or a first byte outside the range.
    #[error("toxcore takes no such packet")]
    Invalid,
}

/// One toxcore instance. It stays on the thread that made it: the raw pointer makes it neither `Send` nor `Sync`.
#[derive(Debug)]
pub struct Instance {
    tox: NonNull<sys::Tox>,
    _one_thread: PhantomData<*mut ()>,
}

struct Options(NonNull<sys::ToxOptions>);

impl Drop for Options {
    fn drop(&mut self) {
        // SAFETY: tox.h, tox_options_free: made by tox_options_new, freed once.
        unsafe { sys::tox_options_free(self.0.as_ptr()) }
    }
}

/// What a callback can know: friends by their number, resolved when the iteration is over.
enum Raw {
    SelfConnection(c_int),
    FriendConnection(u32, c_int),
    Request([u8; 32], Vec<u8>),
    Lossless(u32, Vec<u8>),
    Lossy(u32, Vec<u8>),
}

impl Instance {
    /// An instance with the identity of `savedata`, or with a new one.
    ///
    /// # Errors
    /// [`Error::Port`], [`Error::Savedata`], [`Error::Start`].
    pub fn new(settings: &Settings, savedata: Option<&[u8]>) -> Result<Self, Error> {
        let mut error = 0;
        // SAFETY: tox.h, tox_options_new: the error pointer is valid.
        let options = unsafe { sys::tox_options_new(&raw mut error) };
        let options = Options(NonNull::new(options).ok_or(Error::Start(error))?);
        let direct = settings.socks5.is_none();
        let host = settings.socks5.map(|proxy| proxy.ip().to_string());
        let host = host.and_then(|host| CString::new(host).ok());
        // SAFETY: the options are ours; host and savedata are only borrowed by the setters, as tox.h says of
        // proxy_host and savedata_data, and both outlive tox_new below.
        unsafe {
            let raw = options.0.as_ptr();
            sys::tox_options_set_ipv6_enabled(raw, settings.ipv6);
            sys::tox_options_set_udp_enabled(raw, settings.udp && direct);
            sys::tox_options_set_local_discovery_enabled(raw, settings.local_discovery && direct);
            sys::tox_options_set_start_port(raw, settings.udp_port);
            sys::tox_options_set_end_port(raw, settings.udp_port.saturating_add(100));
            sys::tox_options_set_tcp_port(raw, settings.relay_port.unwrap_or(0));
            if let (Some(proxy), Some(host)) = (settings.socks5, &host) {
                sys::tox_options_set_proxy_type(raw, sys::PROXY_TYPE_SOCKS5);
                sys::tox_options_set_proxy_host(raw, host.as_ptr());
                sys::tox_options_set_proxy_port(raw, proxy.port());
            }
            if let Some(savedata) = savedata {
                sys::tox_options_set_savedata_type(raw, sys::SAVEDATA_TYPE_TOX_SAVE);
                sys::tox_options_set_savedata_data(raw, savedata.as_ptr(), savedata.len());
            }
        }
        // SAFETY: tox.h, tox_new: valid options and error pointer.
        let tox = unsafe { sys::tox_new(options.0.as_ptr(), &raw mut error) };
        let tox = NonNull::new(tox).ok_or(match error {
            sys::ERR_NEW_PORT_ALLOC => Error::Port(settings.udp_port),
            sys::ERR_NEW_LOAD_ENCRYPTED | sys::ERR_NEW_LOAD_BAD_FORMAT => Error::Savedata,
            other => Error::Start(other),
        })?;
        let instance = Self {
            tox,
            _one_thread: PhantomData,
        };
        if error == sys::ERR_NEW_LOAD_BAD_FORMAT {
            // tox.h: "some data may have been loaded": half an identity is none.
            return Err(Error::Savedata);
        }
        // SAFETY: the callbacks have the types that tox.h gives them; toxcore calls them inside tox_iterate only.
        unsafe {
            let raw = instance.tox.as_ptr();
            sys::tox_callback_self_connection_status(raw, on_self_connection);
            sys::tox_callback_friend_connection_status(raw, on_friend_connection);
            sys::tox_callback_friend_request(raw, on_friend_request);
            sys::tox_callback_friend_lossy_packet(raw, on_lossy);
            sys::tox_callback_friend_lossless_packet(raw, on_lossless);
        }
        Ok(instance)
    }

    /// Does what is due and gives what came.
    pub fn iterate(&mut self) -> Vec<Event> {
        let mut came: Vec<Raw> = Vec::new();
        // SAFETY: tox.h, tox_iterate: the user data is handed to our callbacks only, which take it for the list that
        // it is, while it lives and nobody else borrows it.
        unsafe { sys::tox_iterate(self.tox.as_ptr(), (&raw mut came).cast()) }
        came.into_iter()
            .filter_map(|raw| self.resolve(raw))
            .collect()
    }

    /// How long toxcore can do without [`iterate`](Self::iterate) when no packet comes.
    pub fn interval(&self) -> Duration {
        // SAFETY: tox.h, tox_iteration_interval: a live instance.
        Duration::from_millis(u64::from(unsafe {
            sys::tox_iteration_interval(self.tox.as_ptr())
        }))
    }

    /// Everything that makes this identity: goes into `tox.save`.
    pub fn savedata(&self) -> Vec<u8> {
        // SAFETY: tox.h, tox_get_savedata: the buffer has tox_get_savedata_size bytes, asked for just before.
        unsafe {
            let mut data = vec![0; sys::tox_get_savedata_size(self.tox.as_ptr())];
            sys::tox_get_savedata(self.tox.as_ptr(), data.as_mut_ptr());
            data
        }
    }

    /// The full address of this instance.
    ///
    /// # Errors
    /// None that a sane toxcore can cause: its own checksum is checked like any other.
    pub fn id(&self) -> Result<ToxId, crate::mail::address::AddressError> {
        let mut bytes = [0; 38];
        // SAFETY: tox.h, tox_self_get_address: TOX_ADDRESS_SIZE is 38.
        unsafe { sys::tox_self_get_address(self.tox.as_ptr(), bytes.as_mut_ptr()) }
        ToxId::from_bytes(bytes)
    }

    /// The temporary key under which others bootstrap from this instance.
    pub fn dht_key(&self) -> PeerKey {
        let mut bytes = [0; 32];
        // SAFETY: tox.h, tox_self_get_dht_id: TOX_PUBLIC_KEY_SIZE is 32.
        unsafe { sys::tox_self_get_dht_id(self.tox.as_ptr(), bytes.as_mut_ptr()) }
        PeerKey::from_bytes(bytes)
    }

    /// Changes the four bytes that strangers need to knock.
    pub fn set_nospam(&mut self, nospam: u32) {
        // SAFETY: tox.h, tox_self_set_nospam: any number.
        unsafe { sys::tox_self_set_nospam(self.tox.as_ptr(), nospam) }
    }

    /// The UDP port in use; `None` without UDP.
    pub fn udp_port(&self) -> Option<u16> {
        let mut error = 0;
        // SAFETY: tox.h, tox_self_get_udp_port: a live instance and a valid error pointer.
        let port = unsafe { sys::tox_self_get_udp_port(self.tox.as_ptr(), &raw mut error) };
        (error == 0).then_some(port)
    }

    /// Asks a node for others; says whether `host` could be resolved.
    ///
    /// # Errors
    /// [`Error::Host`].
    pub fn bootstrap(&mut self, host: &str, port: u16, key: &PeerKey) -> Result<bool, Error> {
        let host = CString::new(host).map_err(|_| Error::Host(host.to_owned()))?;
        // SAFETY: tox.h, tox_bootstrap: a C string, a key of 32 bytes; a null error pointer is allowed.
        Ok(unsafe {
            let error = std::ptr::null_mut();
            let key = key.as_bytes().as_ptr();
            sys::tox_bootstrap(self.tox.as_ptr(), host.as_ptr(), port, key, error)
        })
    }

    /// Adds a TCP relay; says whether `host` could be resolved.
    ///
    /// # Errors
    /// [`Error::Host`].
    pub fn add_relay(&mut self, host: &str, port: u16, key: &PeerKey) -> Result<bool, Error> {
        let host = CString::new(host).map_err(|_| Error::Host(host.to_owned()))?;
        // SAFETY: tox.h, tox_add_tcp_relay: as tox_bootstrap.
        Ok(unsafe {
            let error = std::ptr::null_mut();
            let key = key.as_bytes().as_ptr();
            sys::tox_add_tcp_relay(self.tox.as_ptr(), host.as_ptr(), port, key, error)
        })
    }

    /// Asks somebody to become a friend; toxcore repeats the request until they answer.
    ///
    /// # Errors
    /// [`Error::Request`].
    pub fn request_friend(&mut self, id: &ToxId, words: &[u8]) -> Result<(), Error> {
        let mut error = 0;
        // SAFETY: tox.h, tox_friend_add: an address of 38 bytes, a message of the length given.
        unsafe {
            let (address, message) = (id.as_bytes().as_ptr(), words.as_ptr());
            sys::tox_friend_add(
                self.tox.as_ptr(),
                address,
                message,
                words.len(),
                &raw mut error,
            );
        }
        if error == 0 {
            Ok(())
        } else {
            Err(Error::Request(error))
        }
    }

    /// Takes somebody as a friend without asking: the answer to their request.
    ///
    /// # Errors
    /// [`Error::Request`] for ourselves or somebody who is a friend already.
    pub fn accept_friend(&mut self, key: &PeerKey) -> Result<(), Error> {
        let mut error = 0;
        // SAFETY: tox.h, tox_friend_add_norequest: a key of 32 bytes.
        unsafe {
            let key = key.as_bytes().as_ptr();
            sys::tox_friend_add_norequest(self.tox.as_ptr(), key, &raw mut error);
        }
        if error == 0 {
            Ok(())
        } else {
            Err(Error::Request(error))
        }
    }

    /// Ends a friendship; says whether there was one.
    pub fn remove_friend(&mut self, key: &PeerKey) -> bool {
        let Some(number) = self.number(key) else {
            return false;
        };
        // SAFETY: tox.h, tox_friend_delete: a null error pointer is allowed.
        unsafe { sys::tox_friend_delete(self.tox.as_ptr(), number, std::ptr::null_mut()) }
    }

    /// The keys of all friends.
    pub fn friends(&self) -> Vec<PeerKey> {
        // SAFETY: tox.h, tox_self_get_friend_list: the list has tox_self_get_friend_list_size places.
        let numbers = unsafe {
            let mut list = vec![0; sys::tox_self_get_friend_list_size(self.tox.as_ptr())];
            sys::tox_self_get_friend_list(self.tox.as_ptr(), list.as_mut_ptr());
            list
        };
        numbers
            .into_iter()
            .filter_map(|number| self.key(number))
            .collect()
    }

    /// Sends a lossy custom packet: first byte 200–254, at most 1373 bytes in all.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn send_lossy(&mut self, peer: &PeerKey, data: &[u8]) -> Result<(), SendError> {
        let number = self.number(peer).ok_or(SendError::Offline)?;
        let mut error = 0;
        // SAFETY: tox.h, tox_friend_send_lossy_packet: data of the length given.
        unsafe {
            let (tox, bytes) = (self.tox.as_ptr(), data.as_ptr());
            sys::tox_friend_send_lossy_packet(tox, number, bytes, data.len(), &raw mut error);
        }
        sent(error)
    }

    /// Sends a lossless custom packet: first byte 160–191, at most 1373 bytes in all.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn send_lossless(&mut self, peer: &PeerKey, data: &[u8]) -> Result<(), SendError> {
        let number = self.number(peer).ok_or(SendError::Offline)?;
        let mut error = 0;
        // SAFETY: tox.h, tox_friend_send_lossless_packet: data of the length given.
        unsafe {
            let (tox, bytes) = (self.tox.as_ptr(), data.as_ptr());
            sys::tox_friend_send_lossless_packet(tox, number, bytes, data.len(), &raw mut error);
        }
        sent(error)
    }

    fn number(&self, key: &PeerKey) -> Option<u32> {
        let mut error = 0;
        // SAFETY: tox.h, tox_friend_by_public_key: a key of 32 bytes.
        let number = unsafe {
            let key = key.as_bytes().as_ptr();
            sys::tox_friend_by_public_key(self.tox.as_ptr(), key, &raw mut error)
        };
        (error == 0).then_some(number)
    }

    fn key(&self, number: u32) -> Option<PeerKey> {
        let mut bytes = [0; 32];
        // SAFETY: tox.h, tox_friend_get_public_key: room for 32 bytes; a null error pointer is allowed.
        let known = unsafe {
            let (tox, error) = (self.tox.as_ptr(), std::ptr::null_mut());
            sys::tox_friend_get_public_key(tox, number, bytes.as_mut_ptr(), error)
        };
        known.then_some(PeerKey::from_bytes(bytes))
    }

    fn resolve(&self, raw: Raw) -> Option<Event> {
        Some(match raw {
            Raw::SelfConnection(path) => Event::SelfConnection(connection(path)),
            Raw::FriendConnection(number, path) => Event::FriendConnection {
                peer: self.key(number)?,
                connection: connection(path),
            },
            Raw::Request(key, message) => Event::FriendRequest {
                key: PeerKey::from_bytes(key),
                message,
            },
            Raw::Lossless(number, data) => Event::Lossless {
                peer: self.key(number)?,
                data,
            },
            Raw::Lossy(number, data) => Event::Lossy {
                peer: self.key(number)?,
                data,
            },
        })
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // SAFETY: tox.h, tox_kill: made by tox_new, killed once.
        unsafe { sys::tox_kill(self.tox.as_ptr()) }
    }
}

fn connection(path: c_int) -> Connection {
    match path {
        1 => Connection::Tcp,
        2 => Connection::Udp,
        _ => Connection::None,
    }
}

fn sent(error: c_int) -> Result<(), SendError> {
    match error {
        0 => Ok(()),
        sys::ERR_CUSTOM_PACKET_SENDQ => Err(SendError::Full),
        sys::ERR_CUSTOM_PACKET_INVALID
        | sys::ERR_CUSTOM_PACKET_EMPTY
        | sys::ERR_CUSTOM_PACKET_TOO_LONG => Err(SendError::Invalid),
        _ => Err(SendError::Offline),
    }
}

/// # Safety
/// `list` is the list of [`Instance::iterate`].
unsafe fn push(list: *mut c_void, raw: Raw) {
    // SAFETY: the caller's promise; toxcore calls back on the thread that iterates, one call at a time.
    unsafe { (*list.cast::<Vec<Raw>>()).push(raw) }
}

/// # Safety
/// `data` points to `length` bytes, or `length` is 0.
unsafe fn copied(data: *const u8, length: usize) -> Vec<u8> {
    if length == 0 || data.is_null() {
        return Vec::new();
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(data, length) }.to_vec()
}

unsafe extern "C" fn on_self_connection(_: *mut sys::Tox, path: c_int, list: *mut c_void) {
    // SAFETY: toxcore hands back the user data of tox_iterate.
    unsafe { push(list, Raw::SelfConnection(path)) }
}

unsafe extern "C" fn on_friend_connection(
    _: *mut sys::Tox,
    friend: u32,
    path: c_int,
    list: *mut c_void,
) {
    // SAFETY: as above.
    unsafe { push(list, Raw::FriendConnection(friend, path)) }
}

unsafe extern "C" fn on_friend_request(
    _: *mut sys::Tox,
    key: *const u8,
    message: *const u8,
    length: usize,
    list: *mut c_void,
) {
    let mut bytes = [0; 32];
    // SAFETY: tox.h, tox_friend_request_cb: a key of TOX_PUBLIC_KEY_SIZE bytes, a message of `length`; the list as above.
    unsafe {
        bytes.copy_from_slice(std::slice::from_raw_parts(key, 32));
        push(list, Raw::Request(bytes, copied(message, length)));
    }
}

unsafe extern "C" fn on_lossy(
    _: *mut sys::Tox,
    friend: u32,
    data: *const u8,
    length: usize,
    list: *mut c_void,
) {
    // SAFETY: tox.h, tox_friend_lossy_packet_cb: data of `length` bytes; the list as above.
    unsafe { push(list, Raw::Lossy(friend, copied(data, length))) }
}

unsafe extern "C" fn on_lossless(
    _: *mut sys::Tox,
    friend: u32,
    data: *const u8,
    length: usize,
    list: *mut c_void,
) {
    // SAFETY: tox.h, tox_friend_lossless_packet_cb: data of `length` bytes; the list as above.
    unsafe { push(list, Raw::Lossless(friend, copied(data, length))) }
}
