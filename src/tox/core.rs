//! The owner of the instance: one method an act, one small `unsafe` block a method.
//!
//! [`Core`] is `!Send` by its raw pointer, which is the truth: it is made, used and dropped on the Tox thread. Its parts
//! are `events` (what an iteration brought) and `sockets` (libtoxcore's descriptors, which it does not hand out).

mod events;
mod sockets;

use std::ffi::CString;
use std::net::SocketAddr;
use std::os::fd::RawFd;
use std::ptr::{self, NonNull};

use zeroize::Zeroizing;

use super::error::{CommandError, SendError};
use super::event::{FileControl, FileNumber, MessageKind};
use super::sys;
use crate::mail::address::{PeerKey, ToxId};

pub(super) use events::Events;
pub(super) use sockets::{TcpSocket, TcpState, drop_arriving};

/// How an instance is made.
pub(super) struct Options<'a> {
    pub(super) udp: bool,
    pub(super) ipv6: bool,
    pub(super) local_discovery: bool,
    pub(super) hole_punching: bool,
    pub(super) socks5: Option<SocketAddr>,
    pub(super) ports: (u16, u16),
    pub(super) tcp_server_port: u16,
    pub(super) savedata: Option<&'a [u8]>,
}

/// Why there is no instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewError {
    NoMemory,
    NoPort,
    Proxy,
    Encrypted,
    BadSave,
    Other(u32),
}

/// The version of the library that is loaded, which may be another than the one compiled against.
pub(super) fn version() -> (u32, u32, u32) {
    // SAFETY: the three functions take nothing and return a constant.
    unsafe {
        (
            sys::tox_version_major(),
            sys::tox_version_minor(),
            sys::tox_version_patch(),
        )
    }
}

/// A `Tox_Options` that is freed.
struct RawOptions(NonNull<sys::Tox_Options>);

impl RawOptions {
    fn new() -> Option<Self> {
        // SAFETY: "error" may be NULL; the result is NULL or an options object that we free once (Drop).
        NonNull::new(unsafe { sys::tox_options_new(ptr::null_mut()) }).map(Self)
    }
}

impl Drop for RawOptions {
    fn drop(&mut self) {
        // SAFETY: made by tox_options_new, freed here and nowhere else.
        unsafe { sys::tox_options_free(self.0.as_ptr()) }
    }
}

/// One Tox instance.
pub(super) struct Core {
    tox: NonNull<sys::Tox>,
    /// Found once; it lives as long as the instance.
    udp: Option<RawFd>,
    /// Sockets that others had left inheritable before the instance was made: not ours.
    strangers: Vec<sockets::Identity>,
}

impl Core {
    /// Makes the instance and binds its sockets.
    pub(super) fn new(options: &Options<'_>) -> Result<Self, NewError> {
        let raw = RawOptions::new().ok_or(NewError::NoMemory)?;
        let o = raw.0.as_ptr();
        let proxy = options.socks5.and_then(|address| {
            Some((CString::new(address.ip().to_string()).ok()?, address.port()))
        });
        let udp = options.udp && proxy.is_none();
        // SAFETY: `o` is a live options object, only plain values are stored in it; the host name and the savedata that
        // it points to ("owned by the user, so must outlive the options object") live until the end of this function,
        // and so does `raw`, which is declared before and dropped here too without being read again.
        unsafe {
            sys::tox_options_set_ipv6_enabled(o, options.ipv6);
            sys::tox_options_set_udp_enabled(o, udp);
            sys::tox_options_set_local_discovery_enabled(o, options.local_discovery && udp);
            sys::tox_options_set_hole_punching_enabled(o, options.hole_punching);
            sys::tox_options_set_start_port(o, options.ports.0);
            sys::tox_options_set_end_port(o, options.ports.1);
            sys::tox_options_set_tcp_port(o, options.tcp_server_port);
            if let Some((host, port)) = &proxy {
                sys::tox_options_set_proxy_type(o, sys::TOX_PROXY_TYPE_SOCKS5);
                sys::tox_options_set_proxy_host(o, host.as_ptr());
                sys::tox_options_set_proxy_port(o, *port);
            }
            if let Some(save) = options.savedata {
                sys::tox_options_set_savedata_type(o, sys::TOX_SAVEDATA_TYPE_TOX_SAVE);
                sys::tox_options_set_savedata_data(o, save.as_ptr(), save.len());
            }
        }
        let strangers = sockets::inheritable();
        let mut error = 0;
        // SAFETY: options are complete (above); the result is NULL or an instance that we kill once (Drop).
        let tox = NonNull::new(unsafe { sys::tox_new(o, &mut error) });
        // First of all, so that it is killed also when it was made of half a file ("some data may have been loaded").
        let core = tox.map(|tox| Self {
            tox,
            udp: None,
            strangers,
        });
        let mut core = match error {
            0 => core.ok_or(NewError::NoMemory)?,
            sys::TOX_ERR_NEW_MALLOC => return Err(NewError::NoMemory),
            sys::TOX_ERR_NEW_PORT_ALLOC => return Err(NewError::NoPort),
            sys::TOX_ERR_NEW_PROXY_BAD_TYPE..=sys::TOX_ERR_NEW_PROXY_NOT_FOUND => {
                return Err(NewError::Proxy);
            }
            sys::TOX_ERR_NEW_LOAD_ENCRYPTED => return Err(NewError::Encrypted),
            sys::TOX_ERR_NEW_LOAD_BAD_FORMAT => return Err(NewError::BadSave),
            other => return Err(NewError::Other(other)),
        };
        // SAFETY: a live instance; no callback of ours is ever set, as tox_events_init asks.
        unsafe { sys::tox_events_init(core.tox.as_ptr()) };
        core.udp = core.find_udp_socket();
        Ok(core)
    }

