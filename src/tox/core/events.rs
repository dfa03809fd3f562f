//! The result of one iteration: an object of libtoxcore that we own, read out once, and free.
//!
//! Up to 0.2.18 it holds one list a kind, so the order between kinds is lost; we tell what came in an order that keeps a
//! reader sane: who came, what they sent, who went. From 0.2.19 it is one list in the true order.

use std::ptr::{self, NonNull};

use super::super::event::{Connection, FileControl, FileNumber, MessageKind, Raw};
use super::super::sys;
use super::Core;
use crate::mail::address::PeerKey;

/// What one iteration brought; `None` inside: nothing.
pub(in super::super) struct Events(Option<NonNull<sys::Tox_Events>>);

impl Events {
    pub(super) fn iterate(core: &mut Core) -> Self {
        #[cfg(not(toxcore_iterate_options))]
        let options = false; // fail_hard: rather some events than none when memory is short
        #[cfg(toxcore_iterate_options)]
        let options = ptr::null();
        // SAFETY: a live instance, on its own thread; no callback of ours is set, so no Rust code runs inside; "error"
        // may be NULL; the result is NULL or an object that we free once (Drop).
        let events = unsafe { sys::tox_events_iterate(core.tox(), options, ptr::null_mut()) };
        Self(NonNull::new(events))
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if let Some(events) = self.0 {
            // SAFETY: made by tox_events_iterate, freed here and nowhere else.
            unsafe { sys::tox_events_free(events.as_ptr()) }
        }
    }
}

fn connection(number: sys::Tox_Connection) -> Connection {
    match number {
        sys::TOX_CONNECTION_TCP => Connection::Tcp,
        sys::TOX_CONNECTION_UDP => Connection::Udp,
        _ => Connection::Offline,
    }
}

/// The bytes that an event's two getters tell of.
///
/// # Safety
/// `data` is NULL or points to `length` bytes that live as long as `'a`: the events object that they come from.
unsafe fn bytes<'a>(data: *const u8, length: u32) -> &'a [u8] {
    if data.is_null() || length == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(data, length as usize) }
}

/// Readers of one event each. All take a pointer that is not NULL and lives as long as `'a`.
mod read {
    use super::*;

    /// Declares a reader: the SAFETY is that of the whole module.
    macro_rules! reader {
        ($(fn $name:ident($event:ident: $kind:ident) $body:expr)*) => { $(
            /// # Safety
            /// `$event` is not NULL and lives, with the bytes that it points to, as long as `'a`.
            pub(super) unsafe fn $name<'a>($event: *const sys::$kind) -> Option<Raw<'a>> {
                // SAFETY: getters only read the event, which lives (the caller's promise).
                unsafe { $body }
            }
        )* };
    }