    fn tox(&self) -> *mut sys::Tox {
        self.tox.as_ptr()
    }

    /// Everything that must be kept: keys, friends, known nodes. A secret.
    pub(super) fn savedata(&self) -> Zeroizing<Vec<u8>> {
        // SAFETY: a live instance; the buffer has exactly the size that the first call told, and nothing happens between.
        unsafe {
            let mut save = Zeroizing::new(vec![0; sys::tox_get_savedata_size(self.tox())]);
            sys::tox_get_savedata(self.tox(), save.as_mut_ptr());
            save
        }
    }

    /// Our full address.
    pub(super) fn address(&self) -> [u8; 38] {
        let mut address = [0; 38];
        // SAFETY: TOX_ADDRESS_SIZE (38) bytes are there.
        unsafe { sys::tox_self_get_address(self.tox(), address.as_mut_ptr()) };
        address
    }

    /// The key by which we are a bootstrap node or relay; another at every start.
    pub(super) fn dht_key(&self) -> PeerKey {
        let mut key = [0; 32];
        // SAFETY: TOX_PUBLIC_KEY_SIZE (32) bytes are there.
        unsafe { sys::tox_self_get_dht_id(self.tox(), key.as_mut_ptr()) };
        PeerKey::from_bytes(key)
    }

    /// The UDP port; `None` with UDP off.
    pub(super) fn udp_port(&self) -> Option<u16> {
        // SAFETY: a live instance; "error" may be NULL, the result is then 0.
        let port = unsafe { sys::tox_self_get_udp_port(self.tox(), ptr::null_mut()) };
        (port != 0).then_some(port)
    }

    /// The port of our own TCP relay; `None` where we are none.
    pub(super) fn tcp_port(&self) -> Option<u16> {
        // SAFETY: as for udp_port.
        let port = unsafe { sys::tox_self_get_tcp_port(self.tox(), ptr::null_mut()) };
        (port != 0).then_some(port)
    }

    /// The nospam of the full address.
    pub(super) fn nospam(&self) -> u32 {
        let address = self.address();
        u32::from_be_bytes([address[32], address[33], address[34], address[35]])
    }

    /// A new nospam: the old full address draws no requests any more.
    pub(super) fn set_nospam(&mut self, nospam: u32) {
        // SAFETY: a live instance.
        unsafe { sys::tox_self_set_nospam(self.tox(), nospam) }
    }

    /// The name that friends see, cut at 128 bytes (at a character).
    pub(super) fn set_name(&mut self, name: &str) {
        let mut end = name.len().min(sys::TOX_MAX_NAME_LENGTH);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        // SAFETY: `end` bytes are there; the library copies them.
        unsafe { sys::tox_self_set_name(self.tox(), name.as_ptr(), end, ptr::null_mut()) };
    }

    /// How long libtoxcore can wait for its next iteration, in milliseconds.
    pub(super) fn iteration_interval(&self) -> u32 {
        // SAFETY: a live instance.
        unsafe { sys::tox_iteration_interval(self.tox()) }
    }

    /// Lets libtoxcore work; what it brought.
    pub(super) fn iterate(&mut self) -> Events {
        Events::iterate(self)
    }

    /// Asks a node to let us into the network, by UDP and as a first hop. False: the host is not one.
    pub(super) fn bootstrap(&mut self, host: &str, port: u16, key: &PeerKey) -> bool {
        let Ok(host) = CString::new(host) else {
            return false;
        };
        // SAFETY: a NUL-terminated host and TOX_PUBLIC_KEY_SIZE bytes of key live during the call.
        unsafe {
            sys::tox_bootstrap(
                self.tox(),
                host.as_ptr(),
                port,
                key.as_bytes().as_ptr(),
                ptr::null_mut(),
            )
        }
    }

    /// Adds a TCP relay. False: the host is not one.
    pub(super) fn add_tcp_relay(&mut self, host: &str, port: u16, key: &PeerKey) -> bool {
        let Ok(host) = CString::new(host) else {
            return false;
        };
        // SAFETY: as for bootstrap.
        unsafe {
            sys::tox_add_tcp_relay(
                self.tox(),
                host.as_ptr(),
                port,
                key.as_bytes().as_ptr(),
                ptr::null_mut(),
            )
        }
    }

    /// All friends with their numbers.
    pub(super) fn friends(&self) -> Vec<(u32, PeerKey)> {
        // SAFETY: the buffer has the number of elements that the first call told, and nothing happens between.
        let numbers = unsafe {
            let mut numbers = vec![0; sys::tox_self_get_friend_list_size(self.tox())];
            sys::tox_self_get_friend_list(self.tox(), numbers.as_mut_ptr());
            numbers
        };
        numbers
            .into_iter()
            .filter_map(|number| Some((number, self.friend_key(number)?)))
            .collect()
    }

    fn friend_key(&self, number: u32) -> Option<PeerKey> {
        let mut key = [0; 32];
        // SAFETY: TOX_PUBLIC_KEY_SIZE bytes are there; an unknown number gives false.
        unsafe {
            sys::tox_friend_get_public_key(self.tox(), number, key.as_mut_ptr(), ptr::null_mut())
        }
        .then(|| PeerKey::from_bytes(key))
    }

    /// Whether we ever were connected with this friend, as the savedata remembers it.
    pub(super) fn was_online(&self, number: u32) -> bool {
        // SAFETY: a live instance; an unknown number gives UINT64_MAX, never seen gives 0.
        let seen = unsafe { sys::tox_friend_get_last_online(self.tox(), number, ptr::null_mut()) };
        seen != 0 && seen != u64::MAX
    }

    /// Adds a friend and sends a real friend request, again and again until it is answered.
    pub(super) fn add_friend(&mut self, id: &ToxId, message: &[u8]) -> Result<u32, CommandError> {
        let mut error = 0;
        // SAFETY: TOX_ADDRESS_SIZE bytes and `message.len()` bytes live during the call; the library copies them.
        let number = unsafe {
            sys::tox_friend_add(
                self.tox(),
                id.as_bytes().as_ptr(),
                message.as_ptr(),
                message.len(),
                &mut error,
            )
        };
        added(number, error)
    }

    /// Adds a friend who has asked us, or is known to have us as a friend.
    pub(super) fn add_friend_norequest(&mut self, key: &PeerKey) -> Result<u32, CommandError> {
        let mut error = 0;
        // SAFETY: TOX_PUBLIC_KEY_SIZE bytes live during the call.
        let number = unsafe {
            sys::tox_friend_add_norequest(self.tox(), key.as_bytes().as_ptr(), &mut error)
        };
        added(number, error)
    }

    /// Removes a friend. They are not told.
    pub(super) fn delete_friend(&mut self, number: u32) -> bool {
        // SAFETY: a live instance; an unknown number gives false.
        unsafe { sys::tox_friend_delete(self.tox(), number, ptr::null_mut()) }
    }