    reader! {
        fn self_connection(e: Tox_Event_Self_Connection_Status)
            Some(Raw::SelfConnection(connection(
                sys::tox_event_self_connection_status_get_connection_status(e),
            )))
        fn friend_connection(e: Tox_Event_Friend_Connection_Status)
            Some(Raw::FriendConnection(
                sys::tox_event_friend_connection_status_get_friend_number(e),
                connection(sys::tox_event_friend_connection_status_get_connection_status(e)),
            ))
        fn request(e: Tox_Event_Friend_Request)
            bytes(sys::tox_event_friend_request_get_public_key(e), sys::TOX_PUBLIC_KEY_SIZE as u32)
                .try_into()
                .ok()
                .map(|key| Raw::FriendRequest(
                    PeerKey::from_bytes(key),
                    bytes(
                        sys::tox_event_friend_request_get_message(e),
                        sys::tox_event_friend_request_get_message_length(e),
                    ),
                ))
        fn lossless(e: Tox_Event_Friend_Lossless_Packet)
            Some(Raw::Lossless(
                sys::tox_event_friend_lossless_packet_get_friend_number(e),
                bytes(
                    sys::tox_event_friend_lossless_packet_get_data(e),
                    sys::tox_event_friend_lossless_packet_get_data_length(e),
                ),
            ))
        fn lossy(e: Tox_Event_Friend_Lossy_Packet)
            Some(Raw::Lossy(
                sys::tox_event_friend_lossy_packet_get_friend_number(e),
                bytes(
                    sys::tox_event_friend_lossy_packet_get_data(e),
                    sys::tox_event_friend_lossy_packet_get_data_length(e),
                ),
            ))
        fn message(e: Tox_Event_Friend_Message)
            Some(Raw::Message(
                sys::tox_event_friend_message_get_friend_number(e),
                match sys::tox_event_friend_message_get_type(e) {
                    sys::TOX_MESSAGE_TYPE_ACTION => MessageKind::Action,
                    _ => MessageKind::Normal,
                },
                bytes(
                    sys::tox_event_friend_message_get_message(e),
                    sys::tox_event_friend_message_get_message_length(e),
                ),
            ))
        fn receipt(e: Tox_Event_Friend_Read_Receipt)
            Some(Raw::MessageRead(
                sys::tox_event_friend_read_receipt_get_friend_number(e),
                sys::tox_event_friend_read_receipt_get_message_id(e),
            ))
        fn file_offered(e: Tox_Event_File_Recv)
            Some(Raw::FileOffered(
                sys::tox_event_file_recv_get_friend_number(e),
                FileNumber(sys::tox_event_file_recv_get_file_number(e)),
                sys::tox_event_file_recv_get_kind(e),
                sys::tox_event_file_recv_get_file_size(e),
                bytes(
                    sys::tox_event_file_recv_get_filename(e),
                    sys::tox_event_file_recv_get_filename_length(e),
                ),
            ))
        fn file_control(e: Tox_Event_File_Recv_Control)
            Some(Raw::FileControl(
                sys::tox_event_file_recv_control_get_friend_number(e),
                FileNumber(sys::tox_event_file_recv_control_get_file_number(e)),
                match sys::tox_event_file_recv_control_get_control(e) {
                    sys::TOX_FILE_CONTROL_RESUME => FileControl::Resume,
                    sys::TOX_FILE_CONTROL_PAUSE => FileControl::Pause,
                    _ => FileControl::Cancel,
                },
            ))
        fn file_chunk(e: Tox_Event_File_Recv_Chunk)
            Some(Raw::FileChunk(
                sys::tox_event_file_recv_chunk_get_friend_number(e),
                FileNumber(sys::tox_event_file_recv_chunk_get_file_number(e)),
                sys::tox_event_file_recv_chunk_get_position(e),
                bytes(
                    sys::tox_event_file_recv_chunk_get_data(e),
                    sys::tox_event_file_recv_chunk_get_data_length(e),
                ),
            ))
        fn conference(e: Tox_Event_Conference_Invite)
            Some(Raw::Invited(sys::tox_event_conference_invite_get_friend_number(e)))
        fn file_chunk_wanted(e: Tox_Event_File_Chunk_Request)
            Some(Raw::FileChunkWanted(
                sys::tox_event_file_chunk_request_get_friend_number(e),
                FileNumber(sys::tox_event_file_chunk_request_get_file_number(e)),
                sys::tox_event_file_chunk_request_get_position(e),
                usize::from(sys::tox_event_file_chunk_request_get_length(e)),
            ))
    }

    #[cfg(toxcore_event_list)]
    reader! {
        fn group(e: Tox_Event_Group_Invite)
            Some(Raw::Invited(sys::tox_event_group_invite_get_friend_number(e)))
    }
}