    /// A lossy custom packet.
    pub(super) fn send_lossy(&mut self, friend: u32, data: &[u8]) -> Result<(), SendError> {
        if data.is_empty() || data.len() > sys::TOX_MAX_CUSTOM_PACKET_SIZE {
            return Err(SendError::Size);
        }
        let mut error = 0;
        // SAFETY: `data.len()` bytes live during the call; the library copies them.
        unsafe {
            sys::tox_friend_send_lossy_packet(
                self.tox(),
                friend,
                data.as_ptr(),
                data.len(),
                &mut error,
            )
        };
        packet(error)
    }

    /// A lossless custom packet.
    pub(super) fn send_lossless(&mut self, friend: u32, data: &[u8]) -> Result<(), SendError> {
        if data.is_empty() || data.len() > sys::TOX_MAX_CUSTOM_PACKET_SIZE {
            return Err(SendError::Size);
        }
        let mut error = 0;
        // SAFETY: as for send_lossy.
        unsafe {
            sys::tox_friend_send_lossless_packet(
                self.tox(),
                friend,
                data.as_ptr(),
                data.len(),
                &mut error,
            )
        };
        packet(error)
    }

    /// A chat text; the number that its acknowledgement will carry.
    pub(super) fn send_message(
        &mut self,
        friend: u32,
        kind: MessageKind,
        text: &[u8],
    ) -> Result<u32, SendError> {
        if text.is_empty() || text.len() > sys::TOX_MAX_MESSAGE_LENGTH {
            return Err(SendError::Size);
        }
        let kind = match kind {
            MessageKind::Normal => sys::TOX_MESSAGE_TYPE_NORMAL,
            MessageKind::Action => sys::TOX_MESSAGE_TYPE_ACTION,
        };
        let mut error = 0;
        // SAFETY: `text.len()` bytes live during the call; the library copies them.
        let id = unsafe {
            sys::tox_friend_send_message(
                self.tox(),
                friend,
                kind,
                text.as_ptr(),
                text.len(),
                &mut error,
            )
        };
        match error {
            0 => Ok(id),
            sys::TOX_ERR_FRIEND_SEND_MESSAGE_FRIEND_NOT_CONNECTED => Err(SendError::Offline),
            sys::TOX_ERR_FRIEND_SEND_MESSAGE_SENDQ => Err(SendError::Full),
            _ => Err(SendError::Refused),
        }
    }

    /// Offers a file.
    pub(super) fn file_send(
        &mut self,
        friend: u32,
        size: u64,
        id: &[u8; sys::TOX_FILE_ID_LENGTH],
        name: &[u8],
    ) -> Result<FileNumber, SendError> {
        if name.len() > sys::TOX_MAX_FILENAME_LENGTH {
            return Err(SendError::Size);
        }
        let mut error = 0;
        // SAFETY: TOX_FILE_ID_LENGTH bytes of id and `name.len()` bytes of name live during the call. Kind 0 is
        // TOX_FILE_KIND_DATA.
        let number = unsafe {
            sys::tox_file_send(
                self.tox(),
                friend,
                0,
                size,
                id.as_ptr(),
                name.as_ptr(),
                name.len(),
                &mut error,
            )
        };
        match error {
            0 => Ok(FileNumber(number)),
            sys::TOX_ERR_FILE_SEND_FRIEND_NOT_CONNECTED => Err(SendError::Offline),
            sys::TOX_ERR_FILE_SEND_TOO_MANY => Err(SendError::Full),
            _ => Err(SendError::Refused),
        }
    }

    /// Accepts, pauses, goes on with or cancels a file transfer.
    pub(super) fn file_control(
        &mut self,
        friend: u32,
        file: FileNumber,
        control: FileControl,
    ) -> Result<(), SendError> {
        let control = match control {
            FileControl::Resume => sys::TOX_FILE_CONTROL_RESUME,
            FileControl::Pause => sys::TOX_FILE_CONTROL_PAUSE,
            FileControl::Cancel => sys::TOX_FILE_CONTROL_CANCEL,
        };
        let mut error = 0;
        // SAFETY: a live instance; unknown numbers give an error.
        unsafe { sys::tox_file_control(self.tox(), friend, file.0, control, &mut error) };
        match error {
            0 => Ok(()),
            sys::TOX_ERR_FILE_CONTROL_FRIEND_NOT_CONNECTED => Err(SendError::Offline),
            sys::TOX_ERR_FILE_CONTROL_NOT_FOUND => Err(SendError::NoSuchFile),
            sys::TOX_ERR_FILE_CONTROL_SENDQ => Err(SendError::Full),
            _ => Err(SendError::Refused),
        }
    }

    /// Where a file that we are offered shall start; before the first Resume only.
    pub(super) fn file_seek(
        &mut self,
        friend: u32,
        file: FileNumber,
        position: u64,
    ) -> Result<(), SendError> {
        let mut error = 0;
        // SAFETY: a live instance; unknown numbers give an error.
        unsafe { sys::tox_file_seek(self.tox(), friend, file.0, position, &mut error) };
        match error {
            0 => Ok(()),
            sys::TOX_ERR_FILE_SEEK_FRIEND_NOT_CONNECTED => Err(SendError::Offline),
            sys::TOX_ERR_FILE_SEEK_NOT_FOUND => Err(SendError::NoSuchFile),
            sys::TOX_ERR_FILE_SEEK_SENDQ => Err(SendError::Full),
            _ => Err(SendError::Refused),
        }
    }

    /// The id that the sender gave a file.
    pub(super) fn file_id(
        &self,
        friend: u32,
        file: FileNumber,
    ) -> Option<[u8; sys::TOX_FILE_ID_LENGTH]> {
        let mut id = [0; sys::TOX_FILE_ID_LENGTH];
        // SAFETY: TOX_FILE_ID_LENGTH bytes are there; unknown numbers give false.
        unsafe {
            sys::tox_file_get_file_id(self.tox(), friend, file.0, id.as_mut_ptr(), ptr::null_mut())
        }
        .then_some(id)
    }

    /// A piece of a file that was asked for.
    pub(super) fn file_send_chunk(
        &mut self,
        friend: u32,
        file: FileNumber,
        position: u64,
        data: &[u8],
    ) -> Result<(), SendError> {
        let mut error = 0;
        // SAFETY: `data.len()` bytes live during the call; the library copies them.
        unsafe {
            sys::tox_file_send_chunk(
                self.tox(),
                friend,
                file.0,
                position,
                data.as_ptr(),
                data.len(),
                &mut error,
            )
        };
        match error {
            0 => Ok(()),
            sys::TOX_ERR_FILE_SEND_CHUNK_FRIEND_NOT_CONNECTED => Err(SendError::Offline),
            sys::TOX_ERR_FILE_SEND_CHUNK_NOT_FOUND => Err(SendError::NoSuchFile),
            sys::TOX_ERR_FILE_SEND_CHUNK_SENDQ => Err(SendError::Full),
            _ => Err(SendError::Refused),
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // SAFETY: made by tox_new, killed here and nowhere else.
        unsafe { sys::tox_kill(self.tox()) }
    }
}

fn added(number: u32, error: u32) -> Result<u32, CommandError> {
    match error {
        sys::TOX_ERR_FRIEND_ADD_OK => Ok(number),
        sys::TOX_ERR_FRIEND_ADD_TOO_LONG => Err(CommandError::MessageTooLong),
        sys::TOX_ERR_FRIEND_ADD_NO_MESSAGE => Err(CommandError::MessageEmpty),
        sys::TOX_ERR_FRIEND_ADD_OWN_KEY => Err(CommandError::OwnKey),
        sys::TOX_ERR_FRIEND_ADD_ALREADY_SENT | sys::TOX_ERR_FRIEND_ADD_SET_NEW_NOSPAM => {
            Err(CommandError::AlreadyFriend)
        }
        sys::TOX_ERR_FRIEND_ADD_BAD_CHECKSUM => Err(CommandError::NotAKey),
        other => Err(CommandError::Library(other)),
    }
}

fn packet(error: u32) -> Result<(), SendError> {
    match error {
        0 => Ok(()),
        sys::TOX_ERR_FRIEND_CUSTOM_PACKET_FRIEND_NOT_CONNECTED => Err(SendError::Offline),
        sys::TOX_ERR_FRIEND_CUSTOM_PACKET_INVALID => Err(SendError::FirstByte),
        sys::TOX_ERR_FRIEND_CUSTOM_PACKET_SENDQ => Err(SendError::Full),
        _ => Err(SendError::Refused),
    }
}