#[cfg(not(toxcore_event_list))]
impl Events {
    /// Tells every event, in an order of our own between kinds.
    pub(in super::super) fn visit(&self, tell: &mut dyn FnMut(Raw<'_>)) {
        let Some(events) = self.0.map(NonNull::as_ptr) else {
            return;
        };
        let every = |size: unsafe extern "C" fn(*const sys::Tox_Events) -> u32,
                     at: &dyn Fn(u32) -> Option<Raw<'static>>,
                     tell: &mut dyn FnMut(Raw<'_>)| {
            // SAFETY: the events object lives as long as `self`.
            for index in 0..unsafe { size(events) } {
                if let Some(raw) = at(index) {
                    tell(raw);
                }
            }
        };
        // A kind's reader at an index below its size. The `'static` never leaves this function: `tell` sees it shortened.
        macro_rules! at {
            ($get:ident, $reader:ident) => {
                // SAFETY: `index` is below the size that the events object told for this kind, so the pointer is not
                // NULL, and it lives as long as the object: `self` is borrowed while `tell` runs.
                &|index| unsafe { read::$reader(sys::$get(events, index)) }
            };
        }

        every(
            sys::tox_events_get_self_connection_status_size,
            at!(tox_events_get_self_connection_status, self_connection),
            tell,
        );
        // Who went last of all, unless they came back in the same iteration.
        let mut connections = Vec::new();
        every(
            sys::tox_events_get_friend_connection_status_size,
            at!(tox_events_get_friend_connection_status, friend_connection),
            &mut |raw| {
                if let Raw::FriendConnection(friend, connection) = raw {
                    connections.push((friend, connection));
                }
            },
        );
        let mut gone = Vec::new();
        for (index, &(friend, connection)) in connections.iter().enumerate() {
            let last = !connections[index + 1..].iter().any(|(f, _)| *f == friend);
            if last && connection == Connection::Offline {
                gone.push(friend);
            } else {
                tell(Raw::FriendConnection(friend, connection));
            }
        }
        every(
            sys::tox_events_get_friend_request_size,
            at!(tox_events_get_friend_request, request),
            tell,
        );
        every(
            sys::tox_events_get_friend_lossless_packet_size,
            at!(tox_events_get_friend_lossless_packet, lossless),
            tell,
        );
        every(
            sys::tox_events_get_friend_lossy_packet_size,
            at!(tox_events_get_friend_lossy_packet, lossy),
            tell,
        );
        every(
            sys::tox_events_get_friend_message_size,
            at!(tox_events_get_friend_message, message),
            tell,
        );
        every(
            sys::tox_events_get_friend_read_receipt_size,
            at!(tox_events_get_friend_read_receipt, receipt),
            tell,
        );
        every(
            sys::tox_events_get_file_recv_size,
            at!(tox_events_get_file_recv, file_offered),
            tell,
        );
        every(
            sys::tox_events_get_file_recv_chunk_size,
            at!(tox_events_get_file_recv_chunk, file_chunk),
            tell,
        );
        every(
            sys::tox_events_get_file_recv_control_size,
            at!(tox_events_get_file_recv_control, file_control),
            tell,
        );
        every(
            sys::tox_events_get_file_chunk_request_size,
            at!(tox_events_get_file_chunk_request, file_chunk_wanted),
            tell,
        );
        every(
            sys::tox_events_get_conference_invite_size,
            at!(tox_events_get_conference_invite, conference),
            tell,
        );
        for friend in gone {
            tell(Raw::FriendConnection(friend, Connection::Offline));
        }
    }
}

#[cfg(toxcore_event_list)]
impl Events {
    /// Tells every event, in the order in which they came.
    pub(in super::super) fn visit(&self, tell: &mut dyn FnMut(Raw<'_>)) {
        let Some(events) = self.0.map(NonNull::as_ptr) else {
            return;
        };
        // SAFETY: the events object lives as long as `self`.
        for index in 0..unsafe { sys::tox_events_get_size(events) } {
            // SAFETY: the index is below the size, so the event is not NULL; the getter of its own kind returns not
            // NULL; all of it lives as long as the events object: `self` is borrowed while `tell` runs.
            let raw = unsafe { one(sys::tox_events_get(events, index)) };
            if let Some(raw) = raw {
                tell(raw);
            }
        }
    }
}

/// # Safety
/// `event` is not NULL and lives as long as `'a`.
#[cfg(toxcore_event_list)]
unsafe fn one<'a>(event: *const sys::Tox_Event) -> Option<Raw<'a>> {
    use sys::kind::*;
    // SAFETY: the caller's promise; each getter is called for its own kind only, and does then not return NULL.
    unsafe {
        match sys::tox_event_get_type(event) {
            TOX_EVENT_SELF_CONNECTION_STATUS => {
                read::self_connection(sys::tox_event_get_self_connection_status(event))
            }
            TOX_EVENT_FRIEND_CONNECTION_STATUS => {
                read::friend_connection(sys::tox_event_get_friend_connection_status(event))
            }
            TOX_EVENT_FRIEND_REQUEST => read::request(sys::tox_event_get_friend_request(event)),
            TOX_EVENT_FRIEND_LOSSLESS_PACKET => {
                read::lossless(sys::tox_event_get_friend_lossless_packet(event))
            }
            TOX_EVENT_FRIEND_LOSSY_PACKET => {
                read::lossy(sys::tox_event_get_friend_lossy_packet(event))
            }
            TOX_EVENT_FRIEND_MESSAGE => read::message(sys::tox_event_get_friend_message(event)),
            TOX_EVENT_FRIEND_READ_RECEIPT => {
                read::receipt(sys::tox_event_get_friend_read_receipt(event))
            }
            TOX_EVENT_FILE_RECV => read::file_offered(sys::tox_event_get_file_recv(event)),
            TOX_EVENT_FILE_RECV_CONTROL => {
                read::file_control(sys::tox_event_get_file_recv_control(event))
            }
            TOX_EVENT_FILE_RECV_CHUNK => {
                read::file_chunk(sys::tox_event_get_file_recv_chunk(event))
            }
            TOX_EVENT_FILE_CHUNK_REQUEST => {
                read::file_chunk_wanted(sys::tox_event_get_file_chunk_request(event))
            }
            TOX_EVENT_CONFERENCE_INVITE => {
                read::conference(sys::tox_event_get_conference_invite(event))
            }
            TOX_EVENT_GROUP_INVITE => read::group(sys::tox_event_get_group_invite(event)),
            _ => None,
        }
    }
}
